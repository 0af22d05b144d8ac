import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { RUN, snowflakeAt } from '../protocol/parties.ts';
import { useHubWorld } from './hub-world.ts';
import {
  accepted,
  approvedJob,
  failed,
  interrupted,
  MESSAGE,
  pausedDone,
  runDone,
  slotFor,
  storedPlan,
} from './job-bodies.ts';

const world = useHubWorld();
const TEN_MINUTES = 600_000;

describe('an approval', () => {
  it('sends the write with who pressed what where, and for which plan', async () => {
    const agent = await world().connectedAgent();
    const { digest } = await storedPlan(world(), agent);
    const slot = await slotFor(world(), agent, 'apply', digest);
    const actor = world().actor();

    const job = await world().services.jobs.approve(actor, slot, MESSAGE);

    expect(job).toMatchObject({ type: 'apply', state: 'queued', plan: digest });
    const { user, guild, interaction } = actor;
    expect(await agent.command('job.run')).toMatchObject({
      type: 'apply',
      params: { plan: digest },
      approval: { user, guild, interaction, message: MESSAGE, plan: digest },
    });
  });

  it('counts once: neither the slot, the press nor the plan is used again', async () => {
    const agent = await world().connectedAgent();
    const { digest } = await storedPlan(world(), agent);
    const other = await storedPlan(world(), agent);
    const [first, second, third] = [
      await slotFor(world(), agent, 'apply', digest),
      await slotFor(world(), agent, 'apply', digest),
      await slotFor(world(), agent, 'apply', other.digest),
    ];
    const actor = world().actor();
    const { jobs } = world().services;
    const job = await jobs.approve(actor, first, MESSAGE);
    if (typeof job === 'string') throw new Error(job);
    await agent.command('job.run');
    await agent.emit({ t: 'job.rejected', body: { job: job.id, code: 'LOCAL_DENIED' } });
    await world().until(job.id, 'rejected');

    expect(await jobs.approve(world().actor(), first, MESSAGE)).toBe('again');
    expect(await jobs.approve(world().actor(), second, MESSAGE)).toBe('again');
    expect(await jobs.approve(actor, third, MESSAGE)).toBe('again');
    expect(await jobs.approve(world().actor(), third, MESSAGE)).toMatchObject({ state: 'queued' });
  });

  it('of two presses at once counts one', async () => {
    const agent = await world().connectedAgent();
    const { digest } = await storedPlan(world(), agent);
    const slot = await slotFor(world(), agent, 'apply', digest);

    const outcomes = await Promise.all([
      world().services.jobs.approve(world().actor(), slot, MESSAGE),
      world().services.jobs.approve(world().actor(), slot, MESSAGE),
    ]);

    expect(outcomes.filter((outcome) => outcome === 'again')).toHaveLength(1);
  });

  it("is nobody else's: not another user's, not of another server, not under another message", async () => {
    const agent = await world().connectedAgent();
    const { digest } = await storedPlan(world(), agent);
    const slot = await slotFor(world(), agent, 'apply', digest);
    const { jobs } = world().services;

    expect(await jobs.approve(world().actor({ user: '999999999999999999' }), slot, MESSAGE)).toBe('gone');
    expect(await jobs.approve(world().actor({ guild: '888888888888888888' }), slot, MESSAGE)).toBe('gone');
    expect(await jobs.approve(world().actor(), slot, '523456789012345679')).toBe('gone');
    expect(await jobs.approve(world().actor(), 'no such slot', MESSAGE)).toBe('gone');
    expect(await jobs.approve(world().actor(), slot, MESSAGE)).toMatchObject({ state: 'queued' });
  });

  it('is stale when the press is older than ten minutes, by its id or by when it came', async () => {
    const agent = await world().connectedAgent();
    const { digest } = await storedPlan(world(), agent);
    const slot = await slotFor(world(), agent, 'apply', digest);
    const { jobs } = world().services;
    const now = world().clock.now().getTime();
    const old = now - TEN_MINUTES - 1_000;

    expect(await jobs.approve(world().actor({ interaction: snowflakeAt(old) }), slot, MESSAGE)).toBe('stale');
    expect(await jobs.approve(world().actor({ at: old }), slot, MESSAGE)).toBe('stale');
    expect(
      await jobs.approve(world().actor({ interaction: snowflakeAt(now + 300_000) }), slot, MESSAGE),
    ).toBe('stale');
  });

  it('is stale when the plan has expired', async () => {
    const agent = await world().connectedAgent();
    const { digest } = await storedPlan(world(), agent);
    const slot = await slotFor(world(), agent, 'apply', digest);

    world().clock.pass(3_600_001);

    expect(await world().services.jobs.approve(world().actor(), slot, MESSAGE)).toBe('stale');
  });

  it('of one plan is not offered for another kind of job, for another machine, or for a plan nobody made', async () => {
    const agent = await world().connectedAgent();
    const other = await world().connectedAgent();
    const plan = await storedPlan(world(), agent);
    const preview = await storedPlan(world(), agent, 'rollback-preview');

    for (const [machine, type, digest] of [
      [agent, 'rollback', plan.digest],
      [agent, 'apply', preview.digest],
      [agent, 'resume', plan.digest],
      [agent, 'status', plan.digest],
      [other, 'apply', plan.digest],
      [agent, 'apply', 'cd'.repeat(32)],
    ] as const) {
      await expect(slotFor(world(), machine, type, digest)).rejects.toMatchObject({ code: 'PLAN_UNKNOWN' });
    }
    expect(await slotFor(world(), agent, 'rollback', preview.digest)).toMatch(/^[\w-]{22}$/);
  });

  it('does not count when the stored bytes are not those that the digest names', async () => {
    const agent = await world().connectedAgent();
    const { digest } = await storedPlan(world(), agent);
    const slot = await slotFor(world(), agent, 'apply', digest);
    const database = new DatabaseSync(join(world().folder, 'data', 'bot.sqlite'));
    database.prepare('UPDATE plans SET bytes = ?').run(Buffer.from('other bytes'));
    database.close();

    expect(await world().services.jobs.approve(world().actor(), slot, MESSAGE)).toBe('stale');

    expect(world().alarms).toEqual(['wrong-plan']);
    expect(await world().services.jobs.planText(world().actor(), digest)).toBeUndefined();
  });

  it('is not used up by a machine that is busy writing', async () => {
    const agent = await world().connectedAgent();
    const first = await storedPlan(world(), agent);
    const second = await storedPlan(world(), agent);
    const running = await approvedJob(world(), agent, 'apply', first.digest);
    const slot = await slotFor(world(), agent, 'apply', second.digest);

    const busy = await world().services.jobs.approve(world().actor(), slot, MESSAGE);
    expect(busy).toMatchObject({ state: 'rejected', error: { name: 'BUSY' } });

    await agent.emit(runDone(running, 'apply'));
    await world().until(running, 'done');
    expect(await world().services.jobs.approve(world().actor(), slot, MESSAGE)).toMatchObject({
      state: 'queued',
    });
  });

  it('can be for the phases up to one, and for the next ones a fresh press is needed, long after the plan expired', async () => {
    const agent = await world().connectedAgent();
    const { digest } = await storedPlan(world(), agent);
    const slot = await slotFor(world(), agent, 'apply', digest, 'backup');
    const first = await world().services.jobs.approve(world().actor(), slot, MESSAGE);
    if (typeof first === 'string') throw new Error(first);
    expect(await agent.command('job.run')).toMatchObject({ params: { plan: digest, pause_after: 'backup' } });
    await agent.emit(accepted(first.id));
    await agent.emit(pausedDone(first.id, 'apply'));
    await world().until(first.id, 'done');
    const next = await slotFor(world(), agent, 'resume', digest, 'register');
    world().clock.pass(2 * 86_400_000);

    const old = world().actor({ at: world().clock.now().getTime() - TEN_MINUTES - 1_000 });
    expect(await world().services.jobs.approve(old, next, MESSAGE)).toBe('stale');
    const job = await world().services.jobs.approve(world().actor(), next, MESSAGE);
    expect(job).toMatchObject({ type: 'resume', plan: digest, state: 'queued' });
    expect(await world().services.jobs.approve(world().actor(), next, MESSAGE)).toBe('again');
    expect(await world().services.jobs.approve(world().actor(), slot, MESSAGE)).toBe('again');
  });

  it.each(['interrupted', 'failed'] as const)('resumes or undoes the run that was %s', async (how) => {
    const agent = await world().connectedAgent();
    const { digest } = await storedPlan(world(), agent);
    const run = await approvedJob(world(), agent, 'apply', digest);
    await agent.emit(how === 'failed' ? failed(run, 'resumable') : interrupted(run));
    await world().until(run, how);
    const [resume, undo] = [
      await slotFor(world(), agent, 'resume', digest),
      await slotFor(world(), agent, 'undo', digest),
    ];

    const job = await world().services.jobs.approve(world().actor(), resume, MESSAGE);

    expect(job).toMatchObject({ type: 'resume', plan: digest });
    expect(await agent.command('job.run')).toMatchObject({
      params: { run: RUN },
      approval: { plan: digest },
    });
    expect(await world().services.jobs.approve(world().actor(), undo, MESSAGE)).toMatchObject({
      error: { name: 'BUSY' },
    });
  });
});
