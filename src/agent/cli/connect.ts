import { AppError } from '../../shared/errors.ts';
import { safeText } from '../../shared/safe-text.ts';
import { hubAddresses } from '../channel/address.ts';
import { ChannelHome } from '../channel/channel-home.ts';
import { ConnectedAgent } from '../channel/connected-agent.ts';
import { readIdentity } from '../channel/identity.ts';
import { lockIdentity } from '../channel/only-one.ts';
import { standsStill } from '../channel/standstill.ts';
import { REAL_TIMERS } from '../channel/timers.ts';
import { readRoots } from '../roots.ts';
import { detach } from './detach.ts';
import { textFlag } from './pair.ts';
import type { Call, Verb } from './verb.ts';

/** Milliseconds between two looks whether somebody asked to stop. */
const LOOK_MS = 200;

export const connect: Verb = {
  name: 'connect',
  summary: 'stay connected with the bot, and say what it asks for',
  usage: '[--hub ADDRESS] [--detach] [--allow-root]',
  options: {
    hub: { type: 'string', value: 'ADDRESS', about: 'where the bot listens (default: where it was linked)' },
    detach: { type: 'boolean', about: 'in the background, until the last look after a migration' },
    'until-settled': { type: 'boolean', about: 'end by itself after the last look after a migration' },
    'allow-root': { type: 'boolean', about: 'run as root; then only what belongs to root is written' },
  },
  arguments: 0,
  async run(call) {
    const { system, settings, flags } = call;
    if (flags['offline'] === true)
      throw new AppError('USAGE', { problem: 'connect needs the network', verb: 'connect' });
    const home = new ChannelHome(settings.home);
    const identity = readIdentity(system, home.identity);
    if (identity === undefined) throw new AppError('NOT_PAIRED');
    if (system.uid === 0 && flags['allow-root'] !== true) throw new AppError('RUNS_AS_ROOT');
    const lock = lockIdentity(system, home);
    if (flags['detach'] === true) {
      lock.release();
      return detach(call, optionsOf(call));
    }
    try {
      const agent = new ConnectedAgent({
        system,
        settings,
        identity,
        addresses: hubAddresses(system, textFlag(flags['hub']), identity.hub),
        notices: { notice: (line) => tell(call, line) },
        timers: REAL_TIMERS,
        random: Math.random,
        untilSettled: flags['until-settled'] === true,
      });
      const roots = readRoots(system, settings.home).map(({ id }) => id);
      call.say(
        `This computer is ${identity.agentId}. It listens to the Discord account ${identity.approvers.join(', ')}.`,
      );
      call.say(
        `Folders that may be named: ${roots.join(', ') || 'none; see `migration-agent roots add FOLDER`'}`,
      );
      call.say(
        standsStill(system, home)
          ? 'Everything is refused until `migration-agent resume`. Ctrl-C ends it.'
          : 'Everything that is asked for appears here. Ctrl-C ends it.',
      );
      const ended = await untilStopped(call, agent);
      const text =
        ended === 'stopped' ? ['Not connected any more.'] : ['Another agent has taken over this connection.'];
      return { exit: 0, result: { agent: identity.agentId, ended }, text };
    } finally {
      lock.release();
    }
  },
};

/** What an agent in the background is given as this call was. */
function optionsOf({ flags }: Call): string[] {
  const hub = textFlag(flags['hub']);
  return [
    ...(hub === undefined ? [] : ['--hub', hub]),
    ...(flags['allow-root'] === true ? ['--allow-root'] : []),
  ];
}

async function untilStopped(call: Call, agent: ConnectedAgent): Promise<'stopped' | 'replaced'> {
  const looking = setInterval(() => {
    if (!call.stopAsked()) return;
    clearInterval(looking);
    void agent.stop();
  }, LOOK_MS);
  try {
    return (await agent.run()) === 'stopped' ? 'stopped' : 'replaced';
  } finally {
    clearInterval(looking);
  }
}

function tell(call: Call, line: string): void {
  const safe = safeText(line);
  call.progress({ type: 'notice', line: safe });
  call.say(`[${call.system.now().toTimeString().slice(0, 8)}] ${safe}`);
}
