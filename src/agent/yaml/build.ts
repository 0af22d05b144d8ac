import type { YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar } from './yaml-node.ts';

export type Buildable = YamlNode | string | number | bigint | boolean | null;

const NOWHERE = { line: 0, column: 0 } as const;

/**
 * A scalar for a value. A JavaScript number without a fraction is an integer, but for -0 and those beyond 2^53, which
 * are floats. Text is written plain where PyYAML then reads the same text, else quoted.
 */
export function scalar(value: string | number | bigint | boolean | null): YamlScalar {
  if (typeof value === 'string')
    return { kind: 'scalar', type: 'text', value, source: value, plain: true, ...NOWHERE };
  if (typeof value === 'bigint') return other('integer', value, String(value));
  if (typeof value === 'boolean') return other('boolean', value, String(value));
  if (value === null) return other('null', null, 'null');
  if (Number.isSafeInteger(value) && !Object.is(value, -0))
    return other('integer', BigInt(value), String(value));
  return other('float', value, floatSpelling(value));
}

/** Text that is always written in quotes: ids, times, versions. */
export function quoted(text: string): YamlScalar {
  return { ...scalar(text), plain: false };
}

/** A map with these keys, all text, in this order. Entries that are undefined are left out. */
export function map(entries: Readonly<Record<string, Buildable | undefined>>): YamlMap {
  const made: YamlEntry[] = [];
  for (const [key, value] of Object.entries(entries)) {
    if (value !== undefined) made.push({ key: scalar(key), value: nodeOf(value) });
  }
  return { kind: 'map', entries: made, ...NOWHERE };
}

/** A list of these items. */
export function list(items: readonly Buildable[]): YamlList {
  return { kind: 'list', items: items.map(nodeOf), ...NOWHERE };
}

/** A float as PyYAML reads it back: with a point, and with a sign in the exponent. */
export function floatSpelling(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const [mantissa = '', exponent] = (Object.is(value, -0) ? '-0' : String(value)).split('e');
  const digits = mantissa.includes('.') ? mantissa : `${mantissa}.0`;
  return exponent === undefined ? digits : `${digits}e${exponent}`;
}

function nodeOf(value: Buildable): YamlNode {
  return typeof value === 'object' && value !== null ? value : scalar(value);
}

function other(
  type: YamlScalar['type'],
  value: bigint | number | boolean | null,
  source: string,
): YamlScalar {
  return { kind: 'scalar', type, value, source, plain: true, ...NOWHERE };
}
