import { kindOfSecret } from '../credentials/secret-kinds.ts';
import { placeOf } from '../survey/finding.ts';
import type { FoundSecret } from '../survey/secrets.ts';

/** One secret as it may be shown at the machine: what it is and where, not what it says. */
export interface CredentialFacts {
  readonly name: string;
  readonly provider: string;
  readonly type: string;
  /** Bytes. */
  readonly length: number;
  /** First digits of a keyed hash, other ones in each process: equal for the same value. */
  readonly fingerprint: string;
  /** `file:line` of each place that has this value under this name; the one that counts comes first. */
  readonly places: readonly string[];
  /** Other names that have the same value. */
  readonly same_as: readonly string[];
}

/** Every secret once for each name and value, in the order of precedence. Placeholders are none. */
export function credentialFacts(secrets: readonly FoundSecret[]): CredentialFacts[] {
  const real = secrets.filter(({ placeholder }) => !placeholder).sort((a, b) => a.precedence - b.precedence);
  const byValue = Map.groupBy(real, ({ value }) => value.fingerprint);
  const groups = Map.groupBy(real, ({ variable, value }) => `${variable} ${value.fingerprint}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { variable, value } = first;
    const { provider, type } = kindOfSecret(variable, value);
    const others = byValue.get(value.fingerprint) ?? [];
    return {
      name: variable,
      provider,
      type,
      length: value.length,
      fingerprint: value.fingerprint,
      places: group.map(placeOf),
      same_as: [...new Set(others.map((one) => one.variable))].filter((name) => name !== variable),
    };
  });
}
