import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ClaimedMachine, PairingRequest } from '../../services/services.ts';
import { AgentPairing } from '../../src/protocol/agent-pairing.ts';
import { newKey } from '../../src/protocol/keys.ts';
import { PAIRING, UNPROVEN } from '../../src/protocol/limits.ts';
import { GUILD, OWNER } from '../protocol/parties.ts';
import { useHubWorld } from './hub-world.ts';
import { type TestAgent, Wire } from './test-agent.ts';

const BEN = { id: '777777777777777777', username: 'ben' };
const EVE = { id: '666666666666666666', username: 'eve' };
const world = useHubWorld({
  listen: 'ws://127.0.0.1:0',
  usernameOf: async (user) => [OWNER, BEN, EVE].find(({ id }) => id === user)?.username,
});
const ben = () => world().actor({ user: BEN.id });
const eve = () => world().actor({ user: EVE.id });

interface Asking {
  readonly agent: TestAgent;
  readonly code: string;
  readonly paired: Promise<'paired' | number>;
}

/** A computer somewhere else that shows its code; `account` was typed at its terminal. */
async function asking(account = BEN.username): Promise<Asking> {
  const { promise: open, resolve } = Promise.withResolvers<void>();
  const stop = world().services.pairings.onChange((_, state) => {
    if (state === 'open') resolve();
  });
  const agent = world().newAgent();
  const paired = agent.pair(account);
  const code = await agent.code;
  await open;
  stop();
  return { agent, code, paired };
}

async function found(code: string, actor = ben()): Promise<PairingRequest> {
  const request = await world().services.pairings.byCode(actor, code);
  if (typeof request === 'string') throw new Error(request);
  return request;
}

async function claimed(request: PairingRequest, actor = ben()): Promise<ClaimedMachine> {
  const claim = await world().services.pairings.claim(actor, request.id);
  if (typeof claim === 'string') throw new Error(claim);
  return claim;
}

function wrong(digits: string): string {
  return digits === '000000' ? '000001' : '000000';
}

async function nobodyIsPaired(): Promise<void> {
  for (const actor of [ben(), eve(), world().actor()])
    expect(await world().services.machines.list(actor)).toEqual([]);
}

describe('pairing another machine', () => {
  it('goes by a code to Discord and by six digits back', async () => {
    const { agent, code, paired } = await asking();
    const request = await found(code.toLowerCase().replace('-', ' '));
    expect(request).toMatchObject({ from: 'elsewhere', osUser: 'ada', words: agent.words });

    const { digits, ended } = await claimed(request);
    agent.type(digits);

    expect(await paired).toBe('paired');
    expect(await ended).toBe('paired');
    expect(agent.pins).toMatchObject({ guild: GUILD, approvers: [BEN.id] });
    expect(await agent.connect()).toBe('proven');
    expect(await world().services.machines.list(ben())).toHaveLength(1);
    expect(await world().services.machines.list(world().actor())).toEqual([]);
  });

  it('takes a second try of the digits, and no third', async () => {
    const first = await asking();
    const one = await claimed(await found(first.code));
    first.agent.type(wrong(one.digits), `${one.digits.slice(0, 3)} ${one.digits.slice(3)}`);
    expect(await first.paired).toBe('paired');

    const second = await asking();
    const two = await claimed(await found(second.code));
    second.agent.type(wrong(two.digits), wrong(two.digits), two.digits);
    expect(await second.paired).toBe(4401);
    expect(await two.ended).toBe('gone');
    expect(second.agent.pins).toBeUndefined();
    expect(await world().services.machines.list(ben())).toHaveLength(1);
  });

  it('ends when a second account claims the code than was typed at the terminal', async () => {
    const { agent, code, paired } = await asking();

    const { ended } = await claimed(await found(code, eve()), eve());

    expect(await paired).toBe(4401);
    expect(await ended).toBe('gone');
    expect(agent.pins).toBeUndefined();
    await nobodyIsPaired();
  });

  it('lets one of two parallel claims win, and a code is good once', async () => {
    const { agent, code, paired } = await asking();
    const request = await found(code);

    const claims = await Promise.all([
      world().services.pairings.claim(ben(), request.id),
      world().services.pairings.claim(ben(), request.id),
    ]);

    const won = claims.filter((claim) => typeof claim === 'object');
    expect(won).toHaveLength(1);
    expect(claims).toContain('gone');
    expect(await world().services.pairings.byCode(ben(), code)).toBe('unknown');
    agent.type(won[0]?.digits ?? '');
    expect(await paired).toBe('paired');
  });

  it('shows its number again to who claimed it, and to nobody else', async () => {
    const { code } = await asking();
    const { id } = await found(code);
    const { digits } = await claimed(await found(code));

    expect(await world().services.pairings.claim(ben(), id)).toMatchObject({ digits });
    expect(await world().services.pairings.claim(eve(), id)).toBe('gone');
  });

  it('ends after seconds where the computer does not reveal what it committed to', async () => {
    const wire = await Wire.open(world().address);
    wire.send(pairingOf().start());
    await wire.next();

    await world().pass(5_001);

    expect(await wire.closed).toBe(4408);
  });

  it('can be refused, and not accepted without its digits', async () => {
    const { code, paired } = await asking();
    const { id } = await found(code);

    expect(await world().services.pairings.answer(ben(), id, true)).toBe('gone');
    expect(await world().services.pairings.answer(ben(), id, false)).toBe('refused');

    expect(await paired).toBe(4401);
    expect(await world().services.pairings.claim(ben(), id)).toBe('gone');
    await nobodyIsPaired();
  });

  it('is not to be seen or claimed in another server', async () => {
    const elsewhere = world().actor({ user: BEN.id, guild: '888888888888888888' });
    const { code } = await asking();

    expect(await world().services.pairings.byCode(elsewhere, code)).toBe('unknown');
    const { id } = await found(code);
    expect(await world().services.pairings.claim(elsewhere, id)).toBe('gone');
    expect(await world().services.pairings.open(ben())).toEqual([]);
  });

  it('ends after five minutes', async () => {
    const { code, paired } = await asking();
    const { id } = await found(code);

    await world().pass(PAIRING.totalMs + 1);

    expect(await paired).toBe(4408);
    expect(await world().services.pairings.byCode(ben(), code)).toBe('unknown');
    expect(await world().services.pairings.claim(ben(), id)).toBe('gone');
  });

  it('links no more machines than one account may have', async () => {
    await world().services.records.transaction(async ({ agents }) => {
      for (let n = 0; n < PAIRING.machinesPerUser; n++) {
        const { publicJwk, kid } = newKey();
        const id = `ag_018d0e6a-0000-7000-8000-00000000000${n}`;
        const scope = { guild: GUILD, owner: BEN.id };
        await agents.add({ id, ...scope, label: 'x', os: 'x', jwk: publicJwk, thumbprint: kid });
      }
    });
    const { code } = await asking();
    const { id } = await found(code);

    expect(await world().services.pairings.claim(ben(), id)).toBe('full');
  });

  it('keeps no code in the records, only what cannot be turned back', async () => {
    const { code } = await asking();

    const letters = code.replace('-', '');
    const rows = readFileSync(join(world().folder, 'data', 'bot.sqlite-wal')).toString('latin1');

    expect(rows).toContain('ada-laptop');
    expect(rows).not.toContain(code);
    expect(rows).not.toContain(letters);
  });
});

describe('guessing', () => {
  it('locks an account at the sixth try for ten minutes, the right code too, and nobody else', async () => {
    const { code } = await asking();
    for (let n = 0; n < PAIRING.codeTriesPerUser; n++)
      expect(await world().services.pairings.byCode(eve(), 'BBBB-BBBB')).toBe('unknown');

    expect(await world().services.pairings.byCode(eve(), code)).toBe('locked');
    expect(await world().services.pairings.byCode(ben(), code)).toMatchObject({ from: 'elsewhere' });
    world().clock.pass(PAIRING.codeTriesMs + 1);
    expect(await world().services.pairings.byCode(eve(), 'BBBB-BBBB')).toBe('unknown');
  });

  it('locks a server, then everybody, when many accounts try', async () => {
    const tryAs = (n: number, guild = GUILD) =>
      world().services.pairings.byCode(
        world().actor({ user: `7000000000000000${String(n).padStart(2, '0')}`, guild }),
        'BBBB-BBBB',
      );
    for (let n = 0; n < PAIRING.codeTriesPerGuild; n++) expect(await tryAs(n)).toBe('unknown');
    expect(await tryAs(50)).toBe('locked');

    for (let n = 0; n < PAIRING.codeTriesInAll - PAIRING.codeTriesPerGuild; n++)
      await tryAs(n % 99, `8000000000000000${String(n % 90).padStart(2, '0')}`);
    expect(await tryAs(98, '899999999999999999')).toBe('locked');
  });

  it('lets an address begin five pairings in a minute', async () => {
    const begin = async () => {
      const wire = await Wire.open(world().address);
      wire.send(pairingOf().start());
      const answered = await wire.next();
      if (answered === undefined) return await wire.closed;
      wire.socket.terminate();
      await wire.closed;
      return 'offered';
    };
    for (let n = 0; n < UNPROVEN.pairingsPerAddressPerMinute; n++) expect(await begin()).toBe('offered');

    expect(await begin()).toBe(4429);
    world().clock.pass(60_001);
    expect(await begin()).toBe('offered');
  });
});

describe('a relay between a computer and the bot', () => {
  it('with a pairing of its own leads to other digits than the terminal waits for', async () => {
    const victim = pairingOf();
    const relay = pairingOf();
    const wire = await Wire.open(world().address);
    wire.send(relay.start());
    const offer = (await wire.next()) as Buffer;
    victim.start();
    const toVictim = await victim.onFrame(offer);
    const toHub = await relay.onFrame(offer);
    if (!('words' in toVictim) || !('words' in toHub)) throw new Error('the pairing ended');
    const open = new Promise<void>((resolve) => {
      world().services.pairings.onChange(() => resolve());
    });
    wire.send(toHub.send);
    await open;

    const request = await found(toVictim.code ?? '');
    const { digits } = await claimed(request);

    expect(request.words).not.toEqual(toVictim.words);
    // The claim belongs to the relay's pairing, so that the victim's terminal does not even ask.
    expect(await victim.onFrame((await wire.next()) as Buffer)).toEqual({ close: 'AUTH_FAILED' });
    expect(digits).toMatch(/^\d{6}$/);
    await nobodyIsPaired();
  });
});

function pairingOf(): AgentPairing {
  const { clock } = world();
  const names = { label: 'x', os: 'Linux', user: 'ada', account: BEN.username };
  return new AgentPairing({ key: newKey(), ...names, sameMachine: false, clock });
}
