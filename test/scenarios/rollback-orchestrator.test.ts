import { mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { type AgentRun, askAgent, runAgent } from '../helpers/agent.ts';
import { describeTree } from '../helpers/digest.ts';
import { useOrchestrator } from '../helpers/orchestrator-program.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { typeToAgent } from '../helpers/typed-agent.ts';

describe('a rollback while an orchestrator runs', () => {
  const folder = useTempFolder();
  const start = useOrchestrator();
  let tiny: TinyInstallation;
  let before: string[];
  const log = () => join(folder(), 'orchestrator.log');
  const rollBack = (...args: string[]) => ['restore-migration-backup', ...args];
  const orchestratorOf = (args: string[]) =>
    askAgent<{ orchestrator?: unknown }>(tiny.home, args).result.orchestrator;

  beforeEach(() => {
    tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    before = describeTree(tiny.target);
    const { exit, stderr } = runAgent(tiny.home, ['migrate-from-git', tiny.clone, '--automated', '--yes']);
    expect(exit, stderr).toBe(0);
  });

  /** The journal of the newest rollback. */
  function journal(): string {
    const runs = join(tiny.home, '.local/state/migration-agent/runs');
    const newest = readdirSync(runs).sort().at(-1) ?? '';
    return readFileSync(join(runs, newest, 'journal.ndjson'), 'utf8');
  }

  it('is refused where nobody gave a yes to stopping it, which --yes alone is not', async () => {
    const migrated = describeTree(tiny.target);
    const program = await start(tiny.clone, log());
    const { exit, stderr } = runAgent(tiny.home, rollBack('--yes'));
    expect(exit).toBe(1);
    expect(stderr).toContain(`AWM-1305: The orchestrator is running (process ${program.pid})`);
    expect(program.log()).toEqual(['start a value of the environment ']);
    expect(describeTree(tiny.target)).toEqual(migrated);
  });

  it('asks at the terminal, stops it, and starts it again as it ran', async () => {
    const program = await start(tiny.clone, log(), ['--port', '8 0']);
    const { exit, screen } = await typeToAgent(tiny.home, rollBack(), [
      ['Roll back', 'y'],
      ['Stop it, and start it again afterwards?', 'y'],
    ]);
    expect(exit, screen).toBe(0);
    expect(screen).toContain(`An orchestrator is running: process ${program.pid}`);
    expect(screen).toMatch(/Orchestrator +stopped, runs again: /);
    expect(describeTree(tiny.target)).toEqual(before);
    await expect
      .poll(program.log)
      .toEqual([
        'start a value of the environment --port 8 0',
        'end',
        'start a value of the environment --port 8 0',
      ]);
    expect(journal()).toMatch(/"intent","step":"stop-orchestrator".*"step":"start-orchestrator"/s);
    expect(journal()).not.toContain('a value of the environment');
  });

  it('changes nothing where the answer is no', async () => {
    const migrated = describeTree(tiny.target);
    const program = await start(tiny.clone, log());
    const { exit, screen } = await typeToAgent(tiny.home, rollBack(), [
      ['Roll back', 'y'],
      ['Stop it', 'n'],
    ]);
    expect(exit, screen).toBe(0);
    expect(screen).toContain('Nothing was changed.');
    expect(program.pids()).toEqual([program.pid]);
    expect(describeTree(tiny.target)).toEqual(migrated);
  });

  it('ends with nothing changed where it does not stop in time, and never ends it at once unasked', async () => {
    const migrated = describeTree(tiny.target);
    const program = await start(tiny.clone, log(), ['--stubborn']);
    const { exit, stderr } = runAgent(
      tiny.home,
      rollBack('--yes', '--stop-orchestrator', '--stop-wait', '0'),
    );
    expect(exit).toBe(1);
    expect(stderr).toContain('AWM-1950');
    expect(() => process.kill(program.pid, 0)).not.toThrow();
    expect(describeTree(tiny.target)).toEqual(migrated);
    expect(askAgent(tiny.home, ['migrate-status']).result).toMatchObject({
      kind: 'rollback',
      outcome: 'failed',
    });
  });

  it('ends it at once where the person says so', async () => {
    const program = await start(tiny.clone, log(), ['--stubborn']);
    const { exit, screen } = await typeToAgent(
      tiny.home,
      rollBack('--stop-orchestrator', '--stop-wait', '0'),
      [
        ['Roll back', 'y'],
        ['End it at once?', 'y'],
      ],
    );
    expect(exit, screen).toBe(0);
    expect(describeTree(tiny.target)).toEqual(before);
    await expect.poll(() => program.pids()).toHaveLength(2);
  });

  it('says what it could not start again, and is done all the same', async () => {
    const gone = join(tiny.clone, 'gone');
    mkdirSync(gone);
    await start(tiny.clone, log(), [], gone);
    rmdirSync(gone);
    expect(orchestratorOf(rollBack('--yes', '--stop-orchestrator'))).toEqual({
      stopped: [expect.stringContaining('scripts/orchestrator.py')],
      started: [],
      left: [
        {
          program: expect.stringContaining('scripts/orchestrator.py'),
          reason: expect.stringMatching(/^the folder that it ran in, .*, is gone$/),
        },
      ],
    });
    expect(describeTree(tiny.target)).toEqual(before);
  });

  it('does not start what did not run', () => {
    expect(orchestratorOf(rollBack('--yes', '--stop-orchestrator'))).toEqual({
      stopped: [],
      started: [],
      left: [],
    });
  });

  it('refuses a wait that is no number of seconds', () => {
    const said: AgentRun = runAgent(tiny.home, rollBack('--yes', '--stop-wait', 'soon'));
    expect(said).toMatchObject({ exit: 2, stderr: expect.stringContaining('AWM-1952') });
  });
});
