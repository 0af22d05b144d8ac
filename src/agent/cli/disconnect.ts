import { AppError } from '../../shared/errors.ts';
import { ChannelHome } from '../channel/channel-home.ts';
import { lockIdentity } from '../channel/only-one.ts';
import type { System } from '../system.ts';
import type { Verb } from './verb.ts';
import { waitUntil } from './wait-until.ts';

/** Milliseconds that a running job gets to come to its next safe point. */
const END_MS = 60_000;

export const disconnect: Verb = {
  name: 'disconnect',
  summary: 'end the agent that is connected, wherever it runs',
  usage: '',
  options: {},
  arguments: 0,
  async run({ system, settings }) {
    const pid = holderOf(system, new ChannelHome(settings.home));
    if (pid === undefined || !system.endProcess(pid, 'SIGTERM'))
      return { exit: 0, result: { disconnected: false }, text: ['No agent is connected.'] };
    const ended = await waitUntil(system, END_MS, () => (system.isAlive(pid) ? undefined : 'ended'));
    const hasEnded = ended !== undefined;
    const text = hasEnded
      ? `The agent (process ${pid}) is not connected any more.`
      : `The agent (process ${pid}) was told to end, and still works up to its next safe point.`;
    return { exit: hasEnded ? 0 : 1, result: { disconnected: hasEnded, process: pid }, text: [text] };
  },
};

/** The process that holds the identity's lock; the lock of one that is gone heals itself. */
function holderOf(system: System, home: ChannelHome): number | undefined {
  try {
    lockIdentity(system, home).release();
    return undefined;
  } catch (error) {
    const pid =
      error instanceof AppError && error.code === 'AGENT_CONNECTED' ? error.params['pid'] : undefined;
    if (typeof pid !== 'number') throw error;
    return pid;
  }
}
