import { PAIRING } from '../../protocol/limits.ts';
import type { PairClaimed } from '../../protocol/pairing-frames.ts';
import { AppError } from '../../shared/errors.ts';
import { addressText, type HubAddress, hubAddresses, parseAddress } from '../channel/address.ts';
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
import { ask, askOrEnd } from './ask.ts';
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
      const identity = await linkAndNote(call, home);
      const roots = await chooseRoots(call, textFlag(flags['root']));
      return { exit: 0, result: resultOf(identity, roots), text: closing(call, roots) };
    } finally {
      lock.release();
    }
  },
};

/** The log is opened first, so that one that is damaged stops it before anything is linked. */
async function linkAndNote(call: Call, home: ChannelHome): Promise<Identity> {
  const audit = AuditLog.open(call.system, home.audit);
  try {
    const identity = await link(call, home);
    audit.add({ what: 'paired', user: identity.approvers[0] ?? '' });
    return identity;
  } finally {
    audit.close();
  }
}

async function link(call: Call, home: ChannelHome): Promise<Identity> {
  const { system, flags } = call;
  const addresses = await addressesToTry(call, textFlag(flags['hub']));
  for (const line of GRANTED) call.say(line);
  const account = textFlag(flags['account']) ?? (await ask('Your Discord username (not the display name):'));
  if (account === '') throw new AppError('PAIRING_FAILED', { reason: 'no Discord username was given' });
  const connection = await Connection.openFirst(system, addresses);
  return await pairOver(connection, system, home.identity, {
    account,
    ...machineNames(system),
    timers: REAL_TIMERS,
    show: ({ words, code, bot }) => {
      const whose = facts([
        ['Bot at', addressText(connection.address)],
        ['Bot', bot.botId],
        ['Application', bot.app],
      ]);
      const shown = [...(code === null ? [] : [`The code:   ${code}`]), `The words:  ${words.join(' ')}`];
      const next = code === null ? ASKED : typeTheCode(code);
      for (const line of ['', ...whose, '', ...shown, '', ...next]) call.say(line);
    },
    claimed: (claim) => {
      if (connection.address.kind === 'unix') sayWho(call, claim);
    },
    digits: async (claim, triesLeft, signal) => {
      if (triesLeft === PAIRING.digitTries) sayWho(call, claim);
      else call.say('Those are not the digits that Discord shows.');
      for (;;) {
        const typed = await askOrEnd('The six digits that Discord shows you:', signal);
        if (typed === undefined) throw new AppError('PAIRING_FAILED', { reason: 'it was stopped here' });
        if (typed !== '') return typed;
      }
    },
    stopAsked: call.stopAsked,
  });
}

/** Without an address: the bot of this computer if there is one, else the one that is typed. */
async function addressesToTry(
  { system, say }: Call,
  given: string | undefined,
): Promise<readonly HubAddress[]> {
  const usual = hubAddresses(system, given);
  const isThere = ({ kind, ...rest }: HubAddress) =>
    kind !== 'unix' || ('path' in rest && system.lstat(rest.path) !== undefined);
  if (given !== undefined || system.env['MIGRATION_HUB'] || usual.some(isThere)) return usual;
  say('No bot runs on this computer. `/machine setup` in Discord shows the address of yours.');
  const typed = await ask('Address of the bot (wss://…):');
  if (typed === '') throw new AppError('PAIRING_FAILED', { reason: 'no address was given' });
  return [parseAddress(typed)];
}

const GRANTED = [
  '',
  'Linking lets one Discord account ask this computer, through that bot,',
  '  to look at the folders that you pick next, and to tell counts, versions and codes of them;',
  '  to migrate and to roll back, each time only by a plan that the account approved.',
  'It lets nobody run commands, open files of their choice, or see a secret. `migration-agent unpair` ends it.',
  '',
];

const ASKED = [
  'Discord now asks the account that you named. Press there only if it shows the same three words.',
];

function typeTheCode(code: string): string[] {
  return [
    `In Discord, as the account that you named, type:  /machine pair code:${code}`,
    'Go on there only if it shows the same three words. It then shows six digits, which are asked for here.',
    'The code is good for five minutes.',
  ];
}

function sayWho(call: Call, { user, guild }: PairClaimed): void {
  const lines = facts([
    ['Account', `${user.username} (${user.id})`],
    ['Server', guild],
  ]);
  for (const line of ['', ...lines]) call.say(line);
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
    '  migration-agent connect            (until you stop it)',
    '  migration-agent connect --detach   (in the background)',
  ];
}

export function textFlag(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
