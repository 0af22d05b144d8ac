import { randomBytes } from 'node:crypto';

/** 128 random bits in 22 letters, digits, `-` and `_`: nobody guesses one, and it fits into a custom_id. */
export function opaqueId(): string {
  return randomBytes(16).toString('base64url');
}

const COUNTER_MAX = 0xfff;

/**
 * Makes ids that sort in the order in which they were made, also within one millisecond and when the clock goes back:
 * UUIDv7 with a counter in `rand_a` (RFC 9562 §6.2, method 1).
 */
export function orderedIds(now: () => number): () => string {
  let time = 0;
  let counter = 0;
  return () => {
    const current = now();
    if (current > time) {
      time = current;
      counter = 0;
    } else if (counter < COUNTER_MAX) {
      counter++;
    } else {
      time++;
      counter = 0;
    }
    const random = randomBytes(8);
    random[0] = ((random[0] as number) & 0x3f) | 0x80;
    const hex = `${time.toString(16).padStart(12, '0')}7${counter.toString(16).padStart(3, '0')}${random.toString('hex')}`;
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  };
}
