import { isUtf8 } from 'node:buffer';
import { dirname, sep } from 'node:path';
import type { PathLike } from './system.ts';

/**
 * Joins a folder and a name without losing bytes: the result is text unless one of them is a Buffer. `name` may itself
 * be a relative path; neither part is normalised.
 */
export function joinPath(folder: PathLike, name: PathLike): PathLike {
  if (typeof folder === 'string' && typeof name === 'string')
    return folder === '' ? name : `${folder}${sep}${name}`;
  const parts = [bytesOf(folder), bytesOf(name)].filter((part) => part.length > 0);
  return textOrBytes(Buffer.concat(parts.length === 2 ? [parts[0]!, Buffer.from(sep), parts[1]!] : parts));
}

/** The bytes of a path, as the file system has them. */
export function bytesOf(path: PathLike): Buffer {
  return typeof path === 'string' ? Buffer.from(path, 'utf8') : path;
}

/** Text if the bytes are UTF-8, else the same bytes. */
export function textOrBytes(bytes: Buffer): PathLike {
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes;
}

/** The folder that holds `path`. */
export function parentOf(path: PathLike): PathLike {
  if (typeof path === 'string') return dirname(path);
  const cut = path.lastIndexOf(sep);
  return cut < 0 ? '.' : textOrBytes(path.subarray(0, Math.max(cut, 1)));
}

/** A path in JSON: text, or its bytes in base64 where they are not UTF-8. */
export function pathToJson(path: PathLike): string | { readonly base64: string } {
  return typeof path === 'string' ? path : { base64: path.toString('base64') };
}

/** @throws TypeError if it was not written by `pathToJson` */
export function pathFromJson(json: unknown): PathLike {
  if (typeof json === 'string') return json;
  if (typeof json === 'object' && json !== null && 'base64' in json)
    return Buffer.from(String(json.base64), 'base64');
  throw new TypeError('not a path');
}

/** For people and messages: bytes that are not UTF-8 are shown as `\xNN`. */
export function displayPath(path: PathLike): string {
  if (typeof path === 'string') return path;
  let out = '';
  for (let at = 0; at < path.length; ) {
    const length = utf8Length(path, at);
    out +=
      length > 0 ? path.toString('utf8', at, at + length) : `\\x${path[at]?.toString(16).padStart(2, '0')}`;
    at += Math.max(length, 1);
  }
  return out;
}

/** Length of the well-formed UTF-8 character that starts at `at`, or 0. */
function utf8Length(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const part = bytes.subarray(at, at + length);
  return Buffer.from(part.toString('utf8'), 'utf8').equals(part) ? length : 0;
}

/** True when `path` is `folder` or lies inside it. Both are absolute and normalised. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** `~/…` for what lies in the home folder. */
export function shortPath(path: string, home: string): string {
  return path === home ? '~' : path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path;
}

/**
 * A path as it is typed in a shell: `~/…` where possible, the rest quoted where it needs it. One whose bytes are no text,
 * or that has control characters, stands in `$'…'`, which bash, zsh and newer POSIX shells know.
 */
export function shellPath(path: PathLike, home: string): string {
  const bytes = bytesOf(path);
  if (!isUtf8(bytes) || bytes.some((byte) => byte < 0x20 || byte === 0x7f)) return dollarQuoted(bytes);
  const short = shortPath(bytes.toString('utf8'), home);
  const isHome = short.startsWith('~/');
  const rest = isHome ? short.slice(2) : short;
  const quoted = /^[\w./@%+=:,~-]+$/.test(rest) ? rest : `'${rest.replaceAll("'", "'\\''")}'`;
  return isHome ? `~/${quoted}` : quoted;
}

function dollarQuoted(bytes: Buffer): string {
  const shown = [...bytes].map((byte) => {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c;
    return isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `$'${shown.join('')}'`;
}
