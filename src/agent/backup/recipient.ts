import { AppError } from '../../shared/errors.ts';
import { safeText } from '../../shared/safe-text.ts';
import type { BackupIdentity } from './identity.ts';
import type { BackupRequest } from './request.ts';

const LETTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/**
 * The same text where it is the public key of an age identity (`age1…`, X25519), whose last six letters are a checksum.
 * @throws RECIPIENT_INVALID naming it, unless it could be a secret
 */
export function ageRecipient(text: string): string {
  const refuse = (reason: string, shown = safeText(text, 80)): never => {
    throw new AppError('RECIPIENT_INVALID', { recipient: shown, reason });
  };
  if (/^AGE-(SECRET|PLUGIN)/i.test(text))
    return refuse('it is the secret key; its public key is wanted, as age-keygen -y prints it', 'AGE-…');
  if (/^ssh-/.test(text)) return refuse('keys of ssh are not taken', 'ssh-…');
  if (!text.startsWith('age1')) return refuse('it does not begin with age1');
  if (!/^age1[02-9ac-hj-np-z]{58}$/.test(text))
    return refuse('it is not 62 letters and digits as age-keygen prints them');
  if (!hasChecksum(text)) return refuse('a letter of it is wrong or missing: its checksum does not fit');
  return text;
}

/** All that a backup is encrypted for. The own key first; a further one that is the same is no further one. */
export function recipientsOf(
  request: Pick<BackupRequest, 'recipients'>,
  identity: Pick<BackupIdentity, 'recipient'>,
): readonly string[] {
  return [...new Set([identity.recipient, ...(request.recipients ?? [])])];
}

/** Bech32 (BIP 173): the remainder over the prefix and all letters is 1. */
function hasChecksum(text: string): boolean {
  const prefix = [...'age'].map((letter) => letter.charCodeAt(0));
  const data = [...text.slice(4)].map((letter) => LETTERS.indexOf(letter));
  const values = [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...data];
  let remainder = 1;
  for (const value of values) {
    const top = remainder >>> 25;
    remainder = ((remainder & 0x1ffffff) << 5) ^ value;
    for (const [bit, factor] of GENERATOR.entries()) if ((top >>> bit) & 1) remainder ^= factor;
  }
  return remainder === 1;
}
