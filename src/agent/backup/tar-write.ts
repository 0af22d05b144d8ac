import type { Attributes } from '../attributes.ts';
import { bytesOf } from '../paths.ts';
import type { PathLike } from '../system.ts';

/**
 * Tar members in the ustar format, with pax headers only where a field does not fit (POSIX.1-2024, pax utility,
 * "ustar Interchange Format" and "pax Extended Header").
 *
 * - Names that fit are written as their raw bytes, whatever their encoding; GNU tar restores them exactly.
 * - Times are whole seconds: fractions live in the manifest.
 */
export const BLOCK = 512;
/** Tar files end with two zero blocks and fill a record of 20. */
export const RECORD = 20 * BLOCK;

export interface TarMember {
  readonly name: PathLike;
  readonly type: 'file' | 'folder' | 'link' | 'hardlink';
  /** Bytes that follow the header; 0 for all but files. */
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeNs: bigint;
  /** Target of a link, member name of a hard link's first name. */
  readonly linkName?: PathLike | undefined;
  /** Extended attributes; GNU tar sets them with `--xattrs --xattrs-include='*'`. */
  readonly attributes?: Attributes | undefined;
}

const TYPE_FLAGS = { file: '0', hardlink: '1', link: '2', folder: '5' } as const;
const MAX_OCTAL_7 = 0o7777777;
const MAX_OCTAL_11 = 0o77777777777;
/** The most bytes of attributes that a header holds. */
export const MOST_ATTRIBUTES = 512 << 10;

/** The header block of a member, with a pax header before it where one is needed. A multiple of 512 bytes. */
export function tarHeader(member: TarMember): Buffer {
  const name = member.type === 'folder' ? withSlash(bytesOf(member.name)) : bytesOf(member.name);
  const link = bytesOf(member.linkName ?? '');
  const seconds = wholeSeconds(member.mtimeNs);
  const split = splitName(name);
  const pax: Buffer[] = [];
  if (!split) pax.push(paxField('path', name));
  if (link.length > 100) pax.push(paxField('linkpath', link));
  if (member.size > MAX_OCTAL_11) pax.push(paxField('size', ascii(member.size)));
  if (member.uid > MAX_OCTAL_7) pax.push(paxField('uid', ascii(member.uid)));
  if (member.gid > MAX_OCTAL_7) pax.push(paxField('gid', ascii(member.gid)));
  if (seconds < 0 || seconds > MAX_OCTAL_11) pax.push(paxField('mtime', ascii(seconds)));
  if (member.attributes) pax.push(...attributeFields(member.attributes));
  const block = ustarBlock(TYPE_FLAGS[member.type], split ?? { name: name.subarray(0, 100) }, {
    link,
    size: member.size,
    mode: member.mode,
    uid: member.uid,
    gid: member.gid,
    seconds,
  });
  if (pax.length === 0) return block;
  const data = Buffer.concat(pax);
  const paxBlock = ustarBlock(
    'x',
    { name: ascii('pax-header') },
    { link: Buffer.alloc(0), size: data.length, mode: 0o600, uid: 0, gid: 0, seconds: 0 },
  );
  return Buffer.concat([paxBlock, data, Buffer.alloc(padding(data.length)), block]);
}

/** As GNU tar and bsdtar write them; more than a reader would take of one member stands in its record alone. */
function attributeFields(attributes: Attributes): Buffer[] {
  const fields = Object.entries(attributes).map(([name, value]) => {
    const keyword = name.replaceAll('%', '%25').replaceAll('=', '%3D');
    return paxField(`SCHILY.xattr.${keyword}`, Buffer.from(value, 'base64'));
  });
  return fields.reduce((sum, { length }) => sum + length, 0) > MOST_ATTRIBUTES ? [] : fields;
}

/** Zero bytes between the end of `size` bytes and the next block. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** The end of a tar of `size` bytes so far: two zero blocks and what fills the record. */
export function tarEnd(size: number): Buffer {
  const end = size + 2 * BLOCK;
  return Buffer.alloc(2 * BLOCK + ((RECORD - (end % RECORD)) % RECORD));
}

interface Numbers {
  readonly link: Buffer;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly seconds: number;
}

function ustarBlock(flag: string, names: { name: Buffer; prefix?: Buffer }, fields: Numbers): Buffer {
  const block = Buffer.alloc(BLOCK);
  names.name.copy(block, 0);
  block.write(octal(fields.mode, 7), 100, 'latin1');
  block.write(octal(fields.uid, 7, MAX_OCTAL_7), 108, 'latin1');
  block.write(octal(fields.gid, 7, MAX_OCTAL_7), 116, 'latin1');
  block.write(octal(fields.size, 11, MAX_OCTAL_11), 124, 'latin1');
  block.write(octal(Math.max(0, fields.seconds), 11, MAX_OCTAL_11), 136, 'latin1');
  block.fill(0x20, 148, 156);
  block.write(flag, 156, 'latin1');
  fields.link.copy(block, 157, 0, 100);
  block.write('ustar\x0000', 257, 'latin1');
  block.write(octal(0, 7), 329, 'latin1');
  block.write(octal(0, 7), 337, 'latin1');
  names.prefix?.copy(block, 345);
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += block[at]!;
  block.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
  return block;
}

/** A number that does not fit is written as 0: the pax header before it has the true one. */
function octal(value: number, digits: number, max = Number.MAX_SAFE_INTEGER): string {
  return (value > max ? 0 : value).toString(8).padStart(digits, '0');
}

/** Name and prefix as ustar has them, or undefined if the name does not fit. */
function splitName(name: Buffer): { name: Buffer; prefix?: Buffer } | undefined {
  if (name.length <= 100) return { name };
  const slash = name.indexOf(0x2f, name.length - 101);
  if (slash < 1 || slash > 155 || slash === name.length - 1) return undefined;
  return { name: name.subarray(slash + 1), prefix: name.subarray(0, slash) };
}

/** `LENGTH key=value\n`, where LENGTH counts its own digits too. */
function paxField(key: string, value: Buffer): Buffer {
  const word = Buffer.from(`${key}=`, 'utf8');
  const rest = word.length + value.length + 2;
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return Buffer.concat([ascii(`${length} `), word, value, ascii('\n')]);
}

function wholeSeconds(ns: bigint): number {
  const floor = ns >= 0n ? ns / 1_000_000_000n : -((999_999_999n - ns) / 1_000_000_000n);
  return Number(floor);
}

function withSlash(name: Buffer): Buffer {
  return Buffer.concat([name, Buffer.from('/')]);
}

function ascii(value: string | number): Buffer {
  return Buffer.from(String(value), 'latin1');
}
