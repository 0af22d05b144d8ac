import { quoted, scalar } from '../yaml/build.ts';
import type { YamlNode, YamlScalar } from '../yaml/yaml-node.ts';

/**
 * How a legacy value becomes a value of the package. `rejected` says why it cannot be used as it is; `nearest` is the
 * closest value that could be, `choices` are all that could be where they are few.
 */
export type Reading =
  | { readonly kind: 'same' | 'renamed'; readonly node: YamlNode }
  | {
      readonly kind: 'rejected';
      readonly why: string;
      readonly nearest: YamlScalar | undefined;
      readonly choices?: readonly YamlScalar[];
    }
  /** Nothing is stated: null or an empty text. */
  | { readonly kind: 'nothing' };

export type Reader = (node: YamlNode) => Reading;

/** Any value, as it is. */
export const asIs: Reader = (node) => ({ kind: 'same', node });

/** Text such as a name; a number is written the way the file spells it. */
export const text: Reader = scalarReader((node) =>
  node.type === 'text' ? { kind: 'same', node } : { kind: 'renamed', node: quoted(node.source) },
);

/** A Discord id: always text afterwards, since Python and YAML would make a number of it. */
export const identifier: Reader = scalarReader((node) => {
  const digits = node.type === 'integer' ? String(node.value) : String(node.value).trim();
  return { kind: node.type === 'text' ? 'same' : 'renamed', node: quoted(digits) };
});

export const yesNo: Reader = scalarReader((node) =>
  node.type === 'boolean'
    ? { kind: 'same', node: scalar(node.value as boolean) }
    : {
        kind: 'rejected',
        why: 'is neither true nor false',
        nearest: undefined,
        choices: [scalar(true), scalar(false)],
      },
);

/** One of a few words; `aliases` are other spellings that mean one of them. Letter case does not matter. */
export function oneOf(words: readonly string[], aliases: Readonly<Record<string, string>> = {}): Reader {
  return scalarReader((node) => {
    const given = String(node.value);
    if (words.includes(given)) return { kind: 'same', node };
    const folded = given.toLowerCase();
    const alias = Object.hasOwn(aliases, folded) ? aliases[folded] : undefined;
    const word = words.find((one) => one.toLowerCase() === folded) ?? alias;
    if (word !== undefined) return { kind: 'renamed', node: scalar(word) };
    return {
      kind: 'rejected',
      why: `is not one of ${words.join(', ')}`,
      nearest: undefined,
      choices: words.map((one) => scalar(one)),
    };
  });
}

/** A whole number from `least` to `most`. */
export function within(least: number, most: number): Reader {
  return scalarReader((node) => {
    const number = wholeNumber(node);
    if (number === undefined) return { kind: 'rejected', why: 'is not a whole number', nearest: undefined };
    if (number >= BigInt(least) && number <= BigInt(most)) {
      return {
        kind: node.type === 'integer' ? 'same' : 'renamed',
        node: node.type === 'integer' ? node : scalar(number),
      };
    }
    const nearest = scalar(number < BigInt(least) ? least : most);
    return { kind: 'rejected', why: `is not between ${least} and ${most}`, nearest };
  });
}

/** A list of texts. */
export const list: Reader = (node) =>
  node.kind === 'list'
    ? { kind: 'same', node }
    : { kind: 'rejected', why: 'is not a list', nearest: undefined };

function wholeNumber(node: YamlScalar): bigint | undefined {
  if (node.type === 'integer') return node.value as bigint;
  return node.type === 'text' && /^\d{1,15}$/.test(String(node.value))
    ? BigInt(String(node.value))
    : undefined;
}

function scalarReader(read: (node: YamlScalar) => Reading): Reader {
  return (node) => {
    if (node.kind !== 'scalar') return { kind: 'rejected', why: 'is not a single value', nearest: undefined };
    if (node.type === 'null' || node.value === '') return { kind: 'nothing' };
    return read(node);
  };
}
