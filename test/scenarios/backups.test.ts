import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { canariesIn } from '../helpers/canaries.ts';
import { describeTree } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { typeToAgent } from '../helpers/typed-agent.ts';

describe('the backups of a machine', () => {
  const folder = useTempFolder();
  let tiny: TinyInstallation;
  let backup: string;
  let identity: string;
  let migrated: string[];

  beforeEach(() => {
    tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    expect(runAgent(tiny.home, ['migrate-from-git', tiny.clone, '--automated', '--yes'])).toMatchObject({
      exit: 0,
    });
    const { result } = askAgent<{ backups: { path: string }[] }>(tiny.home, ['backups', 'list']);
    backup = result.backups[0]?.path ?? '';
    identity = join(tiny.home, '.local/state/migration-agent/backup-identity.txt');
    migrated = describeTree(tiny.target);
  });

  /** Neither `backups verify` nor a rollback gets past what is wrong, and nothing is written. */
  function expectRefused(name: string, said: RegExp): void {
    for (const args of [
      ['backups', 'verify'],
      ['restore-migration-backup', '--yes'],
    ]) {
      const answer = askAgent(tiny.home, args);
      expect(answer, args.join(' ')).toMatchObject({ ok: false, exit: 1, error: { name } });
      expect(answer.error?.message, args.join(' ')).toMatch(said);
    }
    expect(describeTree(tiny.target)).toEqual(migrated);
  }

  it('are listed and shown with what is encrypted, without any secret', () => {
    const list = runAgent(tiny.home, ['backups', 'list']);
    const show = runAgent(tiny.home, ['backups', 'show', '--files']);
    expect(list.stdout).toMatch(
      /^migration-backup-\d{8}-\d{6} {2}before-migration {2}\d+ files: .+ encrypted/,
    );
    expect(show.stdout).toContain(`source: ~/clone\n`);
    expect(show.stdout).toMatch(/ - \.env {2}\(encrypted\)\n/);
    expect(canariesIn(list.stdout + show.stdout, tiny.canaries)).toEqual([]);
  });

  it('give a part back: the preview names it, the rest stays, and --undo takes it back', () => {
    const part = ['restore-migration-backup', '--type', 'selective', '--only', 'category:config'];
    const preview = runAgent(tiny.home, [...part, '--only', 'project:shop', '--dry-run']);
    expect(preview.stdout).toMatch(/Chosen +category:config, project:shop\n/);
    expect(preview.stdout).toMatch(/State +~\/work\/shop\/\.orch-state\n/);
    expect(describeTree(tiny.target)).toEqual(migrated);

    const done = runAgent(tiny.home, [...part, '--yes']);
    expect(done).toMatchObject({ exit: 0 });
    expect(done.stdout).toContain('Rolled back: what was chosen is exactly as it was');
    const changed = describeTree(tiny.target).filter((line) => !migrated.includes(line));
    expect(changed).toEqual([
      expect.stringMatching(/^\. folder /),
      expect.stringMatching(/^config\.yaml file /),
    ]);

    expect(runAgent(tiny.home, ['restore-migration-backup', '--undo', '--yes'])).toMatchObject({ exit: 0 });
    expect(describeTree(tiny.target).map(withoutNanoseconds)).toEqual(migrated.map(withoutNanoseconds));
  });

  it('take a newer project over into what is restored, say so before, and keep what is named', () => {
    const registry = join(tiny.target, 'projects/registry.yaml');
    appendFileSync(registry, '  later:\n    name: later\n    path: /srv/later\n');
    writeFileSync(join(tiny.target, 'mine.txt'), 'mine\n');
    const roll = ['restore-migration-backup', '--keep', 'mine.txt'];
    expect(askAgent(tiny.home, [...roll, '--dry-run']).result).toMatchObject({
      newer_items: [{ kind: 'project', name: 'later', change: 'added', carried: true }],
      keep: ['mine.txt'],
    });
    const done = runAgent(tiny.home, [...roll, '--yes']);
    expect(done).toMatchObject({ exit: 0 });
    expect(done.stdout).toContain('carried over (--leave-newer does not)');
    expect(done.stdout).toContain('but for what you kept (mine.txt), with newer projects (later).');
    expect(readFileSync(registry, 'utf8')).toContain('/srv/later');
    expect(readFileSync(join(tiny.target, 'mine.txt'), 'utf8')).toBe('mine\n');
    const again = askAgent(tiny.home, ['restore-migration-backup', '--leave-newer', '--yes']);
    expect(again.result).toMatchObject({ outcome: 'rolled-back', carried: { projects: [], secrets: [] } });
    expect(readFileSync(registry, 'utf8')).not.toContain('/srv/later');
  });

  it('are not called verified where the key is missing', () => {
    renameSync(identity, `${identity}.away`);
    expectRefused('BACKUP_KEY_MISSING', /backup-identity\.txt/);
  });

  it('are told from damaged ones where the key is another one', () => {
    const other = join(folder(), 'other');
    mkdirSync(other);
    const second = buildTinyInstallation(join(other, 'tiny'), 'none');
    runAgent(second.home, ['migrate-from-git', second.clone, '--automated', '--yes']);
    writeFileSync(
      identity,
      readFileSync(join(second.home, '.local/state/migration-agent/backup-identity.txt')),
    );
    expectRefused('BACKUP_KEY_WRONG', /made for age1/);
  });

  it.each<[string, (part: string) => void]>([
    ['altered', (part) => writeFileSync(part, readFileSync(part).fill(0x58, 2000, 2010))],
    ['cut short', (part) => truncateSync(part, 1000)],
    ['missing', (part) => rmSync(part)],
  ])('are refused with the part that is %s', (how, damage) => {
    damage(join(backup, 'custom-1.tar'));
    expectRefused('BACKUP_DAMAGED', new RegExp(`custom-1\\.tar is ${how}`));
  });

  it('say what they hold by category and by which rule they stay, and name files only when asked to', () => {
    const answer = askAgent<{ records?: unknown[]; categories: object; rule: string }>(tiny.home, [
      'backups',
      'show',
    ]);
    expect(answer.result.records).toBeUndefined();
    expect(answer.result.categories).toHaveProperty('config.files');
    expect(answer.result.rule).toBe('one of the newest 3');
    const { stdout } = runAgent(tiny.home, ['backups', 'show']);
    expect(stdout).toMatch(/ {2}config +\d+ files?: /);
    expect(stdout).toMatch(/ {2}encrypted +\d+ entr/);
    expect(stdout).not.toContain('.env');
  });

  it('give one file back, encrypted ones only with the key and 0600, and replace nothing unasked', async () => {
    const to = join(folder(), 'given');
    mkdirSync(to);
    const one = (file: string, ...more: string[]) =>
      askAgent(tiny.home, ['restore-migration-backup', '--file', file, '--to', to, ...more]);
    expect(one('source/.env')).toMatchObject({ exit: 0, result: { encrypted: true } });
    expect(readFileSync(join(to, '.env')).equals(readFileSync(join(tiny.clone, '.env')))).toBe(true);
    expect(statSync(join(to, '.env')).mode & 0o777).toBe(0o600);
    expect(one('no/such.file')).toMatchObject({ exit: 2, error: { name: 'ENTRY_NOT_IN_BACKUP' } });

    writeFileSync(join(to, '.env'), 'mine');
    expect(one('source/.env', '--yes')).toMatchObject({ exit: 1, error: { name: 'ENTRY_EXISTS' } });
    expect(readFileSync(join(to, '.env'), 'utf8')).toBe('mine');
    const args = ['restore-migration-backup', '--file', join(tiny.clone, '.env'), '--to', to];
    expect(await typeToAgent(tiny.home, args, [['Replace', 'y']])).toMatchObject({ exit: 0 });
    expect(readFileSync(join(to, '.env'), 'utf8')).not.toBe('mine');

    rmSync(join(to, '.env'));
    renameSync(identity, `${identity}.away`);
    expect(one('source/.env')).toMatchObject({ exit: 1, error: { name: 'BACKUP_KEY_MISSING' } });
    expect(one('source/.env', '--identity', `${identity}.away`)).toMatchObject({ exit: 0 });
  });

  it('give no file whose bytes are not the recorded ones', () => {
    const to = join(folder(), 'given');
    mkdirSync(to);
    const { result } = askAgent<{
      records: { root: string; path: string; type: string; encrypted: boolean }[];
    }>(tiny.home, ['backups', 'show', '--files']);
    const plain = result.records.find(
      ({ root, type, encrypted }) => root === 'target' && type === 'file' && !encrypted,
    );
    for (const part of readdirSync(backup).filter((name) => name.endsWith('.tar')))
      writeFileSync(join(backup, part), readFileSync(join(backup, part)).fill(0x58));
    const file = `target/${plain?.path}`;
    const answer = askAgent(tiny.home, ['restore-migration-backup', '--file', file, '--to', to]);
    expect(answer).toMatchObject({ exit: 1, error: { name: 'ENTRY_NOT_RESTORED' } });
    expect(readdirSync(to)).toEqual([]);
  });

  it('are written as a tree to look through, with secrets only where they are asked for', () => {
    const mirror = ['backups', 'export', '--mirror'];
    const answer = askAgent<{ mirror: { leftOut: number; failed: unknown[] } }>(tiny.home, [
      ...mirror,
      'tree',
    ]);
    expect(answer).toMatchObject({ exit: 0, result: { mirror: { failed: [] } } });
    expect(answer.result.mirror.leftOut).toBeGreaterThan(0);
    const tree = join(tiny.home, 'tree');
    expect(statSync(tree).mode & 0o777).toBe(0o700);
    expect(existsSync(join(tree, 'source/.env'))).toBe(false);
    const all = spawnSync('grep', ['-r', '', tree]).stdout.toString();
    expect(canariesIn(all, tiny.canaries)).toEqual([]);

    expect(askAgent(tiny.home, [...mirror, 'tree'])).toMatchObject({ error: { name: 'MIRROR_PLACE' } });
    expect(askAgent(tiny.home, [...mirror, 'full', '--with-secrets'])).toMatchObject({ exit: 0 });
    const env = join(tiny.home, 'full/source/.env');
    expect(readFileSync(env).equals(readFileSync(join(tiny.clone, '.env')))).toBe(true);
    expect(statSync(env).mode & 0o777).toBe(0o600);
  });

  it('are verified from the disk, and say how many of the files were', () => {
    const { result } = askAgent<{ media: { done: number; of: number } }>(tiny.home, [
      'backups',
      'verify',
      '--media',
    ]);
    expect(result.media.of).toBe(readdirSync(backup).length);
    const without = askAgent<{ media: { done: number; reason: string } }>(
      tiny.home,
      ['backups', 'verify', '--media'],
      { PATH: '/nowhere' },
    );
    expect(without).toMatchObject({ exit: 0, result: { media: { done: 0 } } });
    expect(without.result.media.reason).toContain('GNU dd');
  });

  it('are pruned only by typed words; the newest, the first in its probation and what a rollback takes stay', async () => {
    const parent = join(backup, '..');
    const older = ['migration-backup-20200101-000000', 'migration-backup-20210101-000000'];
    for (const name of older) cpSync(backup, join(parent, name), { recursive: true });
    const preview = askAgent<{ prune: string[]; kept: { why: string }[] }>(tiny.home, [
      'backups',
      'prune',
      '--keep',
      '1',
      '--dry-run',
    ]);
    expect(preview.result.prune).toEqual([join(parent, older[1] as string)]);
    expect(preview.result.kept.map(({ why }) => why)).toEqual([
      'one of the newest 1',
      expect.stringContaining('the first backup of its home; probation ends'),
    ]);
    const args = ['backups', 'prune', '--keep', '1'];
    for (const option of ['--yes', '--json'])
      expect(runAgent(tiny.home, [...args, option])).toMatchObject({ exit: 2 });
    expect(await typeToAgent(tiny.home, [...args, '--yes'], [['Type delete 1', 'yes']])).toMatchObject({
      exit: 0,
    });
    expect(existsSync(join(parent, older[1] as string))).toBe(true);
    const done = await typeToAgent(tiny.home, args, [['Type delete 1', 'delete 1']]);
    expect(done.screen).toContain('Deleted: 1 backup');
    expect(readdirSync(parent).sort()).toEqual([older[0], backup.split('/').at(-1)]);
    expect(runAgent(tiny.home, ['backups', 'verify'])).toMatchObject({ exit: 0 });
  });

  it('open with a second key that was named for them', () => {
    const key = join(tiny.home, 'second.txt');
    spawnSync('age-keygen', ['-o', key]);
    const recipient = spawnSync('age-keygen', ['-y', key]).stdout.toString().trim();
    const args = ['restore-migration-backup', '--yes', '--recipient', recipient];
    expect(askAgent(tiny.home, args)).toMatchObject({ exit: 0 });
    const { result } = askAgent<{ backups: { id: string }[] }>(tiny.home, ['backups', 'list']);
    rmSync(identity);
    const verify = ['backups', 'verify', result.backups[0]?.id ?? '', '--identity', key];
    expect(askAgent(tiny.home, verify)).toMatchObject({ exit: 0 });
    expect(askAgent(tiny.home, [...args.slice(0, 3), 'age1wrong'])).toMatchObject({
      exit: 2,
      error: { name: 'RECIPIENT_INVALID' },
    });
  });
});

/** A time that was set is exact to the microsecond. */
function withoutNanoseconds(line: string): string {
  return line.replace(/(\d{16})\d{3} /, '$1 ');
}
