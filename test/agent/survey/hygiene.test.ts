import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOnly } from '../../../src/agent/read-only-system.ts';
import { readGit } from '../../../src/agent/survey/git.ts';
import type { HistoryJudge } from '../../../src/agent/survey/git-history.ts';
import { hygieneFindings } from '../../../src/agent/survey/hygiene.ts';
import { closeSurvey, takeSurvey } from '../../../src/agent/survey/survey.ts';
import { fernetKey, fernetToken } from '../../fixtures/fernet-token.ts';
import { buildRepository, type FixtureCommit, revisionOf } from '../../fixtures/git-history.ts';
import { UPSTREAM_URL } from '../../fixtures/upstream-shape.ts';
import { put } from '../../fixtures/write-files.ts';
import { treeDigest } from '../../helpers/digest.ts';
import { makeClone, systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const OLD = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
const NEW = 'ghp_9876543210abcdefghijABCDEFGHIJ543210';

describe('files with secrets that others may read', () => {
  it('are named: settings, the YAML of secrets, and both parts of the store', () => {
    const clone = makeClone(join(temp(), 'home/clone'), {
      'config.yml': `github: {token: ${NEW}}\n`,
      'config/secrets.yaml': 'a: bcdefgh\n',
      'orchestrator.yaml': 'orchestrator: {mode: partial}\n',
      '.orch-global/security/master.key': fernetKey('x'),
      '.orch-global/security/secrets.json': JSON.stringify({
        s: { encrypted_value: fernetToken(fernetKey('x'), 'abc') },
      }),
    });
    chmodSync(join(clone, 'config/secrets.yaml'), 0o600);
    for (const rel of ['config.yml', 'orchestrator.yaml', '.orch-global/security/master.key'])
      chmodSync(join(clone, rel), 0o644);
    chmodSync(join(clone, '.orch-global/security/secrets.json'), 0o600);

    const found = findingsOf(clone).filter(({ code }) => code === 'secrets-world-readable');

    expect(found.map(({ file, fix }) => [file, fix]).sort()).toEqual([
      ['.orch-global/security/master.key', 'chmod 600 .orch-global/security/master.key'],
      ['config.yml', 'chmod 600 config.yml'],
    ]);
  });
});

describe('the git history of the clone', () => {
  const commit = (message: string, files: Record<string, string>, more: Partial<FixtureCommit> = {}) => ({
    author: 'Mara Beispiel',
    email: 'mara@example.org',
    time: 1747400000,
    message,
    files: new Map(Object.entries(files)),
    ...more,
  });

  it('is searched for secrets of now and for what looks like one; commit and path are told, and no value', () => {
    const clone = cloneWith([
      commit(
        'upstream\n',
        { 'orchestrator.yaml': `# ${OLD.replace('0', '1')}\n` },
        { refs: ['refs/remotes/origin/main'] },
      ),
      commit('oops\n', {
        'prod.env': `GITHUB_TOKEN=${OLD}\nDB_PASSWORD=plain-and-old\n`,
        'notes.txt': 'hunter22-of-mara\n',
      }),
      commit('gone\n', { 'prod.env': 'GITHUB_TOKEN=\n', 'notes.txt': 'nothing\n' }),
    ]);
    put(clone, '.env', 'SMTP_PASSWORD=hunter22-of-mara\n', 0o600);
    const before = treeDigest(clone);

    const found = findingsOf(clone).filter(
      ({ code }) => code.endsWith('history') || code.startsWith('history'),
    );

    const oops = revisionOf(clone, 'main~1').slice(0, 12);
    expect(found.map(({ code, file }) => [code, file]).sort()).toEqual([
      ['secret-in-history', 'notes.txt'],
      ['secret-in-history', 'prod.env'],
    ]);
    expect(found.every(({ message }) => message.includes(oops))).toBe(true);
    expect(JSON.stringify(found)).not.toMatch(/hunter22|ghp_|plain-and-old/);
    expect(treeDigest(clone)).toBe(before);
  });

  it('does not count the commits of the public project', () => {
    const clone = cloneWith([
      commit('upstream\n', { 'orchestrator.yaml': `# ${OLD}\n` }, { refs: ['refs/remotes/origin/main'] }),
    ]);

    expect(findingsOf(clone).map(({ code }) => code)).not.toContain('secret-in-history');
  });

  it('of a path that is a secret itself is told without the path', () => {
    const clone = cloneWith([
      commit('a\n', { 'orchestrator.yaml': '', [`${OLD}.env`]: `GITHUB_TOKEN=${OLD}\n` }),
    ]);

    const findings = findingsOf(clone);

    expect(findings.map(({ code }) => code)).toContain('secret-in-history');
    expect(JSON.stringify(findings)).not.toContain(OLD);
  });

  it('is searched in bounds, and a search that reached one says so', () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [`f${n}.txt`, `text ${n} ${'x'.repeat(n)}\n`]),
    );
    const clone = cloneWith([commit('a\n', { 'orchestrator.yaml': '', ...files })]);
    const git = readGit(readOnly(systemAt(dirname(clone))), clone);
    if (git.state !== 'read') throw new Error(git.state);
    const limits = {
      commits: 50,
      files: 5,
      fileBytes: 1 << 20,
      bytes: 1 << 20,
      milliseconds: 60_000,
      hits: 20,
    };
    const seen: string[] = [];
    const judge = (isSecret: HistoryJudge['isSecret']) => ({ goesFirst: () => false, isSecret });

    const few = git.searchHistory(
      judge((_, path) => seen.push(path) > 99),
      limits,
    );
    const all = git.searchHistory(
      judge(() => true),
      { ...limits, files: 100, hits: 3 },
    );
    const small = git.searchHistory(
      judge(() => true),
      { ...limits, files: 100, fileBytes: 12 },
    );
    git.close();

    expect([few.complete, seen.length]).toEqual([false, 5]);
    expect(all.hits).toHaveLength(3);
    expect([small.complete, small.hits.length < 12]).toEqual([false, true]);
  });
});

describe('old copies', () => {
  it('with a secret in clear text are named: in the clone, old backups, exports, archives', () => {
    const home = join(temp(), 'home');
    const clone = makeClone(join(home, 'agent-workflow'), {
      '.env': `GITHUB_TOKEN=${NEW}\n`,
      '.env.bak': `GITHUB_TOKEN=${OLD}\n`,
      'config.yml.backup': 'orchestrator: {mode: partial}\n',
      'notes.txt.old': `the token is ${NEW}\n`,
    });
    put(
      home,
      '.agent-workflow-backups/migration-backup-20240115-143045/credentials/.env',
      `T_TOKEN=${OLD}\n`,
    );
    put(home, '.agent-workflow-backups/migration-backup-20240115-143045/manifest.json', '{"backup_id": "x"}');
    put(home, 'agent-workflow.old/deep/er/config.yml', `github: {token: ${NEW}}\n`);
    put(home, 'agent-workflow.old/.git/config', `token = ${NEW}\n`);
    put(home, 'agent-workflow.old/clean.txt', 'nothing\n');
    put(home, 'Downloads/agent-workflow-export.env', `GITHUB_TOKEN=${NEW}\n`);
    put(home, 'agent-workflow-backup.tar.gz', 'not looked into');
    put(home, 'other-backup/.env', `GITHUB_TOKEN=${NEW}\n`);
    put(home, 'agent-workflow-2/.env', `GITHUB_TOKEN=${NEW}\n`);

    const found = findingsOf(clone).filter(({ code }) => /copy|backup|archive/.test(code));

    expect(found.map(({ code, file }) => `${code} ${file}`).sort()).toEqual([
      'archive-not-searched ~/agent-workflow-backup.tar.gz',
      'clear-text-backup ~/.agent-workflow-backups/migration-backup-20240115-143045',
      'clear-text-backup ~/Downloads/agent-workflow-export.env',
      'clear-text-backup ~/agent-workflow.old',
      'clear-text-copy .env.bak',
      'clear-text-copy notes.txt.old',
    ]);
    const folder = found.find(({ file }) => file === '~/agent-workflow.old');
    expect(folder?.message).toContain('hold a secret in clear text: 1, the first is deep/er/config.yml');
    expect(JSON.stringify(found)).not.toMatch(/ghp_/);
  });
});

function cloneWith(commits: readonly FixtureCommit[]): string {
  const clone = join(temp(), 'home/clone');
  put(clone, '.keep', '');
  buildRepository(clone, { commits, remote: UPSTREAM_URL });
  return clone;
}

function findingsOf(clone: string) {
  const system = readOnly(systemAt(dirname(clone)));
  const survey = takeSurvey(system, clone, join(dirname(clone), '.agent-workflow'));
  try {
    return hygieneFindings(system, survey);
  } finally {
    closeSurvey(survey);
  }
}
