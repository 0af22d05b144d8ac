import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/agent/channel/address.ts';
import { Connection } from '../../../src/agent/channel/connection.ts';
import { readIdentity } from '../../../src/agent/channel/identity.ts';
import { type PairingRequest, pairOver } from '../../../src/agent/channel/pairing.ts';
import { REAL_TIMERS } from '../../../src/agent/channel/timers.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { APP, B, BOT, GUILD, N, OWNER } from '../../protocol/parties.ts';
import { MovableClock } from './linked-agent.ts';
import { TestHub } from './test-hub.ts';

describe('linking a computer over the socket of a bot on the same machine', () => {
  const folder = useTempFolder();
  let hub: TestHub;
  const identityPath = () => join(folder(), 'agent', 'channel', 'identity.json');

  beforeEach(async () => {
    hub = await TestHub.start(join(folder(), 'bot'), new MovableClock());
  });
  afterEach(() => hub.stop());

  const pair = async (changes: Partial<PairingRequest> = {}) => {
    const system = systemAt(folder());
    const connection = await Connection.open(system, parseAddress(hub.address));
    return await pairOver(connection, system, identityPath(), {
      account: OWNER.username,
      label: 'ada-laptop',
      os: 'Debian GNU/Linux 13',
      user: 'ada',
      timers: REAL_TIMERS,
      show: () => {},
      claimed: () => {},
      digits: async () => '',
      stopAsked: () => false,
      ...changes,
    });
  };

  it('writes the pins and the key before the bot hears of it, and shows the words of the bot', async () => {
    const words: string[] = [];
    hub.answer = (question) => {
      words.push(question.words.join(' '));
      return OWNER;
    };
    const identity = await pair({ show: (shown) => words.push(shown.words.join(' ')) });
    expect(identity).toMatchObject({
      agentId: hub.agent?.id,
      botId: BOT,
      bot: B.publicJwk,
      next: N.kid,
      app: APP,
      guild: GUILD,
      approvers: [OWNER.id],
      epoch: 1,
      hub: hub.address,
    });
    expect(readIdentity(systemAt(folder()), identityPath())?.key.kid).toBe(identity.key.kid);
    expect(words[0]).toBe(words[1]);
  });

  it.each<[string, Partial<PairingRequest>, TestHub['answer']]>([
    ['another account answers than was typed', { account: 'somebody' }, () => OWNER],
    ['the owner refuses in Discord', {}, () => undefined],
    ['somebody here stops it', { stopAsked: () => true }, undefined],
    [
      'nobody answers in time',
      { timers: { after: (ms, run) => REAL_TIMERS.after(ms === 300_000 ? 0 : ms, run) } },
      undefined,
    ],
  ])('keeps nothing when %s', async (_name, changes, answer) => {
    hub.answer = answer;
    await expect(pair(changes)).rejects.toMatchObject({ code: 'PAIRING_FAILED' });
    expect(existsSync(dirname(identityPath()))).toBe(false);
  });
});
