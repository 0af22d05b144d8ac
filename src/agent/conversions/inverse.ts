import type { Secret } from '../../shared/secret.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';

/**
 * The way back of a conversion: what the old installation would have to say for the new home to be as it is. Of several
 * files that could say it, it is the one that goes first.
 */
export type Inverse =
  | {
      /** One phrase for docs: what it gives back. */
      readonly about: string;
      give(home: NewHome): OldValue[];
    }
  /** Why there is nothing to give back. */
  | { readonly none: string };

/** What an inverse looks at. A map may be empty, or hold only a part of the file. */
export interface NewHome {
  /** config.yaml */
  readonly config: YamlMap;
  /** projects/registry.yaml */
  readonly registry: YamlMap;
  /** Of credentials.enc, by the names of their variables. */
  readonly secrets: ReadonlyMap<string, Secret>;
}

/** A key of the old installation: settings by their path in a YAML file, variables and secrets by their name in an env file. */
export interface OldValue {
  readonly file: string;
  readonly path: readonly string[];
  readonly value: YamlNode | Secret;
}

interface Invertible {
  readonly inverse: Inverse;
}

/** Everything that the conversions give back, each key once: what is specific goes before what was kept. */
export function invert(home: NewHome, conversions: readonly Invertible[]): OldValue[] {
  const given = new Map<string, OldValue>();
  for (const { inverse } of conversions) {
    for (const one of 'give' in inverse ? inverse.give(home) : []) {
      const key = JSON.stringify([one.file, one.path]);
      if (!given.has(key)) given.set(key, one);
    }
  }
  return [...given.values()];
}
