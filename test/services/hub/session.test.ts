import { describe, expect, it } from 'vitest';
import { signCommand } from '../../../src/protocol/commands.ts';
import { eventDigest } from '../../../src/protocol/digest.ts';
import { newKey } from '../../../src/protocol/keys.ts';
import type { DurableEvent } from '../../../src/protocol/messages.ts';
import { otherSpelling, resign } from '../../protocol/forgery.ts';
import { ASSESS, DIGEST, ENVELOPE, GUILD, OWNER, snowflakeAt } from '../../protocol/parties.ts';
import { useHubWorld } from '../hub-world.ts';
import type { TestAgent } from '../test-agent.ts';

const world = useHubWorld();
const POLICY: DurableEvent = { t: 'policy.changed', body: { policy_hash: DIGEST } };
const SCOPE = { guild: GUILD, owner: OWNER.id };

async function stateOf(agent: TestAgent): Promise<string | undefined> {
  return (await world().services.records.agents.find(agent.id, SCOPE))?.state;
}

async function storedEvents(agent: TestAgent): Promise<number> {
  return await world().services.records.inbox.lastAcknowledged(agent.id, 1);
}

describe('events', () => {
  it('are acknowledged when they are stored, with the raw bytes kept', async () => {
    const agent = await world().connectedAgent();

    await agent.emit(POLICY);
    await agent.emit(POLICY);

    const { inbox, audit } = world().services.records;
    expect((await inbox.find(agent.id, 1, 2))?.raw).toBe(agent.events[1]);
    const lines = await audit.list(GUILD, { from: 0, to: Number.MAX_SAFE_INTEGER });
    expect(lines.filter(({ kind }) => kind === 'event').map(({ body }) => body)).toEqual(agent.events);
  });

  it('that come again after a reconnect are acknowledged, and stored once', async () => {
    const agent = await world().connectedAgent();
    await agent.emit(POLICY);
    await agent.connect();
    expect(agent.session?.welcome.evt_ack).toBe(1);

    agent.wire?.send(agent.events[0] as string);
    await agent.acknowledged(1);

    expect(world().alarms).toEqual([]);
    expect(await storedEvents(agent)).toBe(1);
  });

  it.each([
    ['signed by another key', (agent: TestAgent) => agent.sign(POLICY, { key: newKey() })],
    ['changed', (agent: TestAgent) => agent.sign(POLICY).replace(/\.[^.]{10}/, '.AAAAAAAAAA')],
    ['truncated', (agent: TestAgent) => agent.sign(POLICY).slice(0, -7)],
    ['spelled otherwise', (agent: TestAgent) => respelled(agent.sign(POLICY))],
    ['of another epoch', (agent: TestAgent) => agent.sign(POLICY, { epoch: 2 })],
    [
      'signed for another type',
      (agent: TestAgent) => resign(agent.sign(POLICY), { header: { typ: 'awm-hs+jwt' } }, agent.key),
    ],
    [
      'without an algorithm',
      (agent: TestAgent) => resign(agent.sign(POLICY), { header: { alg: 'none' } }, agent.key),
    ],
    ['a command of the agent instead', (agent: TestAgent) => signCommand(ASSESS, ENVELOPE, agent.key)],
  ])('that are %s close the connection with 4401 and leave nothing but an alarm', async (_, forge) => {
    const agent = await world().connectedAgent();

    agent.wire?.send(forge(agent));

    expect(await agent.wire?.closed).toBe(4401);
    expect(world().alarms).toEqual(['forged-event']);
    expect(await storedEvents(agent)).toBe(0);
  });

  it('that are not of an agreed form close the connection with 4400', async () => {
    const agent = await world().connectedAgent();
    const raw = resign(agent.sign(POLICY), { claims: { body: { policy_hash: DIGEST, more: 1 } } }, agent.key);

    agent.wire?.send(raw);

    expect(await agent.wire?.closed).toBe(4400);
    expect(await storedEvents(agent)).toBe(0);
  });

  it('out of order are not taken, and neither is anything after them', async () => {
    const agent = await world().connectedAgent();
    const first = agent.sign(POLICY);
    agent.wire?.send(agent.sign(POLICY, { seq: 2, prev: eventDigest(first) }));
    agent.wire?.send(first);
    await agent.connect();

    expect(world().alarms).toEqual(['chain-gap']);
    expect(agent.session?.welcome.evt_ack).toBe(0);
  });

  it('of which two have one number suspend the machine: two copies of its key live', async () => {
    const agent = await world().connectedAgent();
    await agent.emit(POLICY);

    agent.wire?.send(agent.sign({ t: 'policy.changed', body: { policy_hash: '0'.repeat(64) } }, { seq: 1 }));

    expect(await agent.wire?.closed).toBe(4403);
    expect(world().alarms).toEqual(['two-copies']);
    expect(await stateOf(agent)).toBe('suspended');
  });

  it('of an agent whose memory went back are not taken, and it is sent nothing', async () => {
    const agent = await world().connectedAgent();
    await agent.emit(POLICY);
    agent.events.length = 0;
    await agent.connect();

    const job = await world().services.jobs.start(world().actor(), agent.id, 'status');

    expect(job).toMatchObject({ state: 'rejected', error: { name: 'STATE_REGRESSED' } });
    expect(world().alarms).toEqual(['state-regressed']);
  });

  it('come at most sixty in a second; the rest waits in the paused socket and is not lost', async () => {
    const agent = await world().connectedAgent();
    for (let count = 0; count < 70; count++) {
      const raw = agent.sign(POLICY);
      agent.events.push(raw);
      agent.wire?.send(raw);
    }
    await agent.acknowledged(60);
    expect(await storedEvents(agent)).toBe(60);

    await world().pass(1_000);
    await agent.acknowledged(70);

    expect(await storedEvents(agent)).toBe(70);
  });
});

describe('commands', () => {
  it('wait for an agent that is away, and come in order when it is there', async () => {
    const agent = await world().pairedAgent();
    const { jobs } = world().services;
    const first = await jobs.start(world().actor(), agent.id, 'status');
    const second = await jobs.start(world().actor(), agent.id, 'backups');
    expect(first.state).toBe('queued');

    await agent.connect();

    expect((await agent.command('job.run')).job).toBe(first.id);
    expect((await agent.command('job.run')).job).toBe(second.id);
  });

  it('without an answer come again after a reconnect, byte for byte; those that were taken do not', async () => {
    const agent = await world().connectedAgent();
    const { jobs } = world().services;
    await jobs.start(world().actor(), agent.id, 'status');
    const first = await agent.rawCommand();
    await jobs.start(world().actor(), agent.id, 'backups');
    const second = await agent.rawCommand();
    agent.lastCommand = first.seq;

    await agent.connect();

    expect((await agent.rawCommand()).raw).toBe(second.raw);
  });

  it('go on above the numbers that an agent remembers, when the records were put back', async () => {
    const agent = await world().pairedAgent();
    agent.lastCommand = 500;
    await agent.connect();

    await world().services.jobs.start(world().actor(), agent.id, 'status');

    expect((await agent.rawCommand()).seq).toBe(501);
    expect(world().alarms).toEqual(['bot-restored']);
  });

  it('carry who asked, where and when', async () => {
    const agent = await world().connectedAgent();
    const actor = world().actor();

    const job = await world().services.jobs.start(actor, agent.id, 'assess', { root: 'root-1' });
    expect(job.error).toBeUndefined();

    const { user, guild, interaction, at } = actor;
    expect(await agent.command('job.run')).toMatchObject({
      type: 'assess',
      params: { root: 'root-1' },
      actor: { user, guild, interaction, at: Math.floor(at / 1000) },
    });
    expect(snowflakeAt(at).length).toBe(interaction.length);
  });
});

describe('a connection', () => {
  it('is pinged within thirty seconds, and each answer is a proven round trip', async () => {
    const agent = await world().connectedAgent();
    const before = world().clock.now().getTime();

    await world().pass(30_001);
    const trip = await roundTripAfter(before);

    expect(agent.wire?.pings).toBe(1);
    expect(trip).toBe(world().clock.now().getTime());
  });

  it('is dropped after sixty seconds without a word', async () => {
    const agent = await world().connectedAgent();
    agent.wire?.socket.pause();

    await world().pass(60_000);
    agent.wire?.socket.resume();

    expect(await agent.wire?.closed).toBe(1006);
  });

  it('is told the new certificate after twelve hours', async () => {
    const agent = await world().connectedAgent();

    world().clock.pass(12 * 3_600_000);
    agent.wire?.socket.ping();
    await new Promise((resolve) => agent.wire?.socket.once('pong', resolve));
    await world().pass(0);

    expect(await agent.acknowledgement('cert.update')).toMatchObject({
      iss: agent.pins?.botId,
      aud: agent.id,
    });
  });

  it('ends with a word when the bot goes away', async () => {
    const agent = await world().connectedAgent();
    const wire = agent.wire;

    const stopped = world().stop();
    await agent.acknowledgement('drain');
    await stopped;

    expect(await wire?.closed).toBe(4503);
  });
});

async function roundTripAfter(before: number): Promise<number> {
  for (;;) {
    const [machine] = await world().services.machines.list(world().actor());
    if (machine?.lastRoundTrip !== undefined && machine.lastRoundTrip > before) return machine.lastRoundTrip;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function respelled(raw: string): string {
  const parts = raw.split('.');
  for (const [index, part] of parts.entries()) {
    const other = otherSpelling(part);
    if (other !== undefined) return parts.with(index, other).join('.');
  }
  throw new Error('no part has unused bits');
}
