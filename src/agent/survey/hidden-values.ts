import { join } from 'node:path';
import { Secret } from '../../shared/secret.ts';
import { secretShapes } from '../credentials/secret-kinds.ts';
import type { ReadSystem } from '../system.ts';
import { mustNeverShow } from './known-secrets.ts';
import { readIfReachable } from './reachable.ts';
import type { FoundSecret } from './secrets.ts';
import type { Target } from './target.ts';

/** What is secret without being one of the installation's secrets. */
export interface OtherSecrets {
  readonly tokensInNames: readonly string[];
  readonly masterPassword: Secret | undefined;
}

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
  others: OtherSecrets,
): HiddenValues {
  const stored = target.vault?.names().flatMap((name) => target.vault?.get(name) ?? []) ?? [];
  const masterKey = join(source, '.orch-global/security/master.key');
  const keys = [readIfReachable(system, masterKey), target.credentialsKey]
    .filter((key) => key !== undefined)
    .map((key) => new Secret('FERNET_KEY', key.toString('latin1').trim()));
  const inNames = others.tokensInNames.map((token) => new Secret('TOKEN_IN_A_NAME', token));
  const real = secrets.filter((secret) => !secret.placeholder);
  const password = others.masterPassword === undefined ? [] : [others.masterPassword];
  const inShell = real.flatMap(({ inShell: value, from }) => (value ? [{ value, from }] : []));
  return {
    knownValues: [
      ...real.map((secret) => secret.value),
      ...inShell.map(({ value }) => value),
      ...stored,
      ...keys,
      ...password,
      ...inNames,
    ],
    neverShown: [
      ...[...real, ...inShell]
        .filter(({ value, from }) => mustNeverShow(value, from))
        .map(({ value }) => value),
      ...password.filter((value) => mustNeverShow(value, 'store')),
      ...stored.filter((value) => mustNeverShow(value, 'store')),
      ...keys,
      ...inNames,
    ],
  };
}
