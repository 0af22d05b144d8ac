import { createHash } from 'node:crypto';
import type { APIAttachment } from 'discord-api-types/v10';
import type { Clock } from '../clock.ts';
import type { Snowflakes } from '../snowflakes.ts';

/** A file as somebody hands it over. */
export interface UploadedFile {
  readonly name: string;
  /** Media type; guessed from nothing: `application/octet-stream` when unknown. */
  readonly type?: string | undefined;
  readonly bytes: Uint8Array;
}

export interface StoredFile extends UploadedFile {
  readonly attachment: APIAttachment;
}

/** Addresses of files stop working after a day (page "API reference", signed attachment addresses). */
const VALID_MS = 24 * 60 * 60 * 1000;

/** Keeps uploaded files in memory and says under which signed address they are found. */
export class Attachments {
  readonly #files = new Map<string, StoredFile>();
  readonly #snowflakes: Snowflakes;
  readonly #clock: Clock;
  readonly #origin: () => string;

  /** `origin` is asked late: the port is known once the server listens. */
  constructor(snowflakes: Snowflakes, clock: Clock, origin: () => string) {
    this.#snowflakes = snowflakes;
    this.#clock = clock;
    this.#origin = origin;
  }

  store(channelId: string, file: UploadedFile, more: Partial<APIAttachment> = {}): APIAttachment {
    const id = this.#snowflakes.next();
    const url = this.#signedUrl(`/cdn/attachments/${channelId}/${id}/${encodeURIComponent(file.name)}`);
    const attachment: APIAttachment = {
      id,
      filename: file.name,
      size: file.bytes.length,
      url,
      proxy_url: url,
      content_type: file.type || 'application/octet-stream',
      ...more,
    };
    this.#files.set(id, { ...file, attachment });
    return attachment;
  }

  /** The file at an address of this playground; undefined when there is none or the address has expired. */
  find(url: URL): StoredFile | undefined {
    const [, , kind, , id] = url.pathname.split('/');
    const expires = Number.parseInt(url.searchParams.get('ex') ?? '', 16) * 1000;
    const isValid = url.searchParams.get('hm') === signature(url.pathname, url.searchParams.get('ex') ?? '');
    if (kind !== 'attachments' || id === undefined || !isValid || expires < this.#clock.now())
      return undefined;
    return this.#files.get(id);
  }

  #signedUrl(path: string): string {
    const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000).toString(16);
    const now = this.#clock.now();
    const expires = seconds(now + VALID_MS);
    return `${this.#origin()}${path}?ex=${expires}&is=${seconds(now)}&hm=${signature(path, expires)}`;
  }
}

function signature(path: string, expires: string): string {
  return createHash('sha256').update(`${path}?${expires}`).digest('hex');
}
