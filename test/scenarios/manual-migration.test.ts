import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildMixedInstallation, type MixedInstallation } from '../fixtures/mixed-installation.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { canariesIn, findCanaries } from '../helpers/canaries.ts';
import { treeDigest } from '../helpers/digest.ts';
import { makeClone } from '../helpers/plan.ts';
import { python } from '../helpers/python.ts';
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
