import { randomInt } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import {
  type BackupIdentity,
  identityPath,
  loadOrCreateIdentity,
  requireIdentity,
} from '../../backup/identity.ts';
import { KIT_FILE, KIT_WORDS, newPassphrase, sealKit, writeKit } from '../../backup/recovery-kit.ts';
import { makeFolders } from '../../files.ts';
import { shortPath } from '../../paths.ts';
import { askOrEnd } from '../ask.ts';
import { askHidden } from '../ask-hidden.ts';
import type { Answer, Call } from '../verb.ts';
import { facts } from '../views/table.ts';
import { showOnce } from './show-once.ts';

/** `backups recovery-kit`: the key of this machine's backups, wrapped with a passphrase that is shown once. */
export async function recoveryKit(call: Call): Promise<Answer> {
  const { system, settings, flags } = call;
  // `--yes` never stands for writing seven words down.
  if (!call.terminal || call.json || call.yes) throw new AppError('KIT_NEEDS_TERMINAL');
  const identity = await requireIdentity(system, identityPath(settings.home.path));
  const to = typeof flags['to'] === 'string' ? resolve(system.cwd, flags['to']) : undefined;
  const path = await makeKit(call, identity, to);
  if (path === undefined)
    return { exit: 0, result: { outcome: 'declined' }, text: ['No recovery kit was written.'] };
  const text = [
    '',
    ...facts([
      ['Recovery kit', shortPath(path, system.home)],
      ['Opens', `backups made for ${identity.recipient}`],
      ['Strength', `${KIT_WORDS} words, ${KIT_WORDS * 11} bits`],
    ]),
    '',
    'Keep a copy of the file on another device; the words apart from it.',
    'To use it: migration-agent restore-migration-backup --kit FILE, or age -d -i FILE credentials.age',
  ];
  return { exit: 0, result: { outcome: 'written', path, recipient: identity.recipient }, text };
}

/**
 * Asks whether a recovery kit is wanted, and makes it beside the backups. For guided mode: only on a terminal.
 * Returns its path; undefined where it was not wanted, or there is one already.
 * @throws what `makeKit` throws
 */
export async function offerRecoveryKit(call: Call): Promise<string | undefined> {
  const { system, settings } = call;
  if (!call.terminal || call.json || call.yes) return undefined;
  if (system.lstat(join(settings.backups, KIT_FILE)) !== undefined) return undefined;
  call.say('If this computer is lost, its backups open only with a recovery kit: a file and seven words.');
  if (!(await call.confirm('Make a recovery kit now?'))) return undefined;
  return makeKit(call, await loadOrCreateIdentity(system, settings.home.path), undefined);
}

/**
 * Shows a passphrase once, has two of its words typed, and only then writes the kit. Returns its path; undefined where
 * a kit is there and stays, or the person broke off.
 * @throws KIT_PLACE, KIT_NOT_CONFIRMED
 */
async function makeKit(
  call: Call,
  identity: BackupIdentity,
  to: string | undefined,
): Promise<string | undefined> {
  const { system, settings } = call;
  const path = to ?? join(settings.backups, KIT_FILE);
  if (to === undefined) makeFolders(system, settings.backups);
  refusePlace(call, path);
  if (system.lstat(path) !== undefined) {
    call.say(`There is a file already: ${shortPath(path, system.home)}. Its passphrase ends with it.`);
    if (!(await isYes('Replace it? [y/N]'))) return undefined;
  }
  const passphrase = newPassphrase();
  const read = await showOnce(linesOf(passphrase), 'Press Enter when all seven are written down.');
  if (!read) return undefined;
  if (!(await isConfirmed(passphrase))) throw new AppError('KIT_NOT_CONFIRMED');
  call.say('Encrypting and trying the kit …');
  writeKit(system, path, await sealKit(identity, passphrase));
  return path;
}

function refusePlace({ system }: Call, path: string): void {
  const refuse = (reason: string) => {
    throw new AppError('KIT_PLACE', { path, reason });
  };
  if (system.stat(dirname(path))?.kind !== 'folder') refuse('there is no such folder');
  const { kind } = system.lstat(path) ?? {};
  if (kind !== undefined && kind !== 'file') refuse(`a ${kind} is there`);
}

function linesOf(passphrase: Secret): string[] {
  const text = passphrase.reveal().toString('utf8');
  return [
    'The passphrase of your recovery kit. It is shown this once and kept nowhere.',
    '',
    ...text.split('-').map((word, at) => `  ${at + 1}  ${word}`),
    '',
    'For the age tool, type the words with hyphens between them.',
    '',
  ];
}

/** Two of the words, by their places, are typed as they were shown; not echoed, so that none is left to scroll back to. */
async function isConfirmed(passphrase: Secret): Promise<boolean> {
  const words = passphrase.reveal().toString('utf8').split('-');
  const first = randomInt(KIT_WORDS);
  const second = (first + 1 + randomInt(KIT_WORDS - 1)) % KIT_WORDS;
  for (const place of [first, second]) {
    const typed = await askHidden(`Word ${place + 1}:`, 'RECOVERY_PASSPHRASE');
    if (typed?.reveal().toString('utf8').trim().toLowerCase() !== words[place]) return false;
  }
  return true;
}

async function isYes(question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await askOrEnd(question)) ?? '');
}
