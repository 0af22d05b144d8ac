import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/**
 * A parameter as SQLite keeps it, whole numbers as 64-bit integers. What would come back as something else is refused:
 * `node:sqlite` stores NULL for a Date and for NaN, `'5.0'` for a number in a TEXT column, and changes text that is not
 * well-formed Unicode; PostgreSQL refuses NUL in text, so that nothing is stored here that could not move there.
 * @throws TypeError, naming the kind of value and never the value
 */
export function toSqlite(value: unknown): SQLInputValue {
  if (value === null || value instanceof Uint8Array) return value;
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw refused('text that is not well-formed Unicode');
      if (value.includes('\0')) throw refused('text with a NUL character');
      return value;
    case 'number':
      if (!Number.isSafeInteger(value)) throw refused('a number that is not a safe integer');
      return BigInt(value);
    case 'bigint':
      if (value < INT64.min || value > INT64.max) throw refused('an integer of more than 64 bits');
      return value;
    case 'object':
      throw refused(value.constructor?.name ?? 'object');
    default:
      throw refused(typeof value);
  }
}

/** A row with plain numbers; only integers beyond 2^53 stay bigint, so that none loses digits. */
export function fromSqlite(row: Record<string, SQLOutputValue>): Record<string, SQLOutputValue> {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plainNumber(value)]));
}

function plainNumber(value: SQLOutputValue): SQLOutputValue {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function refused(kind: string): TypeError {
  return new TypeError(
    `The database takes null, text, safe integers, bigint and bytes as parameters, not ${kind}.`,
  );
}
