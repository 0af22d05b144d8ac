import { accessSync, constants, existsSync, lstatSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defaultHubAddress, parseHubAddresses } from '../../../services/hub/address.ts';
import { recoveryFileOf } from '../../../services/hub/identity.ts';
import { parsePublicUrl } from '../../../services/hub/public-url.ts';
import { readTlsFiles } from '../../../services/hub/tls-files.ts';
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

function checkHub(config: BotConfig): Finding {
  try {
    return hubFinding(config);
  } catch (failure) {
    if (!(failure instanceof AppError)) throw failure;
    return error('hub', failure.message, failure.hint);
  }
}

/** @throws HUB_ADDRESS_INVALID, HUB_TLS_UNUSABLE */
function hubFinding({ hubListen, hubPublicUrl, hubTrustProxy, hubTls }: BotConfig): Finding {
  const listens = hubListen ?? defaultHubAddress(process.env, homedir());
  const kinds = parseHubAddresses(listens).map(({ kind }) => kind);
  if (hubPublicUrl === undefined)
    return warning(
      'hub',
      `agents connect at ${listens}: no other computer can`,
      'Fine for a bot with one user. For others set HUB_PUBLIC_URL to wss://HOST, and put a proxy that ends TLS in front of HUB_LISTEN (ws://127.0.0.1:PORT), or give the hub a certificate of its own (wss://ADDRESS:PORT, HUB_TLS_CERTIFICATE, HUB_TLS_KEY).',
    );
  const { url } = parsePublicUrl(hubPublicUrl);
  if (kinds.every((kind) => kind === 'unix'))
    return error(
      'hub',
      `HUB_PUBLIC_URL is ${url}, but the hub listens only at ${listens}`,
      'Add ws://127.0.0.1:PORT for a proxy, or wss://ADDRESS:PORT, to HUB_LISTEN.',
    );
  if (kinds.includes('tls')) {
    if (hubTls === undefined)
      return error('hub', 'wss:// needs a certificate', 'Set HUB_TLS_CERTIFICATE and HUB_TLS_KEY.');
    readTlsFiles(hubTls);
    if (process.platform !== 'win32' && (lstatSync(hubTls.key).mode & 0o077) !== 0)
      return warning('hub', `other users can read ${hubTls.key}`, `chmod 600 ${hubTls.key}`);
  } else if (hubTrustProxy.length === 0)
    return warning(
      'hub',
      'all computers behind the proxy count as one, so that few can link at a time',
      'Set HUB_TRUST_PROXY to the address that the proxy connects from, such as 127.0.0.1.',
    );
  return ok('hub', `other computers connect at ${url}`);
}
