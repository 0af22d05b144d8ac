import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectedAgent } from '../../../src/agent/channel/connected-agent.ts';
import { resumeMigration } from '../../../src/agent/run/migrate.ts';
import { newestRun } from '../../../src/agent/run/run-record.ts';
import type { PausePhase } from '../../../src/protocol/facts.ts';
import { errorLabel } from '../../../src/shared/errors.ts';
import { buildTinyInstallation, type TinyInstallation } from '../../fixtures/tiny-installation.ts';
import { put } from '../../fixtures/write-files.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { describeHome, QUIET } from '../../helpers/tiny-migration.ts';
import { actorNow, approvalNow, jobCommand, type Linked, linkedAgent } from '../channel/linked-agent.ts';

const folder = useTempFolder();
let tiny: TinyInstallation;
let linked: Linked;
let agent: ConnectedAgent;
let plan: string;

beforeEach(async () => {
  tiny = buildTinyInstallation(folder(), 'none');
  linked = await linkedAgent(tiny);
  agent = await linked.connect();
  const planning = jobCommand(linked.hubClock, 'plan', { root: 'root-1' });
  linked.hub.command(planning.command);
  ({ plan } = await linked.hub.eventOf(planning.job, 'plan.ready'));
});
afterEach(() => linked.end());

/** Approves, now, and gives the job's id; `until` is the phase to pause after. */
function press(type: 'apply' | 'resume' | 'undo', until?: PausePhase): string {
  const params = type === 'apply' ? { plan } : { run: runId() };
  const pause = until === undefined ? {} : { pause_after: until };
  const approval = approvalNow(linked.hubClock, plan);
  const { job, command } = jobCommand(linked.hubClock, type, { ...params, ...pause }, { approval });
  linked.hub.command(command);
  return job;
}

async function paused(type: 'apply' | 'resume', until: PausePhase) {
  const { result } = await linked.hub.eventOf(press(type, until), 'job.done');
  if (!('after' in result)) throw new Error(`not paused: ${JSON.stringify(result)}`);
  return result;
}

function newest() {
  const run = newestRun(linked.system, linked.settings.home);
  if (run === undefined) throw new Error('there is no run');
  return run;
}

function runId(): string {
  return newest().record.id;
}

async function startAgain(): Promise<void> {
  await agent.stop();
  agent = await linked.connect();
}

describe('a guided migration over the channel', () => {
  it('tells after each phase what is behind it in counts, over starts of the agent, and ends like any other', async () => {
    const analysed = await paused('apply', 'analyze');
    expect(analysed).toMatchObject({
      outcome: 'paused',
      after: 'analyze',
      ledger: { project: { total: 1 }, secret: { total: 2 } },
      checks: [],
    });
    expect(analysed).not.toHaveProperty('backup');
    await startAgain();

    const saved = await paused('resume', 'backup');
    const { backup } = saved;
    expect(backup).toMatchObject({ backup: 1, verified: { done: expect.any(Number) } });
    expect(backup?.files).toBeGreaterThan(0);
    expect(backup?.verified.done).toBe(backup?.verified.of);
    expect(saved).not.toHaveProperty('prepared');
    await startAgain();

    const prepared = await paused('resume', 'register');
    expect(prepared).toMatchObject({ prepared: { secrets: 2, projects: 1 }, backup: { backup: 1 } });
    await startAgain();

    const checked = await paused('resume', 'validate');
    expect(checked.checks.map(({ name }) => name)).toContain('backup_integrity');
    expect(checked.milliseconds).toBeGreaterThanOrEqual(prepared.milliseconds);

    const { result } = await linked.hub.eventOf(press('resume'), 'job.done');
    expect(result).toMatchObject({ outcome: 'not-yet-usable', backup: 1 });
    expect('milliseconds' in result && result.milliseconds).toBeGreaterThanOrEqual(checked.milliseconds);
    expect(linked.lines.join('\n')).toContain('CARRY OUT the migration: paused');
  });

  it('goes on long after the plan has expired, but never by an old press', async () => {
    await paused('apply', 'backup');
    const old = approvalNow(linked.hubClock, plan);
    linked.clock.pass(48 * 3_600_000);
    linked.hubClock.pass(48 * 3_600_000);
    await startAgain();

    const late = jobCommand(linked.hubClock, 'resume', { run: runId() }, { approval: old });
    linked.hub.command(late.command);
    expect(await linked.hub.eventOf(late.job, 'job.rejected')).toMatchObject({ code: 'EXPIRED' });
    const { result } = await linked.hub.eventOf(press('resume'), 'job.done');
    expect(result).toMatchObject({ outcome: 'not-yet-usable' });
  });

  it('takes each press once, and only for the plan that the run was started with', async () => {
    await paused('apply', 'analyze');
    const approval = approvalNow(linked.hubClock, plan);
    const first = jobCommand(
      linked.hubClock,
      'resume',
      { run: runId(), pause_after: 'backup' },
      { approval },
    );
    linked.hub.command(first.command);
    await linked.hub.eventOf(first.job, 'job.done');

    for (const wrong of [approval, approvalNow(linked.hubClock, 'ab'.repeat(32))]) {
      const { job, command } = jobCommand(linked.hubClock, 'resume', { run: runId() }, { approval: wrong });
      linked.hub.command(command);
      expect(await linked.hub.eventOf(job, 'job.rejected')).toMatchObject({ code: 'APPROVAL_REUSED' });
    }
    expect(newest().state.paused).toBe('backup');
  });

  it('is taken back from a pause, and everything is as before', async () => {
    const before = describeHome(tiny);
    await paused('apply', 'register');

    const { result } = await linked.hub.eventOf(press('undo'), 'job.done');

    expect(result).toMatchObject({ outcome: 'undone' });
    expect(describeHome(tiny)).toEqual(before);
  });

  it('is taken back when it is cancelled after a Continue', async () => {
    const before = describeHome(tiny);
    await paused('apply', 'analyze');
    const job = press('resume', 'validate');
    linked.hub.command({ t: 'job.cancel', body: { job, actor: actorNow(linked.hubClock) } });

    expect(await linked.hub.eventOf(job, 'job.cancelled')).toEqual({ job, undone: true });
    expect(describeHome(tiny)).toEqual(before);
  });

  it('stays paused when files were changed, and tells how many in Discord and which ones at the machine alone', async () => {
    await paused('apply', 'backup');
    put(tiny.clone, 'agent-poet.yaml', 'name: painter\n', 0o640);
    rmSync(join(tiny.project, '.orch-state/backlog.json'));

    const { failure } = await linked.hub.eventOf(press('resume', 'register'), 'job.failed');

    expect(failure).toEqual({
      error: errorLabel('APPROVED_PLAN_STALE'),
      left: 'paused',
      run: runId(),
      phase: 'backup',
      changed: 2,
    });
    expect(linked.lines.join('\n')).toContain(
      `changed since the plan was made: ${join(tiny.clone, 'agent-poet.yaml')}`,
    );
    expect(newest().state.paused).toBe('backup');
  });

  it('names no number where nothing that the plan was made from was changed, and goes on once the cause is gone', async () => {
    await paused('apply', 'backup');
    put(tiny.clone, 'agent-painter.yaml', 'name: painter\n');
    const { failure } = await linked.hub.eventOf(press('resume', 'register'), 'job.failed');
    expect(failure).toMatchObject({ left: 'paused' });
    expect(failure).not.toHaveProperty('changed');

    rmSync(join(tiny.clone, 'agent-painter.yaml'));
    expect(await paused('resume', 'register')).toMatchObject({ after: 'register' });
  });

  it('accepts that somebody finished it at the terminal', async () => {
    await paused('apply', 'backup');
    const run = newest();
    await resumeMigration(linked.system, linked.settings.home, run, QUIET);

    const { result } = await linked.hub.eventOf(press('resume', 'register'), 'job.done');

    expect(result).toMatchObject({ run: run.record.id, outcome: 'not-yet-usable', backup: 1 });
  });

  it('shows as paused when it is asked how things stand', async () => {
    await paused('apply', 'backup');
    const { job, command } = jobCommand(linked.hubClock, 'status');
    linked.hub.command(command);
    const { result } = await linked.hub.eventOf(job, 'job.done');
    expect(result).toMatchObject({ busy: false, runs: [{ outcome: 'paused', phase: 'backup' }] });
  });

  it('keeps another migration out without calling the paused one its own', async () => {
    await paused('apply', 'backup');
    const run = runId();
    const planning = jobCommand(linked.hubClock, 'plan', { root: 'root-1' });
    linked.hub.command(planning.command);
    const second = (await linked.hub.eventOf(planning.job, 'plan.ready')).plan;
    const approval = approvalNow(linked.hubClock, second);
    const { job, command } = jobCommand(linked.hubClock, 'apply', { plan: second }, { approval });
    linked.hub.command(command);

    const { failure } = await linked.hub.eventOf(job, 'job.failed');

    expect(failure).toEqual({ error: errorLabel('RUN_OPEN'), left: 'unchanged' });
    expect(newest().record.id).toBe(run);
  });
});
