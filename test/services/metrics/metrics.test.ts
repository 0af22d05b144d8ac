import { describe, expect, it } from 'vitest';
import type { MetricsSummary } from '../../../services/services.ts';
import { GUILD, NOW } from '../../protocol/parties.ts';
import { useHubWorld } from '../hub-world.ts';
import {
  approvedJob,
  failed,
  interrupted,
  MESSAGE,
  pausedDone,
  rollbackDone,
  runDone,
  slotFor,
  storedPlan,
  undoDone,
} from '../job-bodies.ts';
import type { TestAgent } from '../test-agent.ts';

const world = useHubWorld();

async function summary(): Promise<MetricsSummary> {
  await world().sweep();
  return await world().services.metrics.summary(GUILD, NOW.getTime() - 1, NOW.getTime() + 30 * 86_400_000);
}

async function startedRun(agent: TestAgent): Promise<{ digest: string; id: string }> {
  const { digest } = await storedPlan(world(), agent);
  return { digest, id: await approvedJob(world(), agent, 'apply', digest) };
}

async function rollBack(agent: TestAgent): Promise<void> {
  const { digest } = await storedPlan(world(), agent, 'rollback-preview');
  const id = await approvedJob(world(), agent, 'rollback', digest);
  await agent.emit(rollbackDone(id));
  await world().until(id, 'done');
}

describe('the figures', () => {
  it('count a migration as an attempt when the machine accepts it, and as a success with its duration at its end', async () => {
    const agent = await world().connectedAgent();
    const { id } = await startedRun(agent);
    expect(await summary()).toMatchObject({ attempts: 1, successes: 0, methods: { automated: 1 } });

    await agent.emit(runDone(id, 'apply', 'not-yet-usable'));

    expect(await summary()).toMatchObject({ attempts: 1, successes: 1, failed: 0, medianMs: 4_200 });
  });

  it('count nothing for what the machine refused, and an abandoned attempt for what was cancelled', async () => {
    const agent = await world().connectedAgent();
    const { digest } = await storedPlan(world(), agent);
    const refused = await world().services.jobs.approve(
      world().actor(),
      await slotFor(world(), agent, 'apply', digest),
      MESSAGE,
    );
    if (typeof refused === 'string') throw new Error(refused);
    await agent.command('job.run');
    await agent.emit({ t: 'job.rejected', body: { job: refused.id, code: 'LOCAL_DENIED' } });
    expect(await summary()).toMatchObject({ attempts: 0, abandoned: 0, failed: 0 });

    const { id } = await startedRun(agent);
    await agent.emit({ t: 'job.cancelled', body: { job: id, undone: true } });

    expect(await summary()).toMatchObject({ attempts: 1, abandoned: 1, failed: 0, successes: 0 });
  });

  it('count a failure with its code when nothing is left half-way', async () => {
    const agent = await world().connectedAgent();
    const { id } = await startedRun(agent);
    await agent.emit(failed(id, 'undone'));

    expect(await summary()).toMatchObject({
      attempts: 1,
      failed: 1,
      codes: [{ code: 'AWM-1902', count: 1 }],
    });
  });

  it.each(['resumed', 'undone'] as const)(
    'wait with a run that stopped half-way until it is %s',
    async (end) => {
      const agent = await world().connectedAgent();
      const { id, digest } = await startedRun(agent);
      await agent.emit(end === 'resumed' ? interrupted(id) : failed(id, 'resumable'));
      expect(await summary()).toMatchObject({ attempts: 1, successes: 0, failed: 0 });

      const type = end === 'resumed' ? 'resume' : 'undo';
      const next = await approvedJob(world(), agent, type, digest);
      await agent.emit(end === 'resumed' ? runDone(next, 'resume') : undoDone(next));

      expect(await summary()).toMatchObject(
        end === 'resumed'
          ? { attempts: 1, successes: 1, failed: 0 }
          : { attempts: 1, successes: 0, failed: 1, codes: [{ code: 'AWM-1902', count: 1 }] },
      );
    },
  );

  describe('of a guided migration', () => {
    async function pausedRun(agent: TestAgent): Promise<{ digest: string; id: string }> {
      const { digest } = await storedPlan(world(), agent);
      const id = await approvedJob(world(), agent, 'apply', digest, 'analyze');
      await agent.emit(pausedDone(id, 'apply', 'analyze'));
      await world().until(id, 'done');
      return { digest, id };
    }

    async function goOn(agent: TestAgent, digest: string, until?: 'backup'): Promise<string> {
      world().clock.pass(1_000);
      return await approvedJob(world(), agent, 'resume', digest, until);
    }

    async function stopped(agent: TestAgent, digest: string, left: 'paused' | 'resumable'): Promise<void> {
      const job = await goOn(agent, digest);
      await agent.emit(failed(job, left));
      await world().until(job, 'failed');
    }

    it('are one attempt, whatever number of phases, and neither success nor failure while it waits', async () => {
      const agent = await world().connectedAgent();
      const { digest } = await pausedRun(agent);
      const second = await goOn(agent, digest, 'backup');
      await agent.emit(pausedDone(second, 'resume'));
      await world().until(second, 'done');
      const waiting = { attempts: 1, successes: 0, failed: 0, abandoned: 0, methods: { guided: 1 } };
      expect(await summary()).toMatchObject(waiting);

      const last = await goOn(agent, digest);
      await agent.emit(runDone(last, 'resume'));
      await world().until(last, 'done');

      expect(await summary()).toMatchObject({ ...waiting, successes: 1, medianMs: 4_200 });
      await rollBack(agent);
      expect(await summary()).toMatchObject({ ...waiting, rolledBack: 1 });
    });

    it.each(['taken back', 'cancelled', 'taken back after the source changed'] as const)(
      'are an abandoned attempt when it is %s by choice',
      async (how) => {
        const agent = await world().connectedAgent();
        const { digest } = await pausedRun(agent);
        if (how === 'taken back after the source changed') await stopped(agent, digest, 'paused');
        if (how === 'cancelled') {
          const job = await goOn(agent, digest);
          await agent.emit({ t: 'job.cancelled', body: { job, undone: true } });
        } else await agent.emit(undoDone(await approvedJob(world(), agent, 'undo', digest)));

        expect(await summary()).toMatchObject({
          attempts: 1,
          abandoned: 1,
          failed: 0,
          successes: 0,
          codes: [],
        });
      },
    );

    it('are a failure with its code when a later phase fails', async () => {
      const agent = await world().connectedAgent();
      const { digest } = await pausedRun(agent);
      await stopped(agent, digest, 'resumable');
      await agent.emit(undoDone(await approvedJob(world(), agent, 'undo', digest)));

      expect(await summary()).toMatchObject({
        attempts: 1,
        abandoned: 0,
        failed: 1,
        codes: [{ code: 'AWM-1902', count: 1 }],
      });
    });
  });

  it('count a rollback against the success that it takes back within a week', async () => {
    const agent = await world().connectedAgent();
    const { id } = await startedRun(agent);
    await agent.emit(runDone(id, 'apply'));
    await world().until(id, 'done');

    await rollBack(agent);

    expect(await summary()).toMatchObject({
      attempts: 1,
      successes: 0,
      rolledBack: 1,
      failed: 0,
      medianMs: 4_200,
    });
  });

  it('tell that they changed, for the server in which they did', async () => {
    const guilds: string[] = [];
    world().services.metrics.onChange((guild) => guilds.push(guild));
    const event = { guild: GUILD, at: NOW.getTime(), method: 'manual', segment: 'basic', story: 'story-1' };

    await world().services.metrics.record({ ...event, kind: 'postponed' });
    await world().services.metrics.record({ ...event, kind: 'postponed' });

    expect(guilds).toEqual([GUILD, GUILD]);
    expect(await summary()).toMatchObject({ postponed: 1, attempts: 0 });
  });
});
