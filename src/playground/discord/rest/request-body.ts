import type { IncomingMessage } from 'node:http';
import { DiscordFault } from '../faults.ts';
import type { NumberedFile } from '../world/message-body.ts';

/** Largest request and largest file without boosts (page "API reference", uploading files). */
const MAX_REQUEST = 25 * 1024 * 1024;
const MAX_FILE = 10 * 1024 * 1024;

export interface RequestBody {
  readonly json: unknown;
  readonly files: readonly NumberedFile[];
}

/** @throws DiscordFault TOO_LARGE */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_REQUEST) throw new DiscordFault('TOO_LARGE');
  }
  return Buffer.concat(chunks);
}

/**
 * The JSON of a request, and its files when it is multipart: `payload_json` and `files[n]`.
 * @throws DiscordFault INVALID_JSON, TOO_LARGE, or INVALID_FORM for another media type
 */
export async function parseBody(type: string, bytes: Buffer): Promise<RequestBody> {
  if (bytes.length === 0) return { json: {}, files: [] };
  if (type.startsWith('application/json')) return { json: parseJson(bytes.toString()), files: [] };
  if (type.startsWith('multipart/form-data')) return parseForm(type, bytes);
  const message = 'Expected "Content-Type" header to be one of application/json, multipart/form-data.';
  throw new DiscordFault('INVALID_FORM', { _errors: [{ code: 'CONTENT_TYPE_INVALID', message }] });
}

async function parseForm(type: string, bytes: Buffer): Promise<RequestBody> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } })
    .formData()
    .catch(() => undefined);
  if (form === undefined) throw new DiscordFault('INVALID_FORM');
  const files: NumberedFile[] = [];
  for (const [name, part] of form) {
    const number = /^files\[(\d+)\]$/.exec(name)?.[1];
    if (number === undefined || typeof part === 'string') continue;
    if (part.size > MAX_FILE) throw new DiscordFault('TOO_LARGE');
    const content = new Uint8Array(await part.arrayBuffer());
    files.push({ number: Number(number), name: part.name, type: part.type, bytes: content });
  }
  const payload = form.get('payload_json');
  return { json: typeof payload === 'string' ? parseJson(payload) : {}, files };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DiscordFault('INVALID_JSON');
  }
}
