import type { Secret } from '../../shared/secret.ts';

/** Shorter values would be found everywhere by accident. */
const MIN_LENGTH = 6;
const MIN_DIGITS = 10;

/**
 * Looks for the known secrets' raw bytes in files, however the files are cut into pieces. All values are looked for in
 * one pass (Wu and Manber, "A fast algorithm for multi-pattern searching", 1994, blocks of two bytes): most bytes are
 * never looked at, however many secrets there are.
 */
export class SecretSearch {
  readonly #overlap: number;
  /** Length of the shortest value; the search moves a window of this length. */
  readonly #window: number;
  /** By the last two bytes of the window: how far it may move; 0: a value may start in it. */
  readonly #shifts: Uint8Array;
  readonly #candidates = new Map<number, Buffer[]>();
  #tail: Buffer = Buffer.alloc(0);

  /** Values under 6 bytes, and under 10 that are only digits (ports, ids, years), are not looked for. */
  constructor(secrets: readonly Secret[]) {
    const values = secrets.map((secret) => secret.reveal()).filter(isSearchable);
    this.#overlap = Math.max(0, ...values.map((value) => value.length - 1));
    this.#window = Math.min(256, ...values.map((value) => value.length));
    this.#shifts = new Uint8Array(values.length === 0 ? 0 : 1 << 16).fill(this.#window - 1);
    for (const value of values) this.#add(value);
  }

  /** True if any secret lies in `bytes`, seen as a whole. */
  isIn(bytes: Buffer): boolean {
    if (this.#candidates.size === 0) return false;
    const shifts = this.#shifts;
    const last = this.#window - 1;
    for (let at = last; at < bytes.length; ) {
      const block = (bytes[at - 1]! << 8) | bytes[at]!;
      const shift = shifts[block]!;
      if (shift === 0 && this.#matches(bytes, at - last, block)) return true;
      at += shift || 1;
    }
    return false;
  }

  /** Begins a new file for `next`. */
  start(): void {
    this.#tail = Buffer.alloc(0);
  }

  /** True if a secret lies in this piece or across the border to the pieces before it. */
  next(piece: Buffer): boolean {
    if (this.#candidates.size === 0) return false;
    const border = Buffer.concat([this.#tail, piece.subarray(0, this.#overlap)]);
    const found = (this.#tail.length > 0 && this.isIn(border)) || this.isIn(piece);
    const joined = piece.length >= this.#overlap ? piece : Buffer.concat([this.#tail, piece]);
    this.#tail = Buffer.from(joined.subarray(Math.max(0, joined.length - this.#overlap)));
    return found;
  }

  #add(value: Buffer): void {
    const last = this.#window - 1;
    for (let at = 1; at <= last; at++) {
      const block = (value[at - 1]! << 8) | value[at]!;
      this.#shifts[block] = Math.min(this.#shifts[block]!, last - at);
    }
    const end = (value[last - 1]! << 8) | value[last]!;
    this.#candidates.set(end, [...(this.#candidates.get(end) ?? []), value]);
  }

  #matches(bytes: Buffer, start: number, block: number): boolean {
    const values = this.#candidates.get(block) ?? [];
    return values.some((value) => bytes.subarray(start, start + value.length).equals(value));
  }
}

function isSearchable(value: Buffer): boolean {
  if (value.length < MIN_LENGTH) return false;
  return value.length >= MIN_DIGITS || value.some((byte) => byte < 0x30 || byte > 0x39);
}
