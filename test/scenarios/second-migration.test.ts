import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildMixedInstallation } from '../fixtures/mixed-installation.ts';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { put } from '../fixtures/write-files.ts';
import { type AgentRun, runAgent } from '../helpers/agent.ts';
import { describeTree, treeDigest } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';

const ENTRY = join(import.meta.dirname, '..', '..', 'src', 'agent.ts');
const NOBODY = 65_534;

const folder = useTempFolder();

describe('A second migration', () => {
  it.each(['none', 'existing'] as const)(
    'has nothing to do, makes no backup and changes no byte of the home folder, with the target at first: %s',
    (target) => {
      const mixed = buildMixedInstallation(join(folder(), 'mixed'), { stateMegabytes: 1, target });
      const migrate = ['migrate-from-git', mixed.clone, '--automated', '--yes'];
      expect(runAgent(mixed.home, migrate)).toMatchObject({ exit: 0 });
      const before = treeDigest(mixed.home);

      const again = runAgent(mixed.home, migrate);

      expect(again.stdout).toContain('Nothing to do');
      expect(again).toMatchObject({ exit: 0, stderr: '' });
      expect(treeDigest(mixed.home)).toBe(before);
    },
  );

  it('leaves what the person changed in the new home, and puts the files of the clone beside it once', () => {
    const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'none');
    put(tiny.clone, 'notes.md', 'of the clone\n');
    const migrate = ['migrate-from-git', tiny.clone, '--automated', '--yes'];
    expect(runAgent(tiny.home, migrate)).toMatchObject({ exit: 0 });
    const home = (rel: string) => join(tiny.target, rel);
    writeFileSync(home('custom/notes.md'), 'mine\n');
    writeFileSync(home('agents/agent-poet.yaml'), 'name: mine\n');

    expect(runAgent(tiny.home, migrate)).toMatchObject({ exit: 0 });

    expect(readFileSync(home('custom/notes.md'), 'utf8')).toBe('mine\n');
    expect(readFileSync(home('agents/agent-poet.yaml'), 'utf8')).toBe('name: mine\n');
    expect(readFileSync(home('custom/notes.from-clone.md'), 'utf8')).toBe('of the clone\n');
    expect(readFileSync(home('agents/agent-poet.from-clone.yaml'), 'utf8')).toBe('name: poet\n');
    expect(runAgent(tiny.home, migrate).stdout).toContain('Nothing to do');
  });
});

describe('A migration of an installation that was edited since the last one', () => {
  it('takes what changed there, keeps what changed in the home, and a rollback gives the home back with its base', () => {
    const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'none');
    const home = (rel: string) => join(tiny.target, rel);
    const read = (rel: string) => readFileSync(home(rel), 'utf8');
    put(tiny.clone, 'orchestrator.yaml', 'discord: {channel_prefix: crew, greeting: hello}\n');
    const migrate = ['migrate-from-git', tiny.clone, '--automated', '--yes'];
    expect(runAgent(tiny.home, migrate)).toMatchObject({ exit: 0 });
    writeFileSync(
      home('config.yaml'),
      read('config.yaml').replace('log_level: WARN', 'log_level: ERROR   # mine'),
    );
    put(tiny.clone, 'orchestrator.yaml', 'discord: {channel_prefix: team}\n');
    const before = describeTree(tiny.target).map(toMicroseconds);

    const again = runAgent(tiny.home, migrate);

    expect(again, again.stdout).toMatchObject({ exit: 0, stderr: '' });
    expect(read('config.yaml')).toContain('log_level: ERROR   # mine');
    expect(read('config.yaml')).toContain('channel_prefix: team');
    expect(read('config.yaml')).not.toContain('greeting');
    expect(read('migration/report.md')).toMatch(
      /orchestrator\.log_level \| kept, not in effect \| migration\/base\.yaml \|/,
    );
    expect(runAgent(tiny.home, ['verify-receipt'])).toMatchObject({ exit: 0 });
    expect(runAgent(tiny.home, migrate).stdout).toContain('Nothing to do');
    const back = runAgent(tiny.home, ['restore-migration-backup', '--yes']);
    expect(back.exit, back.stderr).toBe(0);
    expect(back.stdout).toContain('config.yml: orchestrator.log_level = ERROR');
    expect(describeTree(tiny.target).map(toMicroseconds)).toEqual(before);
  });
});

/** What was written by hand has a time in nanoseconds, which no program of Node can set again. */
function toMicroseconds(line: string): string {
  return line.replace(/(\d{16})\d{3} (\S*)$/, '$1 $2');
}

/** As a user for whom permissions count. */
function unprivileged(tiny: TinyInstallation, args: readonly string[]): AgentRun {
  const asUser = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const command = [...(process.getuid?.() === 0 ? asUser : []), process.execPath, ENTRY, ...args];
  const { status, stdout, stderr } = spawnSync(command[0] as string, command.slice(1), {
    cwd: tiny.home,
    encoding: 'utf8',
    env: {
      PATH: '/usr/bin:/bin',
      HOME: tiny.home,
      MIGRATION_AGENT_HOME: tiny.agentHome,
      MIGRATION_BACKUP_DIR: tiny.backups,
    },
  });
  return { exit: status ?? -1, stdout, stderr };
}

describe('A file of the home that cannot be read', () => {
  it('stays as it is through a migration and a rollback, whatever its name', () => {
    chmodSync(folder(), 0o755);
    const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    for (const place of [tiny.agentHome, tiny.backups]) mkdirSync(place, { recursive: true, mode: 0o700 });
    put(tiny.clone, 'notes.md', 'of the clone\n');
    const closed = ['custom/notes.md', 'migration/report.md'].map((rel) => join(tiny.target, rel));
    for (const rel of ['custom/notes.md', 'migration/report.md']) put(tiny.target, rel, 'the only copy\n');
    for (const path of closed) chmodSync(path, 0o000);
    writeFileSync(join(tiny.home, 'answers.yaml'), '"unreadable-files": leave\n');
    if (process.getuid?.() === 0)
      expect(spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, tiny.root]).status).toBe(0);
    const answers = ['--answers', join(tiny.home, 'answers.yaml')];

    const run = unprivileged(tiny, ['migrate-from-git', tiny.clone, '--automated', '--yes', ...answers]);

    expect(run).toMatchObject({ exit: 0, stderr: '' });
    expect(closed.map(readClosed)).toEqual(['the only copy\n', 'the only copy\n']);
    expect(readFileSync(join(tiny.target, 'custom/notes.from-clone.md'), 'utf8')).toBe('of the clone\n');
    expect(readdirSync(join(tiny.target, 'migration')).sort()).toEqual([
      'base.yaml',
      'ledger.json',
      'receipt.json',
      expect.stringMatching(/^report-\d{8}-\d{6}\.md$/),
      'report.md',
    ]);
    const back = unprivileged(tiny, ['restore-migration-backup', '--yes']);
    expect(back).toMatchObject({ exit: 0, stderr: '' });
    expect(closed.map(readClosed)).toEqual(['the only copy\n', 'the only copy\n']);
    expect(existsSync(join(tiny.target, 'custom/notes.from-clone.md'))).toBe(false);
  });
});

describe('The backup that a rollback makes first', () => {
  it('lies beside the one that is restored, unless another place is given', () => {
    const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'none');
    const usb = join(tiny.root, 'usb');
    const migrate = ['migrate-from-git', tiny.clone, '--automated', '--yes', '--backup-dir', usb];
    expect(runAgent(tiny.home, migrate)).toMatchObject({ exit: 0 });
    const [backup = ''] = readdirSync(usb);
    const restore = ['restore-migration-backup', join(usb, backup), '--yes'];

    expect(runAgent(tiny.home, restore)).toMatchObject({ exit: 0 });

    expect(readdirSync(usb)).toHaveLength(2);
    expect(existsSync(join(tiny.home, '.agent-workflow-backups'))).toBe(false);
    expect(runAgent(tiny.home, ['restore-migration-backup', '--undo', '--yes'])).toMatchObject({ exit: 0 });
    const other = join(tiny.root, 'other');
    expect(runAgent(tiny.home, [...restore, '--backup-dir', other])).toMatchObject({ exit: 0 });
    expect(readdirSync(other)).toHaveLength(1);
    rmSync(other, { recursive: true });
  });
});

function readClosed(path: string): string {
  chmodSync(path, 0o600);
  const text = readFileSync(path, 'utf8');
  chmodSync(path, 0o000);
  return text;
}
