import { accessSync, constants, existsSync, lstatSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defaultHubAddress, parseHubAddress } from '../../../services/hub/address.ts';
import { recoveryFileOf } from '../../../services/hub/identity.ts';
import { AppError } from '../../shared/errors.ts';
import type { BotConfig } from '../bot-config.ts';
import { error, type Finding, ok, warning } from './finding.ts';

/** DATA_DIR with keys and records, and the place where agents connect. Writes nothing. */
export function checkFolder(config: BotConfig): readonly Finding[] {
  return [checkDataDir(config), checkKeys(config), checkRecords(config), checkHub(config)];
}

function checkDataDir({ dataDir }: BotConfig): Finding {
  const mode = lstatSync(dataDir, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) return ok('data folder', 'it is made at the first start');
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return error('data folder', `${dataDir} cannot be written`, 'Give it to the user that runs the bot.');
  }
  return process.platform !== 'win32' && (mode & 0o077) !== 0
    ? warning('data folder', 'other users can look into it', `chmod 700 ${dataDir}`)
    : ok('data folder', 'only the bot can open it');
}

function checkKeys({ dataDir }: BotConfig): Finding {
  if (!existsSync(join(dataDir, 'identity'))) return ok('keys', 'they are made at the first start');
  const recovery = recoveryFileOf(dataDir);
  return existsSync(recovery)
    ? warning(
        'keys',
        'the only key that can replace a stolen one lies beside it',
        `Move ${recovery} to a safe place away from this computer.`,
      )
    : ok('keys', 'the key that replaces a stolen one is elsewhere');
}

function checkRecords({ dataDir }: BotConfig): Finding {
  const path = join(dataDir, 'bot.sqlite');
  if (!existsSync(path)) return ok('records', 'they are made at the first start');
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    const { quick_check: verdict } = database.prepare('PRAGMA quick_check').get() as { quick_check: string };
    database.close();
    if (verdict === 'ok') return ok('records', 'they are whole');
  } catch {
    // A file that SQLite cannot open at all is told the same way.
  }
  return error('records', `${path} is damaged`, 'Stop the bot and put back a copy of the file.');
}

function checkHub({ hubListen }: BotConfig): Finding {
  try {
    const address = hubListen ?? defaultHubAddress(process.env, homedir());
    parseHubAddress(address);
    return warning(
      'hub',
      `agents connect at ${address}: no other computer can, only this user on this one`,
      'Fine for a bot with one user. Computers of other people cannot be linked in this version.',
    );
  } catch (failure) {
    if (!(failure instanceof AppError)) throw failure;
    return error('hub', failure.message, failure.hint);
  }
}
