import { join } from 'node:path';
import { Secret } from '../../shared/secret.ts';
import { secretShapes } from '../credentials/secret-kinds.ts';
import type { ReadSystem } from '../system.ts';
import { mustNeverShow } from './known-secrets.ts';
import { readIfReachable } from './reachable.ts';
import type { FoundSecret } from './secrets.ts';
import type { Target } from './target.ts';

export interface HiddenValues {
  /** Every value that must not occur in clear anywhere: the secrets, those of the target, and the keys of both stores. */
  readonly knownValues: readonly Secret[];
  /** Those of them that are no everyday words: where one occurs in a name or in what is shown, it is a leak. */
  readonly neverShown: readonly Secret[];
}

/** The parts of a text that have the shape of a token. */
export function tokensIn(text: string): string[] {
  return [...secretShapes(text)].map(({ token }) => token);
}

/** All values that are looked for: in files, in names, and in what is shown. */
export function hiddenValues(
  system: ReadSystem,
  source: string,
  secrets: readonly FoundSecret[],
  target: Target,
  tokensInNames: readonly string[],
): HiddenValues {
  const stored = target.vault?.names().flatMap((name) => target.vault?.get(name) ?? []) ?? [];
  const masterKey = join(source, '.orch-global/security/master.key');
  const keys = [readIfReachable(system, masterKey), target.credentialsKey]
    .filter((key) => key !== undefined)
    .map((key) => new Secret('FERNET_KEY', key.toString('latin1').trim()));
  const inNames = tokensInNames.map((token) => new Secret('TOKEN_IN_A_NAME', token));
  const real = secrets.filter((secret) => !secret.placeholder);
  return {
    knownValues: [...real.map((secret) => secret.value), ...stored, ...keys, ...inNames],
    neverShown: [
      ...real.filter(({ value, from }) => mustNeverShow(value, from)).map(({ value }) => value),
      ...stored.filter((value) => mustNeverShow(value, 'store')),
      ...keys,
      ...inNames,
    ],
  };
}
