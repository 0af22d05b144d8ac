import { describe, expect, it } from 'vitest';
import type { PairingRequest } from '../../services/services.ts';
import { AgentPairing } from '../../src/protocol/agent-pairing.ts';
import { newKey } from '../../src/protocol/keys.ts';
import { GUILD, OWNER } from '../protocol/parties.ts';
import { type HubWorld, useHubWorld } from './hub-world.ts';
import { type TestAgent, Wire } from './test-agent.ts';

const world = useHubWorld();

/** The next request that appears. */
function nextRequest({ services }: HubWorld): Promise<PairingRequest> {
  const { promise, resolve } = Promise.withResolvers<PairingRequest>();
  const stop = services.pairings.onChange((request, state) => {
    if (state !== 'open') return;
    stop();
    resolve(request);
  });
  return promise;
}

async function asking(
  account?: string,
): Promise<{ agent: TestAgent; request: PairingRequest; paired: Promise<'paired' | number> }> {
  const agent = world().newAgent();
  const request = nextRequest(world());
  const paired = agent.pair(account);
  return { agent, request: await request, paired };
}

function pairingOf(changes: { label?: string } = {}): AgentPairing {
  const { clock } = world();
  return new AgentPairing({
    key: newKey(),
    label: 'x',
    os: 'Linux',
    user: 'ada',
    account: 'ada.l',
    sameMachine: true,
    clock,
    ...changes,
  });
}

describe('pairing on the same machine', () => {
  it('shows the same three words on both sides, and pairs when the owner says yes', async () => {
    const states: string[] = [];
    world().services.pairings.onChange((_, state) => states.push(state));
    const { agent, request, paired } = await asking();
    expect(request).toMatchObject({ host: 'ada-laptop', osUser: 'ada', words: agent.words });
    expect(await world().services.pairings.open(world().actor())).toEqual([request]);

    expect(await world().services.pairings.answer(world().actor(), request.id, true)).toBe('paired');

    expect(await paired).toBe('paired');
    expect(agent.pins).toMatchObject({ guild: GUILD, approvers: [OWNER.id], epoch: 1 });
    expect(await agent.connect()).toBe('proven');
    expect(states).toEqual(['open', 'paired']);
    expect(await world().services.pairings.open(world().actor())).toEqual([]);
  });

  it('ends when the owner refuses, and nothing is paired', async () => {
    const { request, paired } = await asking();

    expect(await world().services.pairings.answer(world().actor(), request.id, false)).toBe('refused');

    expect(await paired).toBe(4401);
    expect(await world().services.machines.list(world().actor())).toEqual([]);
    expect(await world().services.pairings.answer(world().actor(), request.id, true)).toBe('gone');
  });

  it("is nobody else's to see or to answer, not in another server either", async () => {
    const { request } = await asking();
    const stranger = world().actor({ user: '999999999999999999' });
    const elsewhere = world().actor({ guild: '888888888888888888' });

    for (const other of [stranger, elsewhere]) {
      expect(await world().services.pairings.open(other)).toEqual([]);
      expect(await world().services.pairings.answer(other, request.id, true)).toBe('gone');
    }
    expect(await world().services.pairings.open(world().actor())).toHaveLength(1);
  });

  it('counts one answer of two at once', async () => {
    const { request, paired } = await asking();

    const answers = await Promise.all([
      world().services.pairings.answer(world().actor(), request.id, true),
      world().services.pairings.answer(world().actor(), request.id, true),
    ]);

    expect(answers.sort()).toEqual(['gone', 'paired']);
    expect(await paired).toBe('paired');
    expect(await world().services.machines.list(world().actor())).toHaveLength(1);
  });

  it('ends when another account was typed at the terminal than the one that said yes', async () => {
    const { agent, request, paired } = await asking('somebody.else');

    expect(await world().services.pairings.answer(world().actor(), request.id, true)).toBe('gone');

    expect(await paired).toBe(4401);
    expect(agent.pins).toBeUndefined();
    expect(await world().services.machines.list(world().actor())).toEqual([]);
  });

  it('asks at most three times an hour', async () => {
    for (let count = 0; count < 3; count++) {
      const { request, paired } = await asking();
      await world().services.pairings.answer(world().actor(), request.id, false);
      await paired;
    }

    expect(await world().newAgent().pair()).toBe(4429);
    world().clock.pass(3_600_001);
    const { request } = await asking();
    expect(request.words).toHaveLength(3);
  });

  it('ends after five minutes without an answer', async () => {
    const { request, paired } = await asking();

    await world().pass(300_001);

    expect(await paired).toBe(4408);
    expect(await world().services.pairings.answer(world().actor(), request.id, true)).toBe('gone');
    expect(await world().services.pairings.open(world().actor())).toEqual([]);
  });

  it('is gone when the computer went away before the answer', async () => {
    const { agent, request, paired } = await asking();
    const expired = new Promise<void>((resolve) => {
      world().services.pairings.onChange((_, state) => {
        if (state === 'expired') resolve();
      });
    });
    agent.wire?.socket.terminate();
    await paired;
    await expired;

    expect(await world().services.pairings.answer(world().actor(), request.id, true)).toBe('gone');
  });
});

describe('a relay in between', () => {
  it('with a key of its own shows other words in Discord than the terminal does', async () => {
    const victim = pairingOf();
    const relay = pairingOf();
    const wire = await Wire.open(world().address);
    const request = nextRequest(world());
    wire.send(relay.start());
    const offer = (await wire.next()) as Buffer;
    victim.start();
    const toVictim = await victim.onFrame(offer);
    const toHub = await relay.onFrame(offer);
    if (!('send' in toHub) || !('words' in toVictim)) throw new Error('the pairing ended');
    wire.send(toHub.send);

    expect((await request).words).not.toEqual(toVictim.words);
  });

  it.each([
    ['white space', (reveal: string) => reveal.replace('{', '{ ')],
    [
      'the order of members',
      (reveal: string) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(reveal)).reverse())),
    ],
    ['the label', (reveal: string) => reveal.replace('"label":"x"', '"label":"y"')],
    ['the key', (reveal: string) => JSON.stringify({ ...JSON.parse(reveal), jwk: newKey().publicJwk })],
  ])('that changes %s of what was committed is refused', async (_, change) => {
    const pairing = pairingOf();
    const wire = await Wire.open(world().address);
    wire.send(pairing.start());
    const step = await pairing.onFrame((await wire.next()) as Buffer);
    if (!('send' in step)) throw new Error('the pairing ended');

    wire.send(change(step.send.toString()));

    expect(await wire.closed).toBe(4401);
    expect(await world().services.pairings.open(world().actor())).toEqual([]);
  });
});

describe('without a server of its own', () => {
  const anywhere = useHubWorld({ guild: undefined });

  it('the machine belongs to the server in which the owner answered', async () => {
    const agent = anywhere().newAgent();
    const request = nextRequest(anywhere());
    const paired = agent.pair();
    const actor = anywhere().actor({ guild: '888888888888888888' });

    expect(await anywhere().services.pairings.answer(actor, (await request).id, true)).toBe('paired');

    expect(await paired).toBe('paired');
    expect(agent.pins?.guild).toBe('888888888888888888');
    expect(await anywhere().services.machines.list(anywhere().actor())).toEqual([]);
  });
});

describe('an answer while Discord does not tell the account', () => {
  let answers = 0;
  const flaky = useHubWorld({
    usernameOf: async () => {
      answers++;
      if (answers === 1) throw new Error('Discord is down');
      return OWNER.username;
    },
  });

  it('is not used up: the owner presses again', async () => {
    const request = nextRequest(flaky());
    const paired = flaky().newAgent().pair();
    const { id } = await request;

    await expect(flaky().services.pairings.answer(flaky().actor(), id, true)).rejects.toThrow(
      'Discord is down',
    );

    expect(await flaky().services.pairings.answer(flaky().actor(), id, true)).toBe('paired');
    expect(await paired).toBe('paired');
  });
});
