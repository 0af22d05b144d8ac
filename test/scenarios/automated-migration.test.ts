import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildMixedInstallation, type MixedInstallation } from '../fixtures/mixed-installation.ts';
import { CHANNEL_ID, GUILD_ID } from '../fixtures/mixed-settings.ts';
import { type AgentRun, askAgent, runAgent } from '../helpers/agent.ts';
import { canariesIn, findCanaries } from '../helpers/canaries.ts';
import { describeTree, treeDigest } from '../helpers/digest.ts';
import { python } from '../helpers/python.ts';
import { useTempFolder } from '../helpers/temp.ts';

const READ_HOME = `
import json, sys, os, yaml
from cryptography.fernet import Fernet
home = json.load(sys.stdin)
config = yaml.safe_load(open(home + "/config.yaml", encoding="utf-8"))
registry = yaml.safe_load(open(home + "/projects/registry.yaml", encoding="utf-8"))
store = json.load(open(home + "/credentials.enc"))
cipher = Fernet(open(home + "/credentials.key", "rb").read())
secrets = {k: cipher.decrypt(v["encrypted_value"].encode()).decode("utf-8") for k, v in store["credentials"].items()}
types = {n: {k: type(v).__name__ for k, v in p.items()} for n, p in registry["projects"].items()}
print(json.dumps({"config": config, "registry": registry, "secrets": secrets, "types": types, "store": store}, default=str))
`;

const READ_CONFIG = `
import json, sys, yaml
print(json.dumps(yaml.safe_load(open(json.load(sys.stdin) + "/config.yaml", encoding="utf-8")), default=str))
`;

interface PythonHome {
  readonly config: Record<string, Record<string, unknown>>;
  readonly registry: { readonly projects: Record<string, Record<string, unknown>> };
  readonly secrets: Record<string, string>;
  readonly types: Record<string, Record<string, string>>;
}

interface Ledger {
  readonly counts: Record<
    string,
    { total: number; inEffect: number; notInEffect: number; left: number; needsYou: number }
  >;
  readonly rows: readonly { readonly kind: string; readonly item: string; readonly fate: string }[];
}

describe('an automated migration of an installation in which all layouts are mixed', () => {
  const folder = useTempFolder('file');
  let it_: MixedInstallation;
  let before: { source: string; home: string[] };
  let run: AgentRun;
  let home: PythonHome;

  beforeAll(() => {
    it_ = buildMixedInstallation(join(folder(), 'mixed'));
    before = { source: treeDigest(it_.clone), home: describeTree(it_.home) };
    run = runAgent(it_.home, ['migrate-from-git', it_.clone, '--automated', '--yes']);
    if (run.exit === 0) home = python(READ_HOME, it_.target) as PythonHome;
  });

  it('ends with exit 0 and says honestly that the package is not there to use the result', () => {
    expect(run).toMatchObject({ exit: 0, stderr: '' });
    expect(run.stdout).toContain('Moved, not yet usable');
    expect(run.stdout).toContain('the package that would use it is not installed');
    expect(run.stdout).toMatch(/Secrets {3}21 of 24 in effect, .*and 2 placeholders dropped/);
  });

  it('leaves every byte, mode and time of the source as it was, its .git included', () => {
    expect(treeDigest(it_.clone)).toBe(before.source);
  });

  it('gives Python the Discord ids as text, with every digit', () => {
    expect(home.config['discord']?.['guild_id']).toBe(GUILD_ID);
    const channels = Object.values(home.registry.projects).map(
      (project) => project['discord'] as { channel_id: unknown },
    );
    expect(channels.map(({ channel_id }) => channel_id)).toContain(CHANNEL_ID);
    expect(channels.every(({ channel_id }) => channel_id === null || typeof channel_id === 'string')).toBe(
      true,
    );
  });

  it('registers every project once, with text times and the keys that the package slices', () => {
    const names = Object.keys(home.registry.projects).sort();
    expect(names).toEqual(['api', 'api-2', 'old-prototype', 'webshop', 'Übersicht'].sort());
    for (const name of names) {
      expect(home.types[name]?.['registered'], name).toBe('str');
      expect(home.registry.projects[name]?.['metadata'], name).toMatchObject({
        language: expect.any(String),
      });
    }
    const paths = names.map((name) => home.registry.projects[name]?.['path']);
    expect(new Set(paths)).toEqual(new Set(it_.projects.map(({ path }) => path)));
    expect(home.registry.projects['old-prototype']?.['status']).toBe('error');
  });

  it('keeps unknown keys with the values that PyYAML saw in the old file', () => {
    const old = python(
      'import json,sys,yaml\nprint(json.dumps(yaml.safe_load(open(json.load(sys.stdin), encoding="utf-8")), default=str))',
      join(it_.clone, 'orchestrator.yaml'),
    ) as Record<string, Record<string, unknown>>;
    const kept = (home.config['legacy'] as Record<string, Record<string, Record<string, unknown>>>)[
      'orchestrator.yaml'
    ];
    expect(kept?.['tdd']).toEqual(old['tdd']);
    expect(kept?.['notifications']).toEqual(old['notifications']);
    expect(kept?.['orchestrator']?.['umask']).toBe(old['orchestrator']?.['umask']);
    expect(kept?.['orchestrator']?.['sprint_length']).toBe(90);
  });

  it('imports no value of an example file', () => {
    const text = readFileSync(join(it_.target, 'config.yaml'), 'utf8');
    for (const placeholder of it_.placeholders) expect(text).not.toContain(placeholder);
    expect(Object.values(home.secrets).filter((value) => it_.placeholders.includes(value))).toEqual([]);
  });

  it('stores each secret so that Python decrypts its exact value, as python-dotenv reads it', () => {
    const env = python(
      'import json,sys\nfrom dotenv import dotenv_values\nprint(json.dumps(dotenv_values(json.load(sys.stdin))))',
      join(it_.clone, '.env'),
    ) as Record<string, string>;
    expect(home.secrets['discord_bot_token']).toBe(env['DISCORD_BOT_TOKEN']);
    expect(home.secrets['ai_provider_key']).toBe(env['ANTHROPIC_API_KEY']);
    expect(home.secrets['github_token']).toBe(env['GITHUB_TOKEN']);
    expect(home.secrets['jwt_secret']).toBe(env['JWT_SECRET']);
  });

  it('finds a place for every secret of the installation: in the store, or in a file that needs the person', () => {
    const ledger = JSON.parse(readFileSync(join(it_.target, 'migration/ledger.json'), 'utf8')) as Ledger;
    const left = ledger.rows
      .filter(({ fate }) => fate === 'needs-you' || fate === 'left')
      .map(({ item }) => item);
    const stored = new Set(Object.values(home.secrets));
    const lost = it_.canaries.filter(({ value, where }) => {
      const file = where.replace('home/agent-workflow/', '');
      const outside = !where.startsWith('home/agent-workflow/') || file.endsWith('master.key');
      return !stored.has(value) && !left.some((item) => file === item || file.startsWith(item)) && !outside;
    });
    expect(lost.map(({ name, where }) => `${name} of ${where}`)).toEqual([]);
  });

  it('stores what start-up files, units, their files and compose files give to the old programs', () => {
    const outside = it_.canaries.filter(({ where }) =>
      /\.bashrc$|config\.fish$|\.service$|service\.conf$|docker-compose\.yml$/.test(where),
    );
    expect(outside.map(({ name }) => name).sort()).toEqual([
      'APM_TOKEN',
      'GOOGLE_ANALYTICS_KEY',
      'OPENAI_API_KEY',
      'POSTGRES_PASSWORD',
      'SENTRY_DSN',
    ]);
    for (const { name, value } of outside) expect(home.secrets[name.toLowerCase()], name).toBe(value);
  });

  it('writes into its report where each secret is made anew, by name', () => {
    const report = readFileSync(join(it_.target, 'migration/report.md'), 'utf8');
    expect(report).toMatch(/## Make new keys.*\| Discord \| discord_bot_token/s);
  });

  it('accounts for all keys, files, secrets and projects', () => {
    const ledger = JSON.parse(readFileSync(join(it_.target, 'migration/ledger.json'), 'utf8')) as Ledger;
    for (const [kind, count] of Object.entries(ledger.counts)) {
      const rows = ledger.rows.filter((row) => row.kind === kind);
      expect(count.total, kind).toBe(rows.length);
      expect(count.inEffect + count.notInEffect + count.left + count.needsYou, kind).toBe(count.total);
      expect(new Set(rows.map(({ item }) => item)).size, kind).toBe(rows.length);
    }
    const files = ledger.rows.filter(({ kind }) => kind === 'file').map(({ item }) => item);
    expect(files).toEqual(expect.arrayContaining([...it_.ownFiles]));
    expect(ledger.counts['project']?.total).toBe(it_.projects.length);
  });

  it('lets no secret into the new home, the backup, the agent’s home or its output in clear', () => {
    const elsewhere = [
      it_.target,
      join(it_.home, '.agent-workflow-backups'),
      join(it_.home, '.local/state/migration-agent'),
    ];
    expect(elsewhere.flatMap((path) => findCanaries(path, it_.canaries))).toEqual([]);
    expect(canariesIn(run.stdout + run.stderr, it_.canaries)).toEqual([]);
  });

  it('makes everything private', () => {
    const modes = [
      '',
      'config.yaml',
      'credentials.key',
      'credentials.enc',
      'projects/registry.yaml',
      'migration/ledger.json',
    ];
    expect(modes.map((rel) => statSync(join(it_.target, rel)).mode & 0o077)).toEqual(modes.map(() => 0));
  });

  it('carries own files with their bytes and modes, and edits of upstream files as patches', () => {
    const agent = 'agent-reviewer.yaml';
    expect(readFileSync(join(it_.target, 'agents', agent))).toEqual(readFileSync(join(it_.clone, agent)));
    expect(statSync(join(it_.target, 'agents', agent)).mode & 0o777).toBe(
      statSync(join(it_.clone, agent)).mode & 0o777,
    );
    expect(readFileSync(join(it_.target, 'custom/lib/agent_tool_config.py.patch'), 'utf8')).toContain(
      'diff --git',
    );
    const names = readdirSync(Buffer.from(join(it_.target, 'custom/notes')), {
      encoding: 'buffer' as BufferEncoding,
    });
    expect(names).toHaveLength(readdirSync(join(it_.clone, 'notes')).length);
  });

  it('answers every verb with the envelope that docs/cli publishes', () => {
    const verbs = [
      ['status'],
      ['migrate-status'],
      ['backups', 'list'],
      ['backups', 'verify'],
      ['backups', 'show'],
      ['restore-migration-backup', '--dry-run'],
      ['migrate-assess', it_.clone],
      ['migrate-from-git', it_.clone, '--dry-run', '--diff'],
    ];
    for (const verb of verbs) {
      const envelope = askAgent(it_.home, verb);
      expect(envelope, verb.join(' ')).toMatchObject({ ok: true, exit: 0 });
      expect(canariesIn(JSON.stringify(envelope), it_.canaries), verb.join(' ')).toEqual([]);
    }
  });

  it('runs a command with the stored secrets in its environment only', () => {
    const print = ['exec', '--', 'printenv', 'GITHUB_TOKEN'];
    expect(runAgent(it_.home, print)).toMatchObject({ exit: 0, stdout: `${home.secrets['github_token']}\n` });
    expect(runAgent(it_.home, ['exec', '--', 'sh', '-c', 'exit 7']).exit).toBe(7);
    expect(runAgent(it_.home, ['exec', '--', 'no-such-command'])).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('AWM-1703'),
    });
  });

  it('changes nothing when it is run again', () => {
    const config = readFileSync(join(it_.target, 'config.yaml'));
    const enc = readFileSync(join(it_.target, 'credentials.enc'));
    const registry = readFileSync(join(it_.target, 'projects/registry.yaml'));
    const again = runAgent(it_.home, ['migrate-from-git', it_.clone, '--automated', '--yes']);
    expect(again.exit).toBe(0);
    expect(readFileSync(join(it_.target, 'config.yaml'))).toEqual(config);
    expect(readFileSync(join(it_.target, 'credentials.enc'))).toEqual(enc);
    expect(readFileSync(join(it_.target, 'projects/registry.yaml'))).toEqual(registry);
  });

  it('is taken back by restore.sh alone, with sh, tar, sha256sum and age', () => {
    const backups = join(it_.home, '.agent-workflow-backups');
    const first = readdirSync(backups).sort()[0] as string;
    const copy = join(folder(), 'by-script');
    const unpacked = runScript(it_.home, join(backups, first, 'restore.sh'), ['--extract', copy, '--yes']);
    expect(unpacked).toMatchObject({ status: 0 });
    for (const rel of ['config.yml', '.env', 'orchestrator.yaml', 'agent-reviewer.yaml']) {
      expect(readFileSync(join(copy, 'source', rel)), rel).toEqual(readFileSync(join(it_.clone, rel)));
    }
    rmSync(copy, { recursive: true });
  });

  it('is taken back byte for byte, and the rollback itself can be taken back', () => {
    const migrated = toMicroseconds(describeTree(it_.target));
    const first = readdirSync(join(it_.home, '.agent-workflow-backups')).sort()[0] as string;
    const back = runAgent(it_.home, ['restore-migration-backup', first, '--yes']);
    expect(back).toMatchObject({ exit: 0, stderr: '' });
    expect(existsSync(it_.target)).toBe(false);
    expect(withoutOurs(describeTree(it_.home))).toEqual(withoutOurs(before.home));
    const again = askAgent(it_.home, ['restore-migration-backup', first, '--yes']);
    expect(again).toMatchObject({ ok: true, result: { outcome: 'nothing-to-do' } });
    expect(runAgent(it_.home, ['restore-migration-backup', '--undo', '--yes'])).toMatchObject({ exit: 0 });
    expect(toMicroseconds(describeTree(it_.target))).toEqual(migrated);
  });

  it('has let no secret out anywhere when all of this is over', () => {
    const all = readdirSync(it_.home).filter(
      (name) => name.startsWith('.') && !/^\.(bashrc|config)$/.test(name),
    );
    expect(all).toEqual(expect.arrayContaining(['.agent-workflow', '.agent-workflow-backups', '.local']));
    expect(all.flatMap((name) => findCanaries(join(it_.home, name), it_.canaries))).toEqual([]);
  });
});

describe('an automated migration into a home that the person uses already', () => {
  const folder = useTempFolder('file');
  let it_: MixedInstallation;
  let before: { source: string; target: string[] };
  let run: AgentRun;

  beforeAll(() => {
    it_ = buildMixedInstallation(join(folder(), 'existing'), { stateMegabytes: 1, target: 'existing' });
    before = { source: treeDigest(it_.clone), target: describeTree(it_.target) };
    cpSync(it_.target, join(folder(), 'before'), { recursive: true });
    run = runAgent(it_.home, ['migrate-from-git', it_.clone, '--automated', '--yes']);
  });

  it('merges: every value that the person set stays, and so do the comments', () => {
    expect(run).toMatchObject({ exit: 0, stderr: '' });
    const was = python(READ_CONFIG, join(folder(), 'before')) as Record<string, Record<string, unknown>>;
    const is = python(READ_CONFIG, it_.target) as Record<string, unknown>;
    expect(is).toMatchObject({ ...was, last_updated: expect.any(String) });
    const comments = (path: string) => readFileSync(join(path, 'config.yaml'), 'utf8').match(/#.*$/gm) ?? [];
    expect(comments(join(folder(), 'before')).length).toBeGreaterThan(0);
    expect(comments(it_.target)).toEqual(comments(join(folder(), 'before')));
  });

  it('keeps the key and every stored secret', () => {
    expect(readFileSync(join(it_.target, 'credentials.key'))).toEqual(
      readFileSync(join(folder(), 'before/credentials.key')),
    );
    const read = python(READ_HOME, it_.target) as PythonHome;
    const mine = it_.canaries
      .filter(({ where }) => where.includes('.agent-workflow/credentials.enc'))
      .map(({ value }) => value);
    expect(mine.length).toBeGreaterThan(0);
    expect(Object.values(read.secrets)).toEqual(expect.arrayContaining(mine));
  });

  it('lets no secret of either side out in clear', () => {
    const backups = join(it_.home, '.agent-workflow-backups');
    const found = [backups, it_.target, join(it_.home, '.local')].flatMap((path) =>
      findCanaries(path, it_.canaries),
    );
    expect(found).toEqual([`credentials.key in ${join(it_.target, 'credentials.key')}`]);
  });

  it('is taken back byte for byte, modes and times included', () => {
    expect(runAgent(it_.home, ['restore-migration-backup', '--yes'])).toMatchObject({ exit: 0, stderr: '' });
    expect(toMicroseconds(describeTree(it_.target))).toEqual(toMicroseconds(before.target));
    expect(treeDigest(it_.clone)).toBe(before.source);
  });
});

function runScript(home: string, script: string, args: string[]) {
  return spawnSync('sh', [script, ...args], { env: { PATH: '/usr/bin:/bin', HOME: home }, encoding: 'utf8' });
}

/** Without what the agent keeps for itself, and without the time of the home folder that holds it. */
function withoutOurs(lines: readonly string[]): string[] {
  return lines.filter((line) => !/^(\. |\.agent-workflow-backups|\.local)/.test(line));
}

/** A restore sets times to the microsecond. */
function toMicroseconds(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/ (\d{10,})(\d{3}) /, ' $1 '));
}
