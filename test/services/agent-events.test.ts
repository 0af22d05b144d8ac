import { describe, expect, it } from 'vitest';
import { eventDigest } from '../../src/protocol/digest.ts';
import { newKey } from '../../src/protocol/keys.ts';
import { useHubWorld } from './hub-world.ts';
import { backupsDone, interrupted, planReady, runningJob } from './job-bodies.ts';

const world = useHubWorld();

async function stateOf(id: string): Promise<string | undefined> {
  return (await world().services.jobs.find(world().actor(), id))?.state;
}

describe('what an agent says', () => {
  it('ends a job once: a second end is an alarm and changes nothing', async () => {
    const agent = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'backups');
    await agent.emit(backupsDone(id));
    await world().until(id, 'done');

    await agent.emit({ t: 'job.cancelled', body: { job: id, undone: true } });
    await world().sweep();

    expect(await stateOf(id)).toBe('done');
    expect(world().alarms).toEqual(['second-end']);
  });

  it("about another machine's job is an alarm", async () => {
    const agent = await world().connectedAgent();
    const other = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'backups');

    await other.emit(backupsDone(id));
    await world().sweep();

    expect(await stateOf(id)).toBe('accepted');
    expect(world().alarms).toEqual(['unknown-job']);
  });

  it('of another type than was asked for is an alarm', async () => {
    const agent = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'status');

    await agent.emit(backupsDone(id));
    await world().sweep();

    expect(await stateOf(id)).toBe('accepted');
    expect(world().alarms).toEqual(['wrong-type']);
  });

  it('before it accepted is an alarm', async () => {
    const agent = await world().connectedAgent();
    const { id } = await world().services.jobs.start(world().actor(), agent.id, 'backups');

    await agent.emit(interrupted(id));
    await world().sweep();

    expect(await stateOf(id)).toBe('queued');
    expect(world().alarms).toEqual(['illegal-step']);
  });

  it('is acted on once, however often it comes', async () => {
    const agent = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'backups');
    await agent.emit(backupsDone(id));
    await world().until(id, 'done');
    const told: string[] = [];
    world().services.jobs.onChange((job) => told.push(job.state));

    for (const raw of agent.events) agent.wire?.send(raw);
    await agent.acknowledged(agent.events.length);
    await world().sweep();

    expect(told).toEqual([]);
    expect(world().alarms).toEqual([]);
  });

  it('is acted on after a restart, when the bot went away between storing and acting', async () => {
    const agent = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'backups');
    const raw = agent.sign(backupsDone(id));
    const { inbox } = world().services.records;
    await inbox.put({ agent: agent.id, epoch: 1, seq: 2, event: 'job.done', job: id, raw });

    await world().stop();
    await world().start();

    expect(await stateOf(id)).toBe('done');
  });
});

describe('a hub that invents', () => {
  it('an end that the agent never signed is refused by control', async () => {
    const agent = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'backups');
    const raw = agent.sign(backupsDone(id), { key: newKey() });

    await world().services.records.inbox.put({
      agent: agent.id,
      epoch: 1,
      seq: 2,
      event: 'job.done',
      job: id,
      raw,
    });
    await world().sweep();

    expect(await stateOf(id)).toBe('accepted');
    expect(world().alarms).toEqual(['forged-event']);
  });

  it('or drops what it acknowledged is noticed by the gap in the chain', async () => {
    const agent = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'backups');
    const dropped = agent.sign({ t: 'job.waiting_local', body: { job: id } });
    const raw = agent.sign(backupsDone(id), { seq: 3, prev: eventDigest(dropped) });

    await world().services.records.inbox.put({
      agent: agent.id,
      epoch: 1,
      seq: 3,
      event: 'job.done',
      job: id,
      raw,
    });
    await world().sweep();

    expect(await stateOf(id)).toBe('accepted');
    expect(world().alarms).toEqual(['chain-gap']);
  });
});

describe('the bytes of a plan', () => {
  const bytes = Buffer.from(`${'{"a plan":1}\n'.repeat(12_000)}`);
  const expires = () => Math.floor(world().clock.now().getTime() / 1000) + 3_600;

  it('are asked for piece by piece, and the job is done when all are here', async () => {
    const agent = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'plan', { root: 'root-1' });
    await agent.emit(planReady(id, bytes, expires(), 3));

    for (let piece = 0; piece < 3; piece++) {
      const { index } = await agent.command('part.get');
      expect(await stateOf(id)).toBe('accepted');
      agent.sendPart(id, bytes, index);
    }

    const { plan } = await world().until(id, 'done');
    expect(await world().services.jobs.planText(world().actor(), plan as string)).toBe(bytes.toString());
    const stranger = world().actor({ user: '999999999999999999' });
    expect(await world().services.jobs.planText(stranger, plan as string)).toBeUndefined();
  });

  it('come without a pause however many pieces there are, a few at a time, and leave room for what people ask', async () => {
    const large = Buffer.alloc(30 * 65_536, 'plan ');
    const agent = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'plan', { root: 'root-1' });
    await agent.emit(planReady(id, large, expires(), 30));

    for (let piece = 0; piece < 30; piece++)
      agent.sendPart(id, large, (await agent.command('part.get')).index);

    await world().until(id, 'done');
    const next = await world().services.jobs.start(world().actor(), agent.id, 'status');
    expect(next.state).toBe('queued');
  });

  it('that were on their way are asked for again after a restart of the bot', async () => {
    const agent = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'plan', { root: 'root-1' });
    await agent.emit(planReady(id, bytes, expires(), 3));
    agent.sendPart(id, bytes, (await agent.command('part.get')).index);
    for (let piece = 0; piece < 2; piece++) await agent.command('part.get');
    await world().stop();
    await world().start();
    await agent.connect();

    for (let piece = 0; piece < 3; piece++)
      agent.sendPart(id, bytes, (await agent.command('part.get')).index);

    expect((await world().until(id, 'done')).plan).toBeDefined();
  });

  it('that are not what the digest names fail the job with an alarm', async () => {
    const agent = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'plan', { root: 'root-1' });
    agent.sendParts(id, Buffer.from('something else'.padEnd(bytes.length)));
    await agent.emit(planReady(id, bytes, expires(), 3));

    const job = await world().until(id, 'failed');

    expect(job).toMatchObject({ plan: undefined, error: { name: 'BAD_PARAMS' } });
    expect(world().alarms).toEqual(['wrong-plan']);
  });

  it('for a job of another machine, or for one that makes no plan, are dropped', async () => {
    const agent = await world().connectedAgent();
    const other = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'plan', { root: 'root-1' });
    other.sendParts(id, Buffer.from('something else'.padEnd(bytes.length)));
    await other.emit({ t: 'policy.changed', body: { policy_hash: 'ab'.repeat(32) } });

    agent.sendParts(id, bytes);
    await agent.emit(planReady(id, bytes, expires(), 3));

    expect((await world().until(id, 'done')).state).toBe('done');
    expect(world().alarms).toEqual([]);
  });

  it('of a job that has ended, or was never accepted, are not taken', async () => {
    const agent = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'plan', { root: 'root-1' });
    agent.sendParts(id, bytes);
    await agent.emit(planReady(id, bytes, expires(), 3));
    await world().until(id, 'done');
    const { id: early } = await world().services.jobs.start(world().actor(), agent.id, 'plan', {
      root: 'root-1',
    });

    await agent.emit(planReady(id, Buffer.from('another'), expires()));
    await agent.emit(planReady(early, bytes, expires(), 3));
    await world().sweep();

    expect(world().alarms).toEqual(['second-end', 'illegal-step']);
    expect(await stateOf(early)).toBe('queued');
  });

  it('too large to travel leave a plan that nobody can approve here', async () => {
    const agent = await world().connectedAgent();
    const id = await runningJob(world(), agent, 'plan', { root: 'root-1' });

    await agent.emit(planReady(id, bytes, expires(), 0));
    const { plan } = await world().until(id, 'done');

    expect(await world().services.jobs.planText(world().actor(), plan as string)).toBeUndefined();
    await expect(
      world().services.jobs.offerApproval(
        world().actor(),
        agent.id,
        'apply',
        plan as string,
        '523456789012345678',
      ),
    ).rejects.toMatchObject({ code: 'PLAN_UNKNOWN' });
  });
});
