import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Canary } from '../fixtures/canaries.ts';
import { lines, put } from '../fixtures/write-files.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { canariesIn, findCanaries } from '../helpers/canaries.ts';
import { useTempFolder } from '../helpers/temp.ts';

const folder = useTempFolder();
/** A token of `.env`; the others are known by their shape only. */
const KNOWN = 'ghp_knownknownKNOWNKNOWN0123456789knowns';
const SHAPED = 'ghp_shapedshapedSHAPED0123456789shaped01';

interface Case {
  readonly where: string;
  /** Files of the clone; the rest of it is the same for all. */
  readonly files: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  /** What must have become of these files. */
  readonly fates?: Readonly<Record<string, string>>;
}

const CASES: readonly Case[] = [
  {
    where: 'in a file of .orch-global/security',
    files: { '.orch-global/security/export.json': `{"note":"${KNOWN}"}` },
    secrets: [KNOWN],
    fates: { '.orch-global/security/export.json': 'needs-you' },
  },
  {
    where: 'in the list of users',
    files: { '.orch-global/security/users.json': `{"u":{"note":"${SHAPED}"}}` },
    secrets: [SHAPED],
    fates: { '.orch-global/security/users.json': 'needs-you' },
  },
  {
    where: 'in copies of settings and odd env files',
    files: {
      'config.yml.bak': 'discord_token: Old-Token-123\nsmtp_password: Tr0ub4dor-and-3\n',
      'prod.env.bak': 'DB_PASSWORD=Env-Pw-77abc\n',
      'env.sh': 'export DB_PASSWORD=Sh-Pw-88abc\n',
      '.envrc': 'export X_TOKEN=Rc-Pw-99abc\n',
      'config/secrets.yml': 'db_password: Yml-Pw-55abc\n',
      'deploy/run.sh': '#!/bin/sh\nDB_PASSWORD=Script-Pw-66abc\n',
    },
    secrets: ['Old-Token-123', 'Tr0ub4dor', 'Env-Pw', 'Sh-Pw', 'Rc-Pw', 'Yml-Pw', 'Script-Pw'],
    fates: { 'config.yml.bak': 'needs-you', '.envrc': 'needs-you', 'deploy/run.sh': 'needs-you' },
  },
  {
    where: 'in files that are made for credentials',
    files: {
      '.netrc': 'machine github.com login me password Netrc-Pw-1\n',
      '.npmrc': '//registry.npmjs.org/:_authToken=npm_Npmrc1\n',
      '.pypirc': '[pypi]\npassword = Pypi-Pw-1\n',
      '.pgpass': 'h:5432:db:u:Pgpass-Pw-1\n',
      'discord_token.txt': 'Plain-Token-File-1\n',
      'secrets/db_password': 'Docker-Secret-1\n',
      'server.key': 'KeyFile-Secret-1\n',
      id_rsa: 'Rsa-Secret-1\n',
    },
    secrets: ['Netrc-Pw', 'npm_Npmrc', 'Pypi-Pw', 'Pgpass-Pw', 'Plain-Token', 'Docker-', 'KeyFile-', 'Rsa-S'],
    fates: { '.netrc': 'needs-you', id_rsa: 'needs-you', 'secrets/db_password': 'needs-you' },
  },
  {
    where: 'in a project’s path and name',
    files: {
      'projects/a.yaml': 'name: first\npath: https://bob:Url-Pw-1@github.com/me/shop.git\n',
      'projects/b.yaml': `name: ${KNOWN}\npath: /srv/b\n`,
      'projects/c.yaml': `path: /srv/c\ngit_url: https://${'0123456789abcdef'.repeat(2)}@github.com/me/c.git\n`,
    },
    secrets: ['Url-Pw-1', KNOWN, '0123456789abcdef0123456789abcdef'],
  },
  {
    where: 'in the name of an entry of a list',
    files: {
      'orch-config.yaml': lines(
        'global:',
        '  integrations:',
        `    - {name: ${SHAPED}, level: 3}`,
        '  credentials:',
        '    - {name: Adm-secret-name-1, port: 5432}',
      ),
    },
    secrets: [SHAPED, 'Adm-secret-name-1'],
  },
  {
    where: 'in the name of a file',
    files: { [`notes-${KNOWN}.txt`]: 'hi\n', [`${SHAPED}/a.md`]: 'hi\n', 'pw-Correct-1horse/b.md': 'hi\n' },
    secrets: [KNOWN, SHAPED, 'Correct-1horse'],
    fates: { 'withheld-1': 'needs-you', 'withheld-2': 'needs-you', 'withheld-3': 'needs-you' },
  },
  {
    where: 'under names that only together say so',
    files: {
      'orch-config.yaml': lines(
        'smtp: {user: me, pass: Tr0ub4dor-and-3}',
        'db: {pwd: Pwd-9988-xyz}',
        'service: {key: Key-5566-abc, auth: "joe:Auth-7788-abc", db_password_prod: Prod-1122-abc}',
        'http: {authorization: Bearer Head-Tok-1, cookie: sid=Cook-1-abc}',
        'webhooks: [https://hooks.example.org/abc/Web-Hook-2]',
        'slack_webhooks: {ops: https://hooks.example.org/Web-Hook-3}',
        'odbc: Server=x;Pwd=Odbc-Pw-1;',
      ),
    },
    secrets:
      'Tr0ub4dor Pwd-9988 Key-5566 Auth-7788 Prod-1122 Head-Tok Cook-1 Web-Hook-2 Web-Hook-3 Odbc-Pw'.split(
        ' ',
      ),
  },
  {
    where: 'in a setting that repeats a variable of an unclear name',
    files: {
      'prod.env': 'DB_LOGIN=hunter2-abcdef\n',
      'orch-config.yaml': 'database: {login: hunter2-abcdef}\n',
    },
    secrets: ['hunter2-abcdef'],
  },
  {
    where: 'in the state of a project',
    files: {
      'demo/.orch-state/backlog.json': `{"note": "${SHAPED}"}`,
      'projects/demo.yaml': 'path: ~/clone/demo\n',
    },
    secrets: [SHAPED],
  },
  {
    where: 'in a comment of settings',
    files: { 'discord-config.yaml': '# old: password: Comment-Pw-1\ndiscord: {enabled: true}\n' },
    secrets: ['Comment-Pw-1'],
    fates: { 'discord-config.yaml': 'mapped', 'discord-config.yaml#discord.enabled': 'mapped' },
  },
  {
    where: 'behind the first mebibyte of an own file',
    files: { 'big.txt': `${'a'.repeat(1_100_000)}\n${SHAPED}\n` },
    secrets: [SHAPED],
    fates: { 'big.txt': 'needs-you' },
  },
  {
    where: 'in logs, by its shape',
    files: { 'logs/a.log': `push https://x:${SHAPED}@github.com\n` },
    secrets: [SHAPED],
    fates: { 'logs/a.log': 'left' },
  },
  {
    where: 'in an address that looks like a template',
    files: { 'prod.env': 'DATABASE_URL=postgres://admin:R3al-Pw-9@your-startup.com:5432/prod\n' },
    secrets: ['R3al-Pw-9'],
    fates: { 'prod.env#DATABASE_URL': 'mapped' },
  },
  {
    where: 'in a variable that is called a host',
    files: { 'prod.env': 'DB_HOST=joe:Host-Pw-1@db.example.org\n' },
    secrets: ['Host-Pw-1'],
    fates: { 'prod.env#DB_HOST': 'mapped' },
  },
];

describe('a secret', () => {
  it.each(CASES)('is nowhere in clear when it lies $where', ({ files, secrets, fates }) => {
    const home = folder();
    makeClone(home, files);

    const shown = migrate(home);

    expect(leaksIn(home, secrets, shown)).toEqual([]);
    expect(fatesIn(home)).toMatchObject(fates ?? {});
  });

  it('is nowhere in clear when it is the state that a project claims to be in', () => {
    const home = folder();
    makeClone(home, { 'projects/demo.yaml': 'path: ~/demo\n' });
    put(home, 'demo/.orch-state/status.json', `{"current_state": "blocked by ${SHAPED}"}`);

    const shown = migrate(home);

    expect(leaksIn(home, [SHAPED], shown)).toEqual([]);
    expect(readFileSync(join(home, '.agent-workflow/projects/registry.yaml'), 'utf8')).toMatch(
      /current: null/,
    );
  });

  it('is sealed when a project’s state is a link to somewhere else', () => {
    const home = folder();
    makeClone(home, { 'projects/demo.yaml': 'path: ~/demo\n' });
    put(home, '.ssh/id', 'Ssh-Key-Body-1\n');
    mkdirSync(join(home, 'demo'));
    symlinkSync(join(home, '.ssh'), join(home, 'demo/.orch-state'));

    const shown = migrate(home);

    expect(leaksIn(home, ['Ssh-Key-Body-1'], shown)).toEqual([]);
  });

  it('of the home that is there already is sealed in the backup', () => {
    const home = folder();
    makeClone(home, {});
    put(home, '.agent-workflow/config.yaml', 'version: "1.0"\ndiscord: {token: Plain-Disc-Token-1}\n');
    put(home, '.agent-workflow/custom/.netrc', 'machine x password Netrc-Pw-1\n');

    migrate(home);

    const secrets = ['Plain-Disc-Token-1', 'Netrc-Pw-1'].map(
      (value): Canary => ({ name: value, value, needle: value, where: '' }),
    );
    expect(findCanaries(join(home, '.agent-workflow-backups'), secrets)).toEqual([]);
  });

  it('in the name of a setting is a decision that does not repeat it, and the file is sealed', () => {
    const home = folder();
    const secrets = [KNOWN, SHAPED];
    makeClone(home, {
      'config.yml': `accounts:\n  ${KNOWN}: bot\n`,
      'projects/x.yaml': `a: {${SHAPED}: 1}\n`,
    });

    const refused = askAgent(home, ['migrate-from-git', 'clone', '--automated', '--yes']);

    expect(refused).toMatchObject({
      exit: 3,
      error: { name: 'SETTINGS_UNREADABLE', file: 'config.yml', line: 2 },
    });
    const assessed = runAgent(home, ['migrate-assess', 'clone']);
    expect(assessed.stdout).toContain('holds a secret');
    writeFileSync(join(home, 'answers.yaml'), '"file:config.yml": leave\n"file:projects/x.yaml": leave\n');
    const shown = migrate(home, ['--answers', 'answers.yaml']);
    expect(leaksIn(home, secrets, `${JSON.stringify(refused)}${assessed.stdout}${shown}`)).toEqual([]);
  });

  it('in what a patch takes away, or adds, stays out of the new home', () => {
    const home = folder();
    const secrets = ['Real-Smtp-Pw-1', 'second-line-def', 'Blob-Pw-1abc'];
    makeClone(home, {
      'prod.env': 'MULTI="first-line-abc\nsecond-line-def"\nBLOB_PASSWORD=Blob-Pw-1abc\n',
      '.env.example': 'SMTP_PASSWORD=your_password_here\n',
      'tool.txt': 'first-line-abc\nsecond-line-def\n',
      'blob.dat': 'bytes\0 Blob-Pw-1abc',
    });
    const clone = join(home, 'clone');
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: clone });
    git('init', '-q', '.');
    git('add', '.env.example', 'tool.txt', 'blob.dat');
    git('commit', '-qm', 'one');
    put(clone, '.env.example', 'SMTP_PASSWORD=Real-Smtp-Pw-1\n');
    put(clone, 'tool.txt', 'clean\n');
    put(clone, 'blob.dat', 'bytes\0 clean');

    const shown = migrate(home);

    rmSync(join(clone, '.git'), { recursive: true });
    expect(leaksIn(home, secrets, shown)).toEqual([]);
    expect(fatesIn(home)).toMatchObject({
      '.env.example': 'needs-you',
      'tool.txt': 'needs-you',
      'blob.dat': 'kept-unused',
    });
    expect(readFileSync(join(home, '.agent-workflow/custom/blob.dat'), 'latin1')).toBe('bytes\0 clean');
  });
});

function makeClone(home: string, files: Readonly<Record<string, string>>): void {
  const all = {
    'scripts/orchestrator.py': 'print(1)\n',
    'lib/a.py': 'print(1)\n',
    '.env': `GITHUB_TOKEN=${KNOWN}\nFOLDER_PASSWORD=Correct-1horse\n`,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) put(join(home, 'clone'), path, text);
}

/** What a whole migration prints; it must succeed, for a run that stops leaks nothing either. */
function migrate(home: string, more: readonly string[] = []): string {
  const assessed = runAgent(home, ['migrate-assess', 'clone']);
  const run = runAgent(home, ['migrate-from-git', 'clone', '--automated', '--yes', ...more]);
  expect(run).toMatchObject({ exit: 0, stderr: '' });
  return [assessed.stdout, assessed.stderr, run.stdout].join('\n');
}

/** Where the secrets occur in what was printed, in the new home, the backups and the agent's records. */
function leaksIn(home: string, secrets: readonly string[], shown: string): string[] {
  const canaries = secrets.map((value): Canary => ({ name: value, value, needle: value, where: '' }));
  const written = ['.agent-workflow', '.agent-workflow-backups', '.local'].map((name) => join(home, name));
  return [...canariesIn(shown, canaries), ...written.flatMap((path) => findCanaries(path, canaries))];
}

function fatesIn(home: string): Record<string, string> {
  const ledger = JSON.parse(readFileSync(join(home, '.agent-workflow/migration/ledger.json'), 'utf8')) as {
    rows: { item: string; fate: string }[];
  };
  return Object.fromEntries(ledger.rows.map(({ item, fate }) => [item, fate]));
}
