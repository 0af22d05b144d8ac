import { ChannelHome } from '../channel/channel-home.ts';
import { beginStandstill } from '../channel/standstill.ts';
import type { Verb } from './verb.ts';

export const pause: Verb = {
  name: 'pause',
  summary: 'refuse everything that the bot asks for, until `resume`; works without it',
  usage: '',
  options: {},
  arguments: 0,
  async run({ system, settings }) {
    beginStandstill(system, new ChannelHome(settings.home));
    return {
      exit: 0,
      result: { paused: true },
      text: [
        'From now on everything that the bot asks for is refused, also by an agent that is connected.',
        'What runs already goes on; `migration-agent migrate-status` shows it. `migration-agent resume` ends this.',
      ],
    };
  },
};
