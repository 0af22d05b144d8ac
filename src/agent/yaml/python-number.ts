/**
 * Numbers as PyYAML's constructor makes them (`construct_yaml_int`, `construct_yaml_float` of PyYAML 6.0): underscores
 * go first, then one sign, then the notation is chosen by the first characters. Base 60 is `hours:minutes:seconds`.
 */

/** CPython refuses to convert longer decimal text (`sys.int_info.default_max_str_digits`). */
const MAX_DECIMAL_DIGITS = 4300;
const DIGITS = { 2: '0-1', 8: '0-7', 10: '0-9', 16: '0-9a-fA-F' } as const;
const PREFIX = { 2: '0b', 8: '0o', 10: '', 16: '0x' } as const;

/** The integer that PyYAML makes of this text, or undefined where it raises. */
export function pythonInteger(text: string): bigint | undefined {
  const { negative, rest } = splitSign(text.replaceAll('_', ''));
  const magnitude = integerMagnitude(rest);
  return magnitude === undefined ? undefined : negative ? -magnitude : magnitude;
}

/** The float that PyYAML makes of this text, or undefined where it raises. */
export function pythonFloat(text: string): number | undefined {
  const { negative, rest } = splitSign(text.replaceAll('_', '').toLowerCase());
  if (rest === '.nan') return Number.NaN;
  const magnitude =
    rest === '.inf' ? Infinity : rest.includes(':') ? base60Float(rest.split(':')) : parseFloatText(rest);
  return magnitude === undefined ? undefined : negative ? -magnitude : magnitude;
}

function splitSign(text: string): { negative: boolean; rest: string } {
  const signed = text.startsWith('-') || text.startsWith('+');
  return { negative: text.startsWith('-'), rest: signed ? text.slice(1) : text };
}

function integerMagnitude(text: string): bigint | undefined {
  if (text === '0') return 0n;
  if (text.startsWith('0b')) return parseInteger(text.slice(2), 2);
  if (text.startsWith('0x')) return parseInteger(text.slice(2), 16);
  if (text.startsWith('0')) return parseInteger(text, 8);
  let total = 0n;
  for (const part of text.split(':')) {
    const digit = parseInteger(part, 10);
    if (digit === undefined) return undefined;
    total = total * 60n + digit;
  }
  return total;
}

/** Python's `int(text, base)` for ASCII digits: surrounding white space, one sign and the base's prefix are allowed. */
function parseInteger(text: string, base: 2 | 8 | 10 | 16): bigint | undefined {
  const pattern = `^\\s*([-+]?)(?:${PREFIX[base]})?([${DIGITS[base]}]+)\\s*$`;
  const match = new RegExp(pattern, 'i').exec(text);
  const digits = match?.[2];
  if (digits === undefined || (base === 10 && digits.length > MAX_DECIMAL_DIGITS)) return undefined;
  const value = base === 10 ? BigInt(digits) : BigInt((base === 8 ? '0o' : PREFIX[base]) + digits);
  return match?.[1] === '-' ? -value : value;
}

/** Python's `float(text)` for ASCII digits, in lower case. */
function parseFloatText(text: string): number | undefined {
  const match = /^\s*([-+]?)(inf(?:inity)?|nan|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?)\s*$/.exec(text);
  const body = match?.[2];
  if (body === undefined) return undefined;
  const value = body === 'nan' ? Number.NaN : body.startsWith('inf') ? Infinity : Number(body);
  return match?.[1] === '-' ? -value : value;
}

/** The parts are added from the last one up, as PyYAML does: another order would round differently. */
function base60Float(parts: string[]): number | undefined {
  let total = 0;
  let base = 1n;
  for (const part of parts.reverse()) {
    const digit = parseFloatText(part);
    const factor = Number(base);
    if (digit === undefined || factor === Infinity) return undefined;
    total += digit * factor;
    base *= 60n;
  }
  return total;
}
