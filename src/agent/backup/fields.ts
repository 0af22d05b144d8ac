import { textOrBytes } from '../paths.ts';
import type { PathLike } from '../system.ts';

export type JsonObject = Record<string, unknown>;

/** What is wrong with a manifest or a record, in words. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** The object in `text`; throws ShapeError when it is no JSON object. */
export function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ShapeError('it is not JSON');
  }
  return object(value, 'it');
}

export function object(value: unknown, key: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ShapeError(`${key} is not an object`);
  return value as JsonObject;
}

export function list<T>(value: unknown, key: string, each: (item: JsonObject) => T): T[] {
  if (!Array.isArray(value)) throw new ShapeError(`${key} is not a list`);
  return value.map((item) => each(object(item, key)));
}

export function text(value: unknown, key: string): string {
  if (typeof value !== 'string') throw new ShapeError(`${key} is not text`);
  return value;
}

/** A whole number from 0 to 2^53. */
export function count(value: unknown, key: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new ShapeError(`${key} is not a whole number`);
  return value;
}

/** A whole number of any size, written as text. */
export function big(value: unknown, key: string): bigint {
  if (typeof value !== 'string' || !/^-?\d{1,30}$/.test(value))
    throw new ShapeError(`${key} is not a whole number in quotes`);
  return BigInt(value);
}

export function flag(value: unknown, key: string): boolean {
  if (typeof value !== 'boolean') throw new ShapeError(`${key} is not true or false`);
  return value;
}

export function sha256(value: unknown, key: string): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value))
    throw new ShapeError(`${key} is not a SHA-256`);
  return value;
}

export function oneOf<T extends string>(value: unknown, allowed: readonly T[], key: string): T {
  const found = allowed.find((item) => item === value);
  if (found === undefined) throw new ShapeError(`${key} is none of ${allowed.join(', ')}`);
  return found;
}

/** Undefined stays undefined, everything else goes through `read`. */
export function optional<T>(
  value: unknown,
  key: string,
  read: (value: unknown, key: string) => T,
): T | undefined {
  return value === undefined ? undefined : read(value, key);
}

/** A path is `{key: text}`, or `{keyB64: base64}` where its bytes are not UTF-8. */
export function pathFields(key: string, path: PathLike): JsonObject {
  return typeof path === 'string' && path.isWellFormed()
    ? { [key]: path }
    : { [`${key}B64`]: Buffer.from(path).toString('base64') };
}

/** The reverse of `pathFields`; undefined when neither field is there. */
export function readPath(from: JsonObject, key: string): PathLike | undefined {
  const plain = from[key];
  if (plain !== undefined) return text(plain, key);
  const coded = from[`${key}B64`];
  return coded === undefined ? undefined : textOrBytes(Buffer.from(text(coded, `${key}B64`), 'base64'));
}
