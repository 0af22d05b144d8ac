import { describe, expect, it } from 'vitest';
import { useHubWorld } from './hub-world.ts';
import { accepted, backupsDone, runningJob } from './job-bodies.ts';

const world = useHubWorld();

describe('a job', () => {
  it('goes from the request to its end, and everybody who listens hears of each step', async () => {
    const agent = await world().connectedAgent();
    const states: string[] = [];
    world().services.jobs.onChange((job, owner) =>
      states.push(`${job.state} ${owner.user === world().actor().user}`),
    );

    const { id } = await world().services.jobs.start(world().actor(), agent.id, 'backups');
    await agent.command('job.run');
    await agent.emit(accepted(id));
    await world().until(id, 'accepted');
    agent.pass({ t: 'job.progress', body: { job: id, progress: { phase: 'analyze', n: 1, of: 2 } } });
    const running = await world().until(id, 'running');
    await agent.emit(backupsDone(id));
    const done = await world().until(id, 'done');

    expect(running.progress).toEqual({ phase: 'analyze', n: 1, of: 2 });
    expect(done).toMatchObject({ type: 'backups', machine: agent.id, error: undefined, progress: undefined });
    expect(done.result).toMatchObject({ result: { total: 0 } });
    expect(states).toEqual(['queued true', 'accepted true', 'running true', 'done true']);
  });

  it("is rejected at once on a machine that is not that person's, or not of that server", async () => {
    const agent = await world().connectedAgent();
    for (const other of [{ user: '999999999999999999' }, { guild: '888888888888888888' }]) {
      const job = await world().services.jobs.start(world().actor(other), agent.id, 'status');
      expect(job).toMatchObject({ state: 'rejected', error: { code: 'AWM-2013', name: 'NOT_APPROVER' } });
      expect(await world().services.jobs.find(world().actor(), job.id)).toBeUndefined();
    }
  });

  it('is rejected when its parameters are not of the agreed form, or when it would write', async () => {
    const agent = await world().connectedAgent();
    const { jobs } = world().services;

    const path = await jobs.start(world().actor(), agent.id, 'assess', { root: '../etc' });
    const write = await jobs.start(world().actor(), agent.id, 'apply', { plan: 'ab'.repeat(32) });

    expect([path.error?.name, write.error?.name]).toEqual(['BAD_PARAMS', 'BAD_PARAMS']);
  });

  it('is found and cancelled by its owner alone', async () => {
    const agent = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'status');
    const stranger = world().actor({ user: '999999999999999999' });

    expect(await world().services.jobs.find(stranger, id)).toBeUndefined();
    expect(await world().services.jobs.cancel(stranger, id)).toBe(false);
    expect(await world().services.jobs.cancel(world().actor(), id)).toBe(true);

    expect(await agent.command('job.cancel')).toMatchObject({ job: id });
    await agent.emit({ t: 'job.cancelled', body: { job: id, undone: false } });
    expect((await world().until(id, 'cancelled')).state).toBe('cancelled');
    expect(await world().services.jobs.cancel(world().actor(), id)).toBe(false);
  });

  it('that never left is cancelled here, and never reaches the machine', async () => {
    const agent = await world().pairedAgent();
    const { jobs } = world().services;
    const { id } = await jobs.start(world().actor(), agent.id, 'status');

    expect(await jobs.cancel(world().actor(), id)).toBe(true);

    expect((await jobs.find(world().actor(), id))?.state).toBe('cancelled');
    const { id: later } = await jobs.start(world().actor(), agent.id, 'backups');
    await agent.connect();
    expect((await agent.command('job.run')).job).toBe(later);
  });

  it('is refused as busy beyond four that read, and the first to end makes room', async () => {
    const agent = await world().connectedAgent();
    const ids = [];
    for (let count = 0; count < 4; count++) ids.push(await runningJob(world(), agent, 'backups'));

    const fifth = await world().services.jobs.start(world().actor(), agent.id, 'status');
    expect(fifth).toMatchObject({ state: 'rejected', error: { name: 'BUSY' } });
    expect(await world().services.jobs.find(world().actor(), fifth.id)).toEqual(fifth);

    await agent.emit(backupsDone(ids[0] as string));
    await world().until(ids[0] as string, 'done');
    expect((await world().services.jobs.start(world().actor(), agent.id, 'status')).state).toBe('queued');
  });

  it('is refused as busy beyond twenty commands a minute', async () => {
    const agent = await world().connectedAgent();
    for (let count = 0; count < 20; count++) {
      const id = await runningJob(world(), agent, 'backups');
      await agent.emit(backupsDone(id));
      await world().until(id, 'done');
    }

    const next = await world().services.jobs.start(world().actor(), agent.id, 'status');
    expect(next.error?.name).toBe('BUSY');

    world().clock.pass(60_001);
    expect((await world().services.jobs.start(world().actor(), agent.id, 'status')).state).toBe('queued');
  });

  it('that never left is over when its command ends, and is not sent afterwards', async () => {
    const agent = await world().pairedAgent();
    const { id } = await world().services.jobs.start(world().actor(), agent.id, 'status');

    await world().pass(15 * 60_000);
    await world().sweep();

    expect(await world().services.jobs.find(world().actor(), id)).toMatchObject({
      state: 'expired',
      error: { name: 'EXPIRED' },
    });
    await agent.connect();
    const { id: later } = await world().services.jobs.start(world().actor(), agent.id, 'backups');
    expect((await agent.command('job.run')).job).toBe(later);
  });

  it('that was taken in time, but not heard of, is shown as expired until the machine tells', async () => {
    const agent = await world().connectedAgent();
    const { id } = await world().services.jobs.start(world().actor(), agent.id, 'backups');
    await agent.command('job.run');
    agent.drop();

    await world().pass(15 * 60_000);
    await world().sweep();
    expect((await world().services.jobs.find(world().actor(), id))?.state).toBe('expired');

    await agent.connect();
    await agent.emit(accepted(id));
    await agent.emit(backupsDone(id));
    expect((await world().until(id, 'done')).state).toBe('done');
    expect(world().alarms).toEqual([]);
  });
});

describe('a machine that is revoked', () => {
  it('is told with its last command, loses its connection and its jobs, and does not come back', async () => {
    const agent = await world().connectedAgent();
    const running = await runningJob(world(), agent, 'backups');
    const stranger = world().actor({ user: '999999999999999999' });
    expect(await world().services.machines.revoke(stranger, agent.id)).toBe(false);

    expect(await world().services.machines.revoke(world().actor(), agent.id)).toBe(true);

    await agent.command('agent.unpair');
    expect(await agent.wire?.closed).toBe(4403);
    expect(await agent.connect()).toBe(4403);
    expect(await world().services.machines.list(world().actor())).toEqual([]);
    expect((await world().services.jobs.find(world().actor(), running))?.state).toBe('interrupted');
    expect(await world().services.machines.revoke(world().actor(), agent.id)).toBe(false);
  });

  it('at its own terminal is revoked here as well', async () => {
    const agent = await world().connectedAgent();

    await agent.emit({ t: 'unpaired', body: {} });

    expect(await agent.wire?.closed).toBe(4403);
    expect(await world().services.machines.list(world().actor())).toEqual([]);
  });

  it('after a day when it never proved its key', async () => {
    await world().pairedAgent();

    world().clock.pass(24 * 3_600_000 + 1);
    for (let second = 0; second < 3_600; second++) await world().pass(0);

    expect(await world().services.machines.list(world().actor())).toEqual([]);
  });
});
