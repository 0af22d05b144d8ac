import { createHmac, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

/** Key of the fingerprints below: new for each process, so that no fingerprint can be looked up in a table. */
const fingerprintKey = randomBytes(32);

/**
 * A value that must never be shown. Whatever prints it (template strings, `console.log`, `JSON.stringify`, an error
 * message) gets its name; only `reveal()` gives the bytes, so every use is found by searching for that word.
 */
export class Secret {
  readonly #bytes: Buffer;
  /** Upper-case variable name as people know it, such as `DISCORD_BOT_TOKEN`. */
  readonly name: string;

  constructor(name: string, value: string | Uint8Array) {
    this.name = name;
    this.#bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value);
  }

  /** The exact bytes. A fresh copy: changing it does not change the secret. */
  reveal(): Buffer {
    return Buffer.from(this.#bytes);
  }

  /** Length of the value in bytes. */
  get length(): number {
    return this.#bytes.length;
  }

  /** First 8 hex digits of a keyed hash: tells that two secrets are equal without telling what they are. */
  get fingerprint(): string {
    return createHmac('sha256', fingerprintKey).update(this.#bytes).digest('hex').slice(0, 8);
  }

  equals(other: Secret): boolean {
    return this.#bytes.equals(other.#bytes);
  }

  toString(): string {
    return `[secret ${this.name}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
