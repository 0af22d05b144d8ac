import { randomBytes } from 'node:crypto';
import { type PublicJwk, thumbprint } from './keys.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
/** 32 bytes in the one spelling of base64url: the last two bits are zero. */
const BYTES_32 = '[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]';

/** Forms of the names in messages. */
export const FORMS = {
  bot: `^bt_${BYTES_32}$`,
  agent: `^ag_${UUID}$`,
  /** Also the idempotency key of a job. */
  job: `^job_${UUID}$`,
  command: `^cmd_${UUID}$`,
  connection: `^con_${UUID}$`,
  /** As `newRunId` in src/shared/ids.ts makes them. */
  run: '^run-[0-9]{8}-[0-9]{6}(-[0-9]{3})?-[0-9a-f]{4,16}$',
  /** A folder that was registered at the machine: a number, since the folder's name stays there. */
  root: '^root-[1-9][0-9]{0,2}$',
  /** Names a pairing of another machine; see pairing-code.ts. */
  pairingCode: '^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$',
  thumbprint: `^${BYTES_32}$`,
  nonce: `^${BYTES_32}$`,
  digest: '^[0-9a-f]{64}$',
  snowflake: '^[1-9][0-9]{16,19}$',
} as const;

/** The bot's name for ever: made of its first identity key, kept when that key is exchanged. */
export function botIdOf(first: PublicJwk): string {
  return `bt_${thumbprint(first)}`;
}

export function newAgentId(now: Date): string {
  return `ag_${uuidv7(now, randomBytes(10))}`;
}

export function newJobId(now: Date): string {
  return `job_${uuidv7(now, randomBytes(10))}`;
}

export function newCommandId(now: Date): string {
  return `cmd_${uuidv7(now, randomBytes(10))}`;
}

export function newConnectionId(now: Date): string {
  return `con_${uuidv7(now, randomBytes(10))}`;
}

/** RFC 9562 §5.7: milliseconds since 1970, then 74 of the 80 given random bits. */
function uuidv7(now: Date, random: Uint8Array): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(now.getTime(), 0, 6);
  bytes.set(random, 6);
  bytes[6] = 0x70 | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
