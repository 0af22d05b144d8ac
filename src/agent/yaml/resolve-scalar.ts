import { pythonFloat, pythonInteger } from './python-number.ts';
import { looksLikeTimestamp, timestampIdentity } from './timestamp.ts';
import type { ScalarType, YamlScalar } from './yaml-node.ts';

/**
 * Which type an untagged plain scalar has for PyYAML 6.0 (the implicit resolvers of its `resolver.py`):
 * - booleans are yes/no, on/off and true/false in three spellings each; `y` and `n` are text;
 * - `022` is octal, `0o22` is text, `1:30` is 90, `1_000` is 1000;
 * - a float needs a point, and its exponent needs a sign: `1e3` and `1.0e3` are text; so is `-.5`;
 * - `=`, and `!`, `&` or `*` in quotes after the tag `!`, are types that `safe_load` cannot construct;
 * - `<<` alone is a merge key.
 */
export type ImplicitType = ScalarType | 'merge' | 'value' | 'yaml';

const PATTERNS: readonly (readonly [ImplicitType, RegExp])[] = [
  ['null', /^(?:~|null|Null|NULL|)$/],
  ['boolean', /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/],
  ['integer', /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/],
  [
    'float',
    /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  ],
  ['merge', /^<<$/],
  ['value', /^=$/],
  ['yaml', /^[!&*]$/],
];

/** The type that PyYAML gives a plain scalar of this text. */
export function implicitType(text: string): ImplicitType {
  // Python's `$` also matches before a final line feed; only `! "…\n"` can bring one here.
  const body = text.length > 1 && text.endsWith('\n') ? text.slice(0, -1) : text;
  for (const [type, pattern] of PATTERNS) if (pattern.test(body)) return type;
  return looksLikeTimestamp(body) ? 'timestamp' : 'text';
}

/** The value that PyYAML constructs for this type, or undefined where it raises (`0b_`, `2024-13-01`, `!!bool maybe`). */
export function scalarValue(type: ScalarType, text: string): YamlScalar['value'] | undefined {
  switch (type) {
    case 'text':
      return text;
    case 'null':
      return null;
    case 'boolean':
      return BOOLEANS.get(text.toLowerCase());
    case 'integer':
      return pythonInteger(text);
    case 'float':
      return pythonFloat(text);
    case 'timestamp':
      return timestampIdentity(text) === undefined ? undefined : text;
  }
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['on', true],
  ['true', true],
  ['no', false],
  ['off', false],
  ['false', false],
]);

/** A text that is equal for two keys exactly when Python's dict takes them for one: `1`, `1.0` and `true` are one key. */
export function keyIdentity(key: YamlScalar): string {
  const { value } = key;
  if (key.type === 'timestamp') return `timestamp ${timestampIdentity(key.source) ?? key.source}`;
  if (typeof value === 'boolean') return `number ${value ? 1 : 0}`;
  if (typeof value === 'number' && Number.isInteger(value)) return `number ${BigInt(value)}`;
  if (typeof value === 'number' || typeof value === 'bigint') return `number ${value}`;
  return value === null ? 'null' : `text ${value}`;
}
