import { dirname } from 'node:path';
import type { Pins } from '../../protocol/agent-pairing.ts';
import { FORMS } from '../../protocol/ids.ts';
import { exportPrivate, importPrivate, isPublicJwk, type KeyPair } from '../../protocol/keys.ts';
import { MAX_NUMBER } from '../../protocol/limits.ts';
import { fits, list, object, oneOf, snowflake, text, whole } from '../../protocol/schema.ts';
import { parseStrictJson } from '../../protocol/strict-json.ts';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import { makeFolders, removeIfThere, writeFileAtomic } from '../files.ts';
import type { ReadSystem, System } from '../system.ts';
import { parseAddress } from './address.ts';

/** Who this computer is on the channel, and whom it listens to. */
export interface Identity extends Pins {
  readonly key: KeyPair;
  /** Address of the hub that it was paired over, as `--hub` takes it. */
  readonly hub: string;
}

const jwk = object({ kty: oneOf('OKP'), crv: oneOf('Ed25519'), x: text(FORMS.nonce) });

const FILE = object({
  schema: oneOf('awm/identity/1'),
  agent: text(FORMS.agent),
  /** A, PKCS #8 in PEM. */
  key: text('^-----BEGIN PRIVATE KEY-----\\n[A-Za-z0-9+/=\\n]+-----END PRIVATE KEY-----\\n$', 512),
  bot: object({ id: text(FORMS.bot), jwk, next: text(FORMS.thumbprint) }),
  app: snowflake,
  guild: snowflake,
  approvers: list(snowflake, 32, 1),
  epoch: whole(1, MAX_NUMBER),
  hub: text('^(unix:|wss?:).+$', 512),
});

/** Key and pins are one file, synced, 0600: there is never one without the other. */
export function writeIdentity(system: System, path: string, identity: Identity): void {
  const { key, agentId, botId, bot, next, app, guild, approvers, epoch, hub } = identity;
  const content = {
    schema: 'awm/identity/1',
    agent: agentId,
    key: exportPrivate(key, 'AGENT_KEY').reveal().toString('utf8'),
    bot: { id: botId, jwk: bot, next },
    app,
    guild,
    approvers,
    epoch,
    hub,
  };
  if (!fits(FILE, content)) throw new Error('the identity is not of its form');
  makeFolders(system, dirname(path));
  writeFileAtomic(system, path, `${JSON.stringify(content, null, 2)}\n`);
}

/**
 * Undefined where this computer is not paired.
 * @throws IDENTITY_UNUSABLE; its reason never holds any of the key
 */
export function readIdentity(system: ReadSystem, path: string): Identity | undefined {
  const stat = system.lstat(path);
  if (stat === undefined) return undefined;
  const unusable = (reason: string) => new AppError('IDENTITY_UNUSABLE', { path, reason }, { file: path });
  if (stat.kind !== 'file') throw unusable('it is no file');
  if (system.uid !== undefined && stat.uid !== system.uid) throw unusable('it belongs to another user');
  if (system.uid !== undefined && (stat.mode & 0o077) !== 0) throw unusable('other users may read it');
  const content = parseStrictJson(system.readFile(path));
  if (!fits(FILE, content) || !isPublicJwk(content.bot.jwk)) throw unusable('it is not what `pair` writes');
  try {
    parseAddress(content.hub);
    const { agent: agentId, bot, app, guild, approvers, epoch, hub } = content;
    const key = importPrivate(new Secret('AGENT_KEY', content.key));
    return { key, agentId, botId: bot.id, bot: bot.jwk, next: bot.next, app, guild, approvers, epoch, hub };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw unusable('it is not what `pair` writes');
  }
}

/** Forgets key and pins. Backups, their key, journals and the audit log stay. */
export function removeIdentity(system: System, path: string): void {
  removeIfThere(system, path);
  if (system.lstat(dirname(path)) !== undefined) system.syncFolder(dirname(path));
}
