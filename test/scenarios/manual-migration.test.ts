import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CANARIES, manualInstallation, SECRETS } from '../fixtures/manual-installation.ts';
import { buildMixedInstallation, type MixedInstallation } from '../fixtures/mixed-installation.ts';
import { put } from '../fixtures/write-files.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { canariesIn, findCanaries } from '../helpers/canaries.ts';
import { describeTree, treeDigest } from '../helpers/digest.ts';
import { makeClone } from '../helpers/plan.ts';
import { python } from '../helpers/python.ts';
import { secretsOf } from '../helpers/stored-secrets.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { typeToAgent } from '../helpers/typed-agent.ts';

const READ_YAML =
  'import json, sys, yaml\nprint(json.dumps(yaml.safe_load(open(json.load(sys.stdin))), default=str))';
const PASSPHRASE = 'gently seven lanterns';

describe('an export of an installation in which all layouts are mixed', () => {
  const folder = useTempFolder('file');
  let mixed: MixedInstallation;
  let before: string;
  let out: string;
  let screen: string;

  beforeAll(() => {
    mixed = buildMixedInstallation(join(folder(), 'mixed'), { stateMegabytes: 1 });
    before = treeDigest(mixed.clone);
    out = join(mixed.home, 'migration-export');
    const { exit, stdout, stderr } = runAgent(mixed.home, [
      'migrate-from-git',
      mixed.clone,
      '--manual',
      '--export',
      'migration-export',
    ]);
    expect(exit, stderr).toBe(0);
    screen = stdout;
  });

  it('has the folders of a manual migration, private, and leaves the installation as it was', () => {
    const names = [
      'CHECKLIST.md',
      'credentials',
      'integrations',
      'manifest.json',
      'old-config',
      'projects',
      'state',
    ];
    expect(readdirSync(out).sort()).toEqual(names);
    expect(statSync(out).mode & 0o777).toBe(0o700);
    expect(statSync(join(out, 'old-config/orchestrator.yaml')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(out, 'state/projects/webshop/backlog.json'))).toBe(true);
    expect(treeDigest(mixed.clone)).toBe(before);
    expect(readdirSync(mixed.home).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('holds no secret, and names each where it belongs', () => {
    expect(findCanaries(out, mixed.canaries)).toEqual([]);
    expect(canariesIn(screen, mixed.canaries)).toEqual([]);
    const discord = python(READ_YAML, join(out, 'integrations/discord-config.yaml')) as {
      discord: { token: string };
    };
    expect(discord.discord.token).toMatch(/^<secret DISCORD_BOT_TOKEN\.\d+>$/);
    const env = readFileSync(join(out, 'credentials/.env'), 'utf8');
    expect(env).toMatch(/^ANTHROPIC_API_KEY='<secret ANTHROPIC_API_KEY\.\d+>'$/m);
  });

  it('keeps the bytes of settings without secrets, comments and order too', () => {
    const rel = 'orchestrator.yaml';
    expect(readFileSync(join(out, 'old-config', rel), 'utf8')).toBe(
      readFileSync(join(mixed.clone, rel), 'utf8'),
    );
  });

  it('lists the steps with the commands to type, and never says to delete the old folder', () => {
    const list = readFileSync(join(out, 'CHECKLIST.md'), 'utf8');
    for (const command of [
      'agent-orch init --minimal',
      'agent-orch projects list',
      'agent-orch health --check-all',
    ])
      expect(list).toContain(`\`${command}\``);
    expect(list).toContain('- [ ] webshop');
    expect(list).not.toContain('rm -');
  });

  it('is refused where something is already, and inside of the clone or the new home', () => {
    const inside = join(mixed.clone, 'export');
    const home = join(mixed.home, '.agent-workflow', 'export');
    for (const place of [out, inside, home]) {
      const answer = askAgent(mixed.home, ['export-config', place, '--source', mixed.clone]);
      expect(answer).toMatchObject({ exit: 2, error: { name: 'EXPORT_PLACE' } });
      expect(existsSync(join(place, 'export'))).toBe(false);
    }
    expect(existsSync(home)).toBe(false);
    expect(treeDigest(mixed.clone)).toBe(before);
  });
});

describe('an export of the secrets', () => {
  const folder = useTempFolder();

  it('is encrypted with a passphrase that is typed twice and not shown, in the format of age', async () => {
    const token = 'vpn-secret-of-1987-x';
    const clone = makeClone(join(folder(), 'clone'), { '.env': `VPN_PASSWORD=${token}\n` });

    const run = await typeToAgent(
      folder(),
      ['export-config', 'out', '--source', clone, '--with-secrets'],
      [
        ['Passphrase', 'too short'],
        ['Passphrase', PASSPHRASE],
        ['The same again', PASSPHRASE],
      ],
    );

    expect(run.exit, run.screen).toBe(0);
    expect(run.screen).not.toContain(PASSPHRASE);
    const out = join(folder(), 'out');
    const where = [{ name: 'token', value: token, needle: token, where: '' }];
    expect(findCanaries(out, where)).toEqual([]);
    expect(readFileSync(join(out, 'credentials/secrets.age'), 'latin1')).toMatch(
      /^age-encryption\.org\/v1\n-> scrypt /,
    );
  });

  it('is not made where nobody can type a passphrase', () => {
    const clone = makeClone(join(folder(), 'clone'), { '.env': 'VPN_PASSWORD=vpn-secret-of-1987-x\n' });
    const answer = askAgent(folder(), ['export-config', 'out', '--source', clone, '--with-secrets']);
    expect(answer).toMatchObject({ exit: 2, error: { name: 'EXPORT_NO_PASSPHRASE' } });
    expect(readdirSync(folder())).toEqual(['clone']);
  });
});

describe('settings with secrets where none are expected', () => {
  const folder = useTempFolder();

  it('are exported without comments where one holds a secret, and not at all where they cannot be read', () => {
    const token = `ghp_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}`;
    const clone = makeClone(join(folder(), 'clone'), {
      'orchestrator.yaml': `# once it was ${token}\norchestrator:\n  log_level: INFO\n`,
      'config.yml': `a: [1\ntoken: ${token}\n`,
    });
    mkdirSync(join(folder(), 'out'));

    const { result } = askAgent<{ left_out: { what: string }[]; files: { path: string }[] }>(folder(), [
      'export-config',
      'out',
      '--source',
      clone,
    ]);

    const text = readFileSync(join(folder(), 'out/old-config/orchestrator.yaml'), 'utf8');
    expect(text).toBe('orchestrator:\n  log_level: INFO\n');
    expect(result.left_out.map(({ what }) => what)).toEqual(['config.yml']);
    expect(spawnSync('grep', ['-r', token, join(folder(), 'out')]).status).toBe(1);
  });
});

describe('an import of an export', () => {
  const folder = useTempFolder();

  it('that nobody edited does what an automated migration does; once more there is nothing to do', () => {
    const { home, clone } = manualInstallation(folder());
    expect(runAgent(home, ['export-config', 'out', '--source', clone]).exit).toBe(0);
    const clean = { config: '', registry: '' };
    expect(
      runAgent(home, ['migrate-from-git', clone, '--automated', '--yes', '--target', join(home, 'other')])
        .exit,
    ).toBe(0);
    clean.config = settled(join(home, 'other', 'config.yaml'));
    clean.registry = settled(join(home, 'other', 'projects/registry.yaml'));

    const run = runAgent(home, ['import-config', 'out', '--yes']);

    expect(run.exit, run.stderr).toBe(0);
    expect(run.stdout).toContain('Import of an Export');
    expect(settled(join(home, '.agent-workflow/config.yaml'))).toBe(clean.config);
    expect(settled(join(home, '.agent-workflow/projects/registry.yaml'))).toBe(clean.registry);
    expect(secretsOf(home)).toEqual(SECRETS);
    const before = treeDigest(home);
    const again = runAgent(home, ['import-config', 'out', '--yes']);
    expect(again).toMatchObject({ exit: 0, stdout: expect.stringContaining('Nothing to do') });
    expect(treeDigest(home)).toBe(before);
  });

  it('takes what was edited, added and deleted; the rollback leaves the home as it was before', () => {
    const { home, clone } = manualInstallation(folder());
    const source = treeDigest(clone);
    expect(runAgent(home, ['export-config', 'out', '--source', clone]).exit).toBe(0);
    const out = join(home, 'out');
    edit(join(out, 'old-config/orchestrator.yaml'), 'log_level: INFO', 'log_level: ERROR   # mine');
    edit(join(out, 'credentials/.env'), "'INFO-line'", "'other line'");
    rmSync(join(out, 'projects/one.yaml'));
    put(out, 'projects/three.yaml', `name: three\npath: ${join(home, 'three')}\n`);
    put(out, 'projects/three.yaml~', 'name: copy\n');
    mkdirSync(join(home, 'three'));
    const before = describeTree(home).filter(ofHome);

    const run = runAgent(home, ['import-config', 'out', '--yes']);

    expect(run.exit, run.stderr).toBe(0);
    for (const words of [
      'Edited\n  - old-config/orchestrator.yaml',
      'Added\n  - projects/three.yaml',
      'Deleted, not imported\n  - projects/one.yaml',
      '  - projects/three.yaml~',
    ])
      expect(run.stdout).toContain(words);
    const config = python(READ_YAML, join(home, '.agent-workflow/config.yaml')) as Record<
      string,
      Record<string, unknown>
    >;
    expect(config['global']?.['log_level']).toBe('ERROR');
    expect(config['legacy']?.['env']).toMatchObject({ SMTP_SERVER: 'other line' });
    const registry = python(READ_YAML, join(home, '.agent-workflow/projects/registry.yaml')) as {
      projects: object;
    };
    expect(Object.keys(registry.projects).sort()).toEqual(['three', 'two']);
    expect(secretsOf(home)).toEqual(SECRETS);
    expect(treeDigest(clone)).toBe(source);
    const back = runAgent(home, ['restore-migration-backup', '--yes']);
    expect(back.exit, back.stderr).toBe(0);
    expect(describeTree(home).filter(ofHome)).toEqual(before);
  });

  it('works where the installation is gone, with the secrets of the export', async () => {
    const { home, clone } = manualInstallation(folder());
    const made = await typeToAgent(
      home,
      ['export-config', 'out', '--source', clone, '--with-secrets'],
      [
        ['Passphrase', PASSPHRASE],
        ['again', PASSPHRASE],
      ],
    );
    expect(made.exit, made.screen).toBe(0);
    expect(findCanaries(join(home, 'out'), CANARIES)).toEqual([]);
    rmSync(clone, { recursive: true });

    const alone = askAgent(home, ['import-config', 'out', '--yes']);
    const run = await typeToAgent(
      home,
      ['import-config', 'out'],
      [
        ['Passphrase', 'not this one, surely'],
        ['Passphrase', PASSPHRASE],
        ['[y/N]', 'y'],
      ],
    );

    expect(alone).toMatchObject({ exit: 3, error: { name: 'EXPORT_SECRETS_MISSING' } });
    expect(run.exit, run.screen).toBe(0);
    expect(run.screen).not.toContain(PASSPHRASE);
    expect(secretsOf(home)).toEqual(SECRETS);
    const config = python(READ_YAML, join(home, '.agent-workflow/config.yaml')) as Record<
      string,
      Record<string, unknown>
    >;
    expect(config['global']?.['log_level']).toBe('INFO');
    expect(readFileSync(join(home, '.agent-workflow/global/intelligence/notes.json'), 'utf8')).toBe('{}\n');
    const seen = readdirSync(home).map((name) => join(home, name));
    expect(seen.flatMap((path) => findCanaries(path, CANARIES))).toEqual([]);
    expect(runAgent(home, ['restore-migration-backup', '--yes']).exit).toBe(0);
    expect(existsSync(join(home, '.agent-workflow'))).toBe(false);
  });

  it('names file and line of a broken edit, of a mark that fits no secret, and of damage; and changes nothing', () => {
    const { home, clone } = manualInstallation(folder());
    expect(runAgent(home, ['export-config', 'out', '--source', clone]).exit).toBe(0);
    const out = join(home, 'out');
    const slips = [
      ['old-config/orchestrator.yaml', 'log_level: INFO', 'log_level: [INFO', 'EXPORT_EDIT_BROKEN', 3],
      [
        'old-config/orchestrator.yaml',
        /<secret DISCORD\w+\.\d+>/,
        '<secret DISCORD_BOT_TOKEN.99>',
        'EXPORT_MARK_UNKNOWN',
        6,
      ],
      [
        'old-config/orchestrator.yaml',
        /<secret (DISCORD\w+\.\d+)>/,
        'x <secret $1>',
        'EXPORT_MARK_UNKNOWN',
        6,
      ],
      ['credentials/.env', "'INFO-line'", "'open", 'EXPORT_EDIT_BROKEN', 3],
      ['projects/two.yaml', /[\s\S]+/, '', 'EXPORT_EDIT_EMPTY', 1],
      ['credentials/names.json', 'GITHUB', 'GITLAB', 'EXPORT_DAMAGED', undefined],
      ['manifest.json', '"sealed": false', '"sealed": true', 'EXPORT_DAMAGED', undefined],
    ] as const;
    for (const [place, from, to, name, line] of slips) {
      const text = readFileSync(join(out, place), 'utf8');
      edit(join(out, place), from, to);
      const before = treeDigest(home);
      const answer = askAgent(home, ['import-config', 'out', '--yes']);
      expect(answer, place).toMatchObject({
        ok: false,
        error: { name, ...(line && { line, file: join(out, place) }) },
      });
      expect(answer.error?.hint, place).toMatch(/\w/);
      expect(treeDigest(home)).toBe(before);
      writeFileSync(join(out, place), text);
    }
    expect(askAgent(home, ['import-config', clone, '--yes']).error?.name).toBe('EXPORT_NOT_FOUND');
  });
});

/** Without what differs from run to run. */
function settled(path: string): string {
  return readFileSync(path, 'utf8').replace(
    /^.*(created|last_updated|registered|migrated_from|registry_path|id):.*$/gm,
    '',
  );
}

/** Not what the agent keeps for itself. */
function ofHome(line: string): boolean {
  return !/^(\.local|\.agent-workflow-backups|\. )/.test(line);
}

function edit(path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(path, 'utf8');
  const edited = text.replace(from, to);
  expect(edited, `${path} has ${from}`).not.toBe(text);
  writeFileSync(path, edited);
}
