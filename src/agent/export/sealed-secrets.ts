import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import type { Survey } from '../survey/survey.ts';
import { realSecrets, type SecretNames } from './names.ts';

const SCHEMA = 'awm/export-values/1';

/**
 * The values of all secrets by their numbers, encrypted with the passphrase; the standard age tool opens it as well
 * (age-encryption.org/v1, scrypt).
 */
export async function sealSecrets(
  survey: Pick<Survey, 'secrets'>,
  names: SecretNames,
  passphrase: Secret,
): Promise<Buffer> {
  const { Encrypter } = await import('age-encryption');
  const numbers = new Map(names.named.map(({ item, number }) => [item, number]));
  const values = realSecrets(survey).map(
    ({ item, value }) => [numbers.get(item), value.reveal().toString('base64')] as const,
  );
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase.reveal().toString('utf8'));
  const plain = JSON.stringify({ schema: SCHEMA, values: Object.fromEntries(values) });
  return Buffer.from(await encrypter.encrypt(plain));
}

/** The values by their numbers. @throws EXPORT_PASSPHRASE_WRONG also for a file that was altered */
export async function openSecrets(sealed: Buffer, passphrase: Secret): Promise<ReadonlyMap<number, Secret>> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase.reveal().toString('utf8'));
  try {
    const plain = await decrypter.decrypt(sealed, 'text');
    const { values } = JSON.parse(plain) as { readonly values: Readonly<Record<string, string>> };
    return new Map(
      Object.entries(values).map(([number, value]) => [
        Number(number),
        new Secret(`EXPORTED_${number}`, Buffer.from(value, 'base64')),
      ]),
    );
  } catch {
    throw new AppError('EXPORT_PASSPHRASE_WRONG');
  }
}
