import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { AppError } from '../../shared/errors.ts';
import { makeFolders, writeFileAtomic } from '../files.ts';
import type { ReadSystem, System } from '../system.ts';

/** Largest file that is read. Far above what the limits of the channel let one grow to in 90 days. */
const MAX_BYTES = 512 << 20;

/**
 * A file of JSON lines that only grows, 0600. A record is on the disk when `append` returns, whole or not at all: each
 * line ends with a checksum, a torn last line is cut off, damage before it stops everything.
 */
export class RecordFile<T extends object> {
  readonly #system: System;
  readonly #path: string;
  #fd: number;
  #size: number;
  readonly #records: T[];

  private constructor(system: System, path: string, fd: number, size: number, records: T[]) {
    this.#system = system;
    this.#path = path;
    this.#fd = fd;
    this.#size = size;
    this.#records = records;
  }

  /** Made with its folder (0700) if missing. @throws CHANNEL_RECORDS_DAMAGED naming the record */
  static open<T extends object>(system: System, path: string): RecordFile<T> {
    makeFolders(system, dirname(path));
    const fd = system.openAppend(path, 0o600);
    try {
      const bytes = system.readFile(path, MAX_BYTES);
      const { records, good } = parse<T>(bytes, path);
      if (good < bytes.length) {
        system.truncate(fd, good);
        system.syncData(fd);
      }
      system.syncFolder(dirname(path));
      return new RecordFile(system, path, fd, good, records);
    } catch (error) {
      system.close(fd);
      throw error;
    }
  }

  get records(): readonly T[] {
    return this.#records;
  }

  /** Its bytes are on the disk when this returns; where they could not be written, none of them stays. */
  append(record: T): void {
    const bytes = Buffer.from(encode(record));
    try {
      this.#system.write(this.#fd, bytes, null);
      this.#system.syncData(this.#fd);
    } catch (error) {
      this.#system.truncate(this.#fd, this.#size);
      throw error;
    }
    this.#size += bytes.length;
    this.#records.push(record);
  }

  /** Leaves only these records, in one atomic step. */
  replace(records: readonly T[]): void {
    const text = records.map(encode).join('');
    writeFileAtomic(this.#system, this.#path, text);
    this.#system.close(this.#fd);
    this.#fd = this.#system.openAppend(this.#path, 0o600);
    this.#size = Buffer.byteLength(text);
    this.#records.splice(0, this.#records.length, ...records);
  }

  close(): void {
    this.#system.close(this.#fd);
  }
}

/** Records of a file that is only looked at; empty if there is none. @throws CHANNEL_RECORDS_DAMAGED */
export function readRecords<T extends object>(system: ReadSystem, path: string): T[] {
  return system.lstat(path) === undefined ? [] : parse<T>(system.readFile(path, MAX_BYTES), path).records;
}

function parse<T extends object>(bytes: Buffer, path: string): { records: T[]; good: number } {
  const records: T[] = [];
  let good = 0;
  while (good < bytes.length) {
    const end = bytes.indexOf(0x0a, good);
    const record = end < 0 ? undefined : decode<T>(bytes.toString('utf8', good, end));
    if (record === undefined) {
      if (end < 0 || end === bytes.length - 1) break;
      throw new AppError('CHANNEL_RECORDS_DAMAGED', { path, record: records.length + 1 }, { file: path });
    }
    records.push(record);
    good = end + 1;
  }
  return { records, good };
}

function encode(record: object): string {
  const body = JSON.stringify(record).slice(0, -1);
  return `${body},"crc":"${checksum(body)}"}\n`;
}

function decode<T extends object>(line: string): T | undefined {
  const match = /^(.*),"crc":"([0-9a-f]{8})"\}$/s.exec(line);
  if (match === null || checksum(match[1] as string) !== match[2]) return undefined;
  try {
    return JSON.parse(`${match[1]}}`) as T;
  } catch {
    return undefined;
  }
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}
