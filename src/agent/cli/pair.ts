import { AppError } from '../../shared/errors.ts';
import { addressText, hubAddresses } from '../channel/address.ts';
import { AuditLog } from '../channel/audit.ts';
import { ChannelHome } from '../channel/channel-home.ts';
import { Connection } from '../channel/connection.ts';
import { type Identity, readIdentity } from '../channel/identity.ts';
import { machineNames } from '../channel/machine-names.ts';
import { lockIdentity } from '../channel/only-one.ts';
import { pairOver } from '../channel/pairing.ts';
import { REAL_TIMERS } from '../channel/timers.ts';
import { shortPath } from '../paths.ts';
import { addRoot, type Root, readRoots } from '../roots.ts';
import { usualInstallations } from '../survey/locate.ts';
import { ask } from './ask.ts';
import type { Call, Verb } from './verb.ts';
import { facts } from './views/table.ts';

export const pair: Verb = {
  name: 'pair',
  summary: 'link this computer with a bot',
  usage: '[--hub ADDRESS] [--account NAME] [--root FOLDER]',
  options: {
    hub: { type: 'string', value: 'ADDRESS', about: 'where the bot listens (default: its usual sockets)' },
    account: {
      type: 'string',
      value: 'NAME',
      about: 'the Discord username (not the display name) that will control this computer',
    },
    root: { type: 'string', value: 'FOLDER', about: 'the installation to register (default: asks)' },
  },
  arguments: 0,
  async run(call) {
    const { system, settings, flags } = call;
    if (!call.terminal || call.yes || call.json) throw new AppError('TERMINAL_NEEDED');
    const home = new ChannelHome(settings.home);
    const lock = lockIdentity(system, home);
    try {
      const before = readIdentity(system, home.identity);
      if (before !== undefined) throw new AppError('ALREADY_PAIRED', { agent: before.agentId });
      const identity = await link(call, home);
      const audit = AuditLog.open(system, home.audit);
      audit.add({ what: 'paired', user: identity.approvers[0] ?? '' });
      audit.close();
      const roots = await chooseRoots(call, textFlag(flags['root']));
      return { exit: 0, result: resultOf(identity, roots), text: closing(call, roots) };
    } finally {
      lock.release();
    }
  },
};

async function link(call: Call, home: ChannelHome): Promise<Identity> {
  const { system, flags } = call;
  const addresses = hubAddresses(system, textFlag(flags['hub']));
  if (addresses.some(({ kind }) => kind !== 'unix'))
    throw new AppError('PAIRING_FAILED', {
      reason: 'this version links only the computer that the bot itself runs on, over its Unix socket',
    });
  const account = textFlag(flags['account']) ?? (await ask('Your Discord username (not the display name):'));
  if (account === '') throw new AppError('PAIRING_FAILED', { reason: 'no Discord username was given' });
  const connection = await Connection.openFirst(system, addresses);
  return await pairOver(connection, system, home.identity, {
    account,
    ...machineNames(system),
    timers: REAL_TIMERS,
    show: (words) => {
      call.say('');
      call.say(`The words:  ${words.join(' ')}`);
      call.say('');
      call.say(
        'Discord now asks the account that you named. Press there only if it shows the same three words.',
      );
    },
    claimed: ({ user, guild, app }) => {
      call.say('');
      for (const line of facts([
        ['Account', `${user.username} (${user.id})`],
        ['Server', guild],
        ['Application', app],
        ['Bot at', addressText(connection.address)],
      ]))
        call.say(line);
    },
    stopAsked: call.stopAsked,
  });
}

/** Nothing is registered that nobody picked. */
async function chooseRoots(call: Call, given: string | undefined): Promise<readonly Root[]> {
  const { system, settings } = call;
  if (given !== undefined) return [addRoot(system, settings.home, given)];
  const found = usualInstallations(system);
  if (found.length === 0) return readRoots(system, settings.home);
  call.say('');
  call.say('Installations found:');
  for (const [index, path] of found.entries()) call.say(`  ${index + 1}  ${shortPath(path, system.home)}`);
  const typed = await ask('Which may the bot look at? Numbers, or nothing for none:');
  const chosen = typed.split(/[\s,]+/).flatMap((number) => found[Number(number) - 1] ?? []);
  return chosen.map((path) => addRoot(system, settings.home, path));
}

function resultOf({ agentId, approvers, guild, app, hub }: Identity, roots: readonly Root[]): object {
  return { agent: agentId, account: approvers[0], guild, app, hub, roots };
}

function closing({ system }: Call, roots: readonly Root[]): string[] {
  const lines = roots.map(({ id, path }) => [id, shortPath(path, system.home)] as const);
  return [
    '',
    'This computer is linked.',
    ...(lines.length === 0 ? [] : ['', 'Folders that the bot may name', ...facts(lines)]),
    '',
    'Next',
    ...(lines.length === 0 ? ['  migration-agent roots add FOLDER'] : []),
    '  migration-agent connect   (stays connected until you stop it)',
  ];
}

export function textFlag(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
