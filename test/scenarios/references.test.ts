import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { spawn } from '@lydell/node-pty';
import { beforeEach, describe, expect, it } from 'vitest';
import { tokenShapes } from '../fixtures/canaries.ts';
import { put } from '../fixtures/write-files.ts';
import { type AgentRun, askAgent, type Envelope, runAgent } from '../helpers/agent.ts';
import { treeDigest } from '../helpers/digest.ts';
import { makeReferenceHome, type ReferenceHome } from '../helpers/reference-home.ts';
import { useTempFolder } from '../helpers/temp.ts';

const PRELOAD = pathToFileURL(join(import.meta.dirname, '..', 'helpers', 'kill-at.ts')).href;
const TOKEN = tokenShapes.anthropic('scenario');
const TAB = `MAILTO=""
@reboot cd @@ && python3 scripts/orchestrator.py >> logs/cron.log 2>&1
0 5 * * * cd @@ && git pull
0 6 * * * cd @@ && venv/bin/agent-orch status >> logs/status.log 2>&1
`;
const RC = `# mine
alias awx='cd ~/agent-workflow && python3 scripts/orchestrator.py'
export ANTHROPIC_API_KEY=${TOKEN}; cd ~/agent-workflow
`;
/** Says how it was called, and which secret it was given. */
const PACKAGE = `#!/bin/sh
case "$1" in
  --help) printf 'Usage: agent-orch\\n\\nCommands:\\n  start   Start.\\n  status  Show.\\n' ;;
  status) echo "asked with \${#ANTHROPIC_API_KEY} characters in $(pwd)" ;;
  *) echo ok ;;
esac
`;

interface Listed {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly text: string;
  readonly preview?: readonly { readonly before: string; readonly after: string }[];
}

describe('references to the clone, with the real program', () => {
  const folder = useTempFolder();
  let it_: ReferenceHome;

  beforeEach(() => {
    it_ = makeReferenceHome(join(folder(), 'home'), { '.bashrc': RC, 'todo.md': 'Back up @@.\n' }, TAB);
    put(it_.home, '.test-bin/agent-orch', PACKAGE, 0o755);
    put(it_.clone, '.env', `ANTHROPIC_API_KEY=${TOKEN}\n`, 0o600);
  });

  const env = (more: Record<string, string> = {}) => ({ PATH: it_.path, ...more });
  const run = (...args: string[]): AgentRun => runAgent(it_.home, args, env());
  const ask = <Result>(...args: string[]): Envelope<Result> => askAgent<Result>(it_.home, args, env());
  const list = () => ask<{ references: Listed[]; unfinished: string | null }>('references').result;
  const patches = () => list().references.filter(({ state }) => state === 'patch');
  const migrate = () => expect(run('migrate-from-git', '--automated', '--yes').exit).toBe(0);
  const rc = () => readFileSync(join(it_.home, '.bashrc'), 'utf8');

  it('are listed with previews by the verb, and are findings of the assessment; no secret is told', () => {
    const source = treeDigest(it_.clone);
    const told = [run('references').stdout, run('migrate-assess').stdout, JSON.stringify(list())];

    expect(list().references.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'cron patch',
      'cron needs-you',
      'cron patch',
      'shell patch',
      'shell needs-you',
      'note listed',
    ]);
    expect(told[0]).toMatch(/- @reboot cd .*\n\s+\+ @reboot .* exec -- .*agent-orch start/);
    for (const text of told) expect(text).not.toContain(TOKEN);
    const { findings, customizations } = ask<{
      findings: { code: string; level: string; file?: string; line?: number }[];
      customizations: { references: unknown[] };
    }>('migrate-assess').result;
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'reference-cron', level: 'warning', file: 'crontab', line: 2 }),
    );
    expect(customizations.references).toHaveLength(6);
    expect(treeDigest(it_.clone)).toBe(source);
  });

  it('are replaced only after the migration, only when named or agreed to, and then work from cron', () => {
    // Not the one that starts the orchestrator: other tests would take it for one of theirs.
    const cron = patches().find(({ text }) => text.includes('agent-orch status'));
    const tab = it_.crontab();
    expect(ask('references', 'apply', cron?.id ?? '', '--yes').error?.name).toBe('REFERENCES_TOO_EARLY');
    migrate();
    expect(ask('references', 'apply', '--all', '--yes').error?.name).toBe('REFERENCES_UNNAMED');
    expect(ask('references', 'apply', cron?.id ?? '').error?.name).toBe('CONFIRMATION_NEEDED');
    expect(ask('references', 'apply', 'ref-0000000000', '--yes').error?.name).toBe('REFERENCE_UNKNOWN');
    expect(it_.crontab()).toBe(tab);

    const done = ask<{ files: string[] }>('references', 'apply', cron?.id ?? '', '--yes');

    expect(done).toMatchObject({ ok: true, result: { outcome: 'complete', files: ['crontab'] } });
    const line = it_.crontab().split('\n')[3] ?? '';
    const command = line.replace('0 6 * * * ', '');
    expect(it_.crontab()).toBe(tab.replace(tab.split('\n')[3] ?? '', line));
    // As cron runs it: from the home folder, with next to no environment.
    const cronEnv = { PATH: '/usr/bin:/bin', HOME: it_.home, SHELL: '/bin/sh' };
    execFileSync('/bin/sh', ['-c', command], { cwd: it_.home, env: cronEnv });
    const log = readFileSync(join(it_.target, 'logs/status.log'), 'utf8');
    expect(log).toBe(`asked with ${TOKEN.length} characters in ${it_.home}\n`);
    expect(patches().map(({ kind }) => kind)).toEqual(['cron', 'shell']);
  });

  it('are taken back by undo and by a rollback, but not where they were changed since', () => {
    const before = { tab: it_.crontab(), rc: rc() };
    migrate();
    const ids = patches().map(({ id }) => id);
    expect(run('references', 'apply', ...ids, '--yes').exit).toBe(0);
    expect([it_.crontab() === before.tab, rc() === before.rc]).toEqual([false, false]);
    expect(run('references', 'undo', '--yes').exit).toBe(0);
    expect({ tab: it_.crontab(), rc: rc() }).toEqual(before);
    expect(ask('references', 'undo', '--yes').error?.name).toBe('REFERENCES_NOT_APPLIED');

    expect(run('references', 'apply', ...ids, '--yes').exit).toBe(0);
    appendFileSync(join(it_.home, '.bashrc'), 'alias later=1\n');
    const mine = rc();
    const rolledBack = ask<{ references: { takenBack: string[]; left: { file: string }[] } }>(
      'restore-migration-backup',
      '--yes',
    );

    expect(rolledBack.result.references).toEqual({
      takenBack: ['crontab'],
      left: [{ file: join(it_.home, '.bashrc'), reason: 'it was changed since' }],
    });
    expect(it_.crontab()).toBe(before.tab);
    expect(rc()).toBe(mine);
  });

  it('replaced half-way by a process that is killed are finished by resume, or given back by undo', () => {
    migrate();
    const before = { tab: it_.crontab(), rc: rc() };
    const ids = patches().map(({ id }) => id);
    const killAt = (record: number, when: string) =>
      env({ NODE_OPTIONS: `--import ${PRELOAD}`, AWM_KILL_AT: `${record} ${when} SIGKILL` });
    let finished: typeof before | undefined;
    for (const [record, when] of [
      [2, 'after'],
      [3, 'before'],
      [4, 'after'],
    ] as const) {
      expect(
        runAgent(it_.home, ['references', 'apply', ...ids, '--yes'], killAt(record, when)).exit,
      ).not.toBe(0);
      expect(list().unfinished).toMatch(/^run-/);
      expect(ask('references', 'apply', patches()[0]?.id ?? ids[0] ?? '', '--yes').ok).toBe(false);
      expect(run('references', 'resume').exit).toBe(0);
      const now = { tab: it_.crontab(), rc: rc() };
      finished ??= now;
      expect(now).toEqual(finished);
      expect(run('references', 'undo', '--yes').exit).toBe(0);
      expect({ tab: it_.crontab(), rc: rc() }).toEqual(before);

      runAgent(it_.home, ['references', 'apply', ...ids, '--yes'], killAt(record, when));
      expect(run('references', 'undo', '--yes').exit).toBe(0);
      expect({ tab: it_.crontab(), rc: rc() }).toEqual(before);
    }
    expect(finished).not.toEqual(before);
  });

  it('with wrong words are told how to ask', () => {
    expect(ask('references', 'apply').error?.name).toBe('USAGE');
    expect(ask('references', 'apply', 'ref-0000000000', '--all').error?.name).toBe('USAGE');
    expect(ask('references', it_.clone, 'more').error?.name).toBe('USAGE');
    expect(ask('references', 'resume').error?.name).toBe('REFERENCES_NOT_APPLIED');
  });
});

describe('references at a terminal', () => {
  const folder = useTempFolder();

  it.each([
    ['y', true],
    ['n', false],
  ])('with --all are replaced only after a yes, which --yes is not: %s', async (key, isReplaced) => {
    const it_ = makeReferenceHome(join(folder(), 'home'), {}, TAB);
    const env = { PATH: it_.path };
    expect(runAgent(it_.home, ['migrate-from-git', '--automated', '--yes'], env).exit).toBe(0);
    const before = it_.crontab();

    const exit = await answerAtTerminal(it_.home, ['references', 'apply', '--all', '--yes'], env, `${key}\r`);

    expect(exit).toBe(0);
    expect(it_.crontab() !== before).toBe(isReplaced);
  });
});

/** Runs the agent in a pseudo-terminal and types `keys` when it asks; its exit status. */
function answerAtTerminal(
  home: string,
  args: readonly string[],
  env: Record<string, string>,
  keys: string,
): Promise<number> {
  const program = join(import.meta.dirname, '..', '..', 'src', 'agent.ts');
  const terminal = spawn(process.execPath, [program, ...args], {
    cwd: home,
    env: { HOME: home, LC_ALL: 'C.UTF-8', TERM: 'xterm', ...env },
  });
  let shown = '';
  terminal.onData((data) => {
    shown += data;
    if (!shown.includes('[y/N]')) return;
    shown = '';
    terminal.write(keys);
  });
  return new Promise((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
}
