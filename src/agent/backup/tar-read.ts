import { textOrBytes } from '../paths.ts';
import type { PathLike } from '../system.ts';
import { BLOCK, padding } from './tar-write.ts';

/** What is wrong with a tar, and where. */
export class TarError extends Error {
  override readonly name = 'TarError';
}

export interface TarEntry {
  readonly name: PathLike;
  readonly type: 'file' | 'folder' | 'link' | 'hardlink' | 'other';
  readonly size: number;
  readonly mode: number;
  readonly mtimeSeconds: number;
  readonly linkName: PathLike;
  /** Where the member's bytes start, from the start of the tar. */
  readonly offset: number;
}

export interface TarEvents {
  entry(entry: TarEntry): void;
  /** Bytes of the entry named last; the slice is valid only during the call. */
  data?(slice: Buffer): void;
  /** The last byte of the entry has come. Called for every entry, also one without bytes. */
  end?(): void;
}

/** A pax header beyond this is an attack, not a name. */
const MAX_PAX = 1 << 20;
const ZERO_BLOCK = Buffer.alloc(BLOCK);
const TYPES: Readonly<Record<string, TarEntry['type']>> = {
  '0': 'file',
  '\0': 'file',
  '1': 'hardlink',
  '2': 'link',
  '5': 'folder',
};

/**
 * Reads a tar that is pushed in pieces of any size, in constant memory. A name it reports is only ever compared with
 * the manifest's: it never becomes a path. `write` and `finish` throw TarError for a tar that is not well-formed.
 */
export class TarReader {
  readonly #events: TarEvents;
  readonly #block = Buffer.alloc(BLOCK);
  #have = 0;
  #position = 0;
  #left = 0;
  #skip = 0;
  #pax: { parts: Buffer[]; left: number; skip: number } | undefined;
  #overrides = new Map<string, Buffer>();
  #inData = false;
  #zeroBlocks = 0;

  constructor(events: TarEvents) {
    this.#events = events;
  }

  write(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < chunk.length; ) {
      if (this.#zeroBlocks >= 2) {
        this.#position += chunk.length - at;
        return;
      }
      at += this.#step(chunk, at);
    }
  }

  /** To be called after the last `write`. */
  finish(): void {
    if (this.#zeroBlocks < 2) throw new TarError(`it ends at byte ${this.#position} without an end mark`);
  }

  #step(chunk: Buffer, at: number): number {
    const rest = chunk.length - at;
    if (this.#inData && this.#left > 0) return this.#takeData(chunk.subarray(at, at + this.#left));
    if (this.#skip > 0) {
      const taken = Math.min(rest, this.#skip);
      this.#skip -= taken;
      this.#position += taken;
      return taken;
    }
    if (this.#pax) return this.#takePax(this.#pax, chunk.subarray(at, at + this.#pax.left));
    const taken = chunk.copy(this.#block, this.#have, at, at + BLOCK - this.#have);
    this.#have += taken;
    this.#position += taken;
    if (this.#have === BLOCK) {
      this.#have = 0;
      this.#header();
    }
    return taken;
  }

  #takeData(slice: Buffer): number {
    this.#left -= slice.length;
    this.#position += slice.length;
    this.#events.data?.(slice);
    if (this.#left === 0) this.#endEntry();
    return slice.length;
  }

  #takePax(pax: { parts: Buffer[]; left: number; skip: number }, slice: Buffer): number {
    pax.parts.push(Buffer.from(slice));
    pax.left -= slice.length;
    this.#position += slice.length;
    if (pax.left === 0) {
      this.#overrides = parsePax(Buffer.concat(pax.parts), this.#position);
      this.#skip = pax.skip;
      this.#pax = undefined;
    }
    return slice.length;
  }

  #endEntry(): void {
    this.#inData = false;
    this.#events.end?.();
  }

  #header(): void {
    const block = this.#block;
    const start = this.#position - BLOCK;
    if (block.equals(ZERO_BLOCK)) {
      this.#zeroBlocks += 1;
      return;
    }
    if (this.#zeroBlocks > 0) throw new TarError(`a single zero block before byte ${start}`);
    checkSum(block, start);
    const flag = String.fromCharCode(block[156] as number);
    const size = this.#number('size', block.subarray(124, 136), start);
    if (flag === 'x') {
      if (size === 0 || size > MAX_PAX) throw new TarError(`a pax header of ${size} bytes at byte ${start}`);
      this.#pax = { parts: [], left: size, skip: padding(size) };
      return;
    }
    this.#events.entry({
      name: this.#name(block),
      type: TYPES[flag] ?? 'other',
      size,
      mode: octal(block.subarray(100, 108), start),
      mtimeSeconds: this.#number('mtime', block.subarray(136, 148), start),
      linkName: textOrBytes(this.#overrides.get('linkpath') ?? untilNul(block.subarray(157, 257))),
      offset: this.#position,
    });
    this.#overrides = new Map();
    this.#left = size;
    this.#skip = padding(size);
    this.#inData = true;
    if (size === 0) this.#endEntry();
  }

  #number(key: string, digits: Buffer, start: number): number {
    const value = this.#overrides.get(key);
    if (value === undefined) return octal(digits, start);
    const number = Number(value.toString('latin1'));
    if (!Number.isFinite(number) || (key === 'size' && !(Number.isSafeInteger(number) && number >= 0)))
      throw new TarError(`a damaged ${key} before byte ${start}`);
    return number;
  }

  #name(block: Buffer): PathLike {
    const long = this.#overrides.get('path');
    if (long) return textOrBytes(long);
    const name = untilNul(block.subarray(0, 100));
    const prefix = untilNul(block.subarray(345, 500));
    return textOrBytes(prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name);
  }
}

function checkSum(block: Buffer, start: number): void {
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 0x20 : (block[at] as number);
  if (sum !== octal(block.subarray(148, 156), start)) throw new TarError(`a damaged header at byte ${start}`);
}

function octal(digits: Buffer, start: number): number {
  let end = digits.length;
  while (end > 0 && (digits[end - 1] === 0 || digits[end - 1] === 0x20)) end -= 1;
  let value = 0;
  for (let at = 0; at < end; at++) {
    const digit = (digits[at] as number) - 0x30;
    if (digit < 0 || digit > 7) throw new TarError(`a damaged header at byte ${start}`);
    value = value * 8 + digit;
  }
  return value;
}

function untilNul(field: Buffer): Buffer {
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end));
}

/** `LENGTH key=value\n` fields, LENGTH counting the whole field. */
function parsePax(data: Buffer, position: number): Map<string, Buffer> {
  const fields = new Map<string, Buffer>();
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const length = Number(data.toString('latin1', at, Math.max(at, space)));
    const equals = data.indexOf(0x3d, space);
    const end = at + length;
    const wellFormed =
      space > at && Number.isSafeInteger(length) && equals > space && equals < end && end <= data.length;
    if (!wellFormed || data[end - 1] !== 0x0a)
      throw new TarError(`a damaged pax header before byte ${position}`);
    fields.set(data.toString('latin1', space + 1, equals), Buffer.from(data.subarray(equals + 1, end - 1)));
    at = end;
  }
  return fields;
}
