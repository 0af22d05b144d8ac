import { AppError } from '../../shared/errors.ts';
import { AuditLog } from '../channel/audit.ts';
import { ChannelHome } from '../channel/channel-home.ts';
import { type Identity, readIdentity, removeIdentity } from '../channel/identity.ts';
import { lockIdentity } from '../channel/only-one.ts';
import type { Call, Verb } from './verb.ts';

export const unpair: Verb = {
  name: 'unpair',
  summary: 'end the link with the bot; works without it',
  usage: '',
  options: {},
  arguments: 0,
  async run(call) {
    const { system, settings } = call;
    const home = new ChannelHome(settings.home);
    if (system.lstat(home.identity) === undefined)
      return { exit: 0, result: { unpaired: false }, text: ['This computer is not linked with a bot.'] };
    const agree = await call.confirm('End the link with the bot? Backups, journals and the log stay.');
    if (!agree) return { exit: 0, result: { unpaired: false }, text: ['Nothing was changed.'] };
    const lock = lockIdentity(system, home);
    try {
      const identity = identityIfUsable(call, home);
      removeIdentity(system, home.identity);
      const audit = AuditLog.open(system, home.audit);
      audit.add({ what: 'unpaired' });
      audit.close();
      const agent = identity === undefined ? {} : { agent: identity.agentId };
      const text = [
        'The link is ended: the key and everything that was pinned are removed.',
        'In Discord, `/machine revoke` takes this computer off the list.',
      ];
      return { exit: 0, result: { unpaired: true, ...agent }, text };
    } finally {
      lock.release();
    }
  },
};

/** A damaged identity must not stop anybody from removing it. */
function identityIfUsable({ system }: Call, home: ChannelHome): Identity | undefined {
  try {
    return readIdentity(system, home.identity);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
