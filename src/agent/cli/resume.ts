import { ChannelHome } from '../channel/channel-home.ts';
import { endStandstill, standsStill } from '../channel/standstill.ts';
import type { Verb } from './verb.ts';

export const resume: Verb = {
  name: 'resume',
  summary: 'let the bot ask again, as the policy says',
  usage: '',
  options: {},
  arguments: 0,
  async run({ system, settings }) {
    const home = new ChannelHome(settings.home);
    const before = standsStill(system, home);
    endStandstill(system, home);
    const text = before ? 'The bot may ask again, as the policy says.' : 'Nothing was paused.';
    return { exit: 0, result: { paused: false }, text: [text] };
  },
};
