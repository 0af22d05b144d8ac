/**
 * Timestamps of YAML 1.1 as PyYAML takes them (`resolver.py` and `construct_yaml_timestamp` of PyYAML 6.0): a date, or
 * a date and time with optional fraction and offset. Python's `datetime` refuses dates that do not exist.
 */
const IMPLICIT =
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/;
const FULL =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(?:(Z)|([-+])(\d\d?)(?::(\d\d))?))?)?$/;

/** True when PyYAML takes this plain text for a timestamp, existing or not. */
export function looksLikeTimestamp(text: string): boolean {
  return IMPLICIT.test(text);
}

/**
 * A text that is equal for two timestamps exactly when the Python values are equal as dict keys. Undefined where PyYAML
 * raises: no timestamp at all, the 31st of April, hour 24, an offset of a day or more.
 */
export function timestampIdentity(text: string): string | undefined {
  const match = FULL.exec(text.endsWith('\n') ? text.slice(0, -1) : text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as Six;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (match[4] === undefined) return `date ${year}-${month}-${day}`;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const micros = BigInt((match[7] ?? '').slice(0, 6).padEnd(6, '0'));
  const offset = offsetMinutes(match);
  if (offset !== undefined && Math.abs(offset) >= 24 * 60) return undefined;
  const minutes = BigInt(daysSinceEpoch(year, month, day) * 1440 + hour * 60 + minute - (offset ?? 0));
  const instant = (minutes * 60n + BigInt(second)) * 1_000_000n + micros;
  return `${offset === undefined ? 'local' : 'utc'} ${instant}`;
}

type Six = [number, number, number, number, number, number];

function offsetMinutes(match: RegExpExecArray): number | undefined {
  if (match[8] === 'Z') return 0;
  if (match[9] === undefined) return undefined;
  return (match[9] === '-' ? -1 : 1) * (Number(match[10]) * 60 + Number(match[11] ?? 0));
}

function daysInMonth(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

function daysSinceEpoch(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.round(date.getTime() / 86_400_000);
}
