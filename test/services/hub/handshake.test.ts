import { describe, expect, it } from 'vitest';
import { newKey } from '../../../src/protocol/keys.ts';
import { GUILD, nonceOf, OWNER } from '../../protocol/parties.ts';
import { useHubWorld } from '../hub-world.ts';
import { Wire } from '../test-agent.ts';

const world = useHubWorld();
const SCOPE = { guild: GUILD, owner: OWNER.id };

describe('the handshake at the hub', () => {
  it('welcomes a paired agent, and lists it as connected until it goes', async () => {
    const agent = await world().connectedAgent();

    const [machine] = await world().services.machines.list(world().actor());

    expect(machine).toMatchObject({
      id: agent.id,
      label: 'ada-laptop',
      agentVersion: '0.1.0',
      connected: true,
    });
    expect(machine?.lastRoundTrip).toBe(world().clock.now().getTime());
    expect(world().alarms).toEqual([]);
  });

  it('closes with 4410 for an agent that it does not know', async () => {
    const agent = await world().pairedAgent();
    const pins = agent.pins;
    if (pins === undefined) throw new Error('not paired');
    agent.pins = { ...pins, agentId: 'ag_019ab2c3-d4e5-7f60-8123-456789abcdef' };

    expect(await agent.connect()).toBe(4410);
  });

  it('closes with 4401 for another key, and for another epoch', async () => {
    const agent = await world().pairedAgent();

    expect(await agent.connect({ key: newKey() })).toBe(4401);
    expect(await agent.connect({ epoch: 2 })).toBe(4401);
    expect(await agent.connect()).toBe('proven');
  });

  it('closes the older connection with 4409 when a newer one is proven', async () => {
    const agent = await world().connectedAgent();
    const older = agent.wire;

    await agent.connect();

    expect(await older?.closed).toBe(4409);
    expect((await world().services.machines.list(world().actor()))[0]?.connected).toBe(true);
  });

  it('suspends the machine when a start that was replaced comes back: two copies of one key live', async () => {
    const agent = await world().pairedAgent();
    await agent.connect({ instance: nonceOf(1) });
    await agent.connect({ instance: nonceOf(2) });
    const second = agent.wire;

    expect(await agent.connect({ instance: nonceOf(1) })).toBe(4403);

    expect(await second?.closed).toBe(4403);
    expect(world().alarms).toEqual(['two-copies']);
    expect((await world().services.records.agents.find(agent.id, SCOPE))?.state).toBe('suspended');
    expect(await agent.connect({ instance: nonceOf(3) })).toBe(4403);
    const job = await world().services.jobs.start(world().actor(), agent.id, 'status');
    expect(job).toMatchObject({ state: 'rejected', error: { name: 'NOT_APPROVER' } });
  });

  it('remembers replaced starts across a restart of the bot', async () => {
    const agent = await world().pairedAgent();
    await agent.connect({ instance: nonceOf(1) });
    await agent.connect({ instance: nonceOf(2) });
    await world().stop();
    await world().start();

    expect(await agent.connect({ instance: nonceOf(2) })).toBe('proven');
    expect(await agent.connect({ instance: nonceOf(1) })).toBe(4403);
  });

  it('closes with 4408 after five seconds, however slowly frames come and even if none does', async () => {
    const agent = await world().pairedAgent();
    const silent = await Wire.open(agent.address);
    const slow = await Wire.open(agent.address);
    slow.send(agent.handshake().start());
    await slow.next();

    await world().pass(4_999);
    expect(silent.socket.readyState).toBe(silent.socket.OPEN);
    await world().pass(2);

    expect(await silent.closed).toBe(4408);
    expect(await slow.closed).toBe(4408);
  });

  it('refuses a list of versions that it does not speak, and an agent notices one that was stripped', async () => {
    const agent = await world().pairedAgent();
    const hello = JSON.parse(agent.handshake().start().toString());
    const other = await Wire.open(agent.address);
    other.send(JSON.stringify({ ...hello, v: [99] }));
    expect(await other.closed).toBe(4426);

    const relay = await Wire.open(agent.address);
    const handshake = agent.handshake();
    const stripped = JSON.parse(handshake.start().toString());
    relay.send(JSON.stringify({ ...stripped, v: [1, 1] }));
    const challenge = await relay.next();
    expect(await handshake.onFrame(challenge as Buffer)).toEqual({ close: 'AUTH_FAILED' });
  });

  it('closes with 4400 for what is no hello, for a binary frame, and for a frame out of turn', async () => {
    const agent = await world().pairedAgent();
    const garbage = await Wire.open(agent.address);
    garbage.send('{"t":"hello"}');
    expect(await garbage.closed).toBe(4400);

    const binary = await Wire.open(agent.address);
    binary.socket.send(agent.handshake().start());
    expect(await binary.closed).toBe(4400);

    const hasty = await Wire.open(agent.address);
    const hello = agent.handshake().start();
    hasty.send(hello);
    hasty.send(hello);
    expect(await hasty.closed).toBe(4401);
  });

  it('ends a message of 300 KiB or of 100 fragments, proven or not, and goes on serving others', async () => {
    const agent = await world().connectedAgent();
    const large = await Wire.open(agent.address);
    large.send('x'.repeat(300 * 1024));
    expect(await large.closed).toBe(1009);

    const proven = agent.wire as Wire;
    for (let fragment = 0; fragment < 100; fragment++)
      proven.socket.send('x', { fin: fragment === 99, binary: false });
    expect([1006, 1008]).toContain(await proven.closed);

    expect(await agent.connect()).toBe('proven');
  });
});
