import { createHash, type Hash, hash } from 'node:crypto';
import { bytesOf, displayPath } from '../paths.ts';
import type { PathLike } from '../system.ts';
import type { BackupRecord } from './format.ts';
import { memberName, pathKey } from './names.ts';
import type { TarEntry, TarEvents } from './tar-read.ts';

/** A state file beyond this is not parsed. */
const MAX_JSON = 16 << 20;

interface Member {
  readonly name: PathLike;
  readonly type: TarEntry['type'];
  readonly size: number;
  /** Undefined: not hashed by itself, since its part was hashed as a whole. */
  readonly sha256: string | undefined;
  readonly part: string;
  readonly offset: number;
  /** Where a link leads, or the first name of a file. */
  readonly linkName: PathLike;
  /** Undefined: it was not looked at. */
  readonly isJson: boolean | undefined;
}

/**
 * Compares the members of tars with the records that tell of them: the same names, places, sizes and hashes, none missing,
 * none too many. State files are parsed as JSON on the way.
 */
export class EntryCheck {
  readonly #members = new Map<string, Member>();
  #records: readonly BackupRecord[];
  #byKey = new Map<string, BackupRecord>();
  #problems: string[] | undefined;
  readonly #good = new Set<string>();
  #entry: TarEntry | undefined;
  #sum: Hash | undefined;
  #whole = '';
  #json: Buffer[] | undefined;
  #isJson: boolean | undefined;

  /** `undefined`: the records come later, with `against`. */
  constructor(records: readonly BackupRecord[] | undefined) {
    this.#records = records ?? [];
    this.#index();
  }

  /** Sets the records when they come after the members, as in the sealed tar. */
  against(records: readonly BackupRecord[]): this {
    this.#records = records;
    this.#problems = undefined;
    this.#index();
    return this;
  }

  /** `isHashed`: each member is hashed. Else who reads the tar sees that it is what was written, byte for byte. */
  events(part: string, isHashed: boolean): TarEvents {
    return {
      entry: (entry) => this.#start(entry),
      data: (slice) => this.#data(slice, isHashed),
      end: () => this.#end(part, isHashed),
    };
  }

  /** Members of this part are to come anew. */
  forget(part: string): void {
    for (const [key, member] of this.#members) if (member.part === part) this.#members.delete(key);
  }

  /** Regular files that there should be. */
  get expected(): number {
    return this.#records.filter(isStoredFile).length;
  }

  /** Regular files whose bytes are as recorded. */
  get good(): number {
    return this.#goodRecords(isStoredFile).length;
  }

  /** Bytes of the regular files that are as recorded. */
  get bytes(): number {
    return bytesIn(this.#goodRecords(isStoredFile));
  }

  isGood(key: string): boolean {
    this.problems();
    return this.#good.has(key);
  }

  /** True when a tar had a member of this name. */
  sawMember(key: string): boolean {
    return this.#members.has(key);
  }

  /** What is wrong, one sentence part for each entry. */
  problems(): readonly string[] {
    this.#problems ??= this.#compare();
    return this.#problems;
  }

  /** The state files (`.json`): how many there should be, are, how large, and which are not valid JSON. */
  get state(): { expected: number; files: number; bytes: number; notJson: string[] } {
    const expected = this.#records.filter(isStateJson);
    const good = this.#goodRecords(isStateJson);
    const notJson = good.filter((record) => this.#members.get(keyOf(record))?.isJson === false);
    return {
      expected: expected.length,
      files: good.length,
      bytes: bytesIn(good),
      notJson: notJson.map((record) => displayPath(memberName(record.root, record.rel))),
    };
  }

  #goodRecords(isMeant: (record: BackupRecord) => boolean): BackupRecord[] {
    this.problems();
    return [...this.#good].flatMap((key) => {
      const record = this.#byKey.get(key);
      return record !== undefined && isMeant(record) ? [record] : [];
    });
  }

  #index(): void {
    this.#byKey = new Map(this.#records.map((record) => [keyOf(record), record]));
  }

  #start(entry: TarEntry): void {
    this.#entry = entry;
    this.#sum = undefined;
    this.#whole = '';
    this.#isJson = undefined;
    const record = this.#byKey.get(pathKey(entry.name));
    // Where the records are not known yet, every small JSON file may be a state file.
    const wanted = record
      ? isStateJson(record)
      : this.#records.length === 0 && displayPath(entry.name).endsWith('.json');
    this.#json = wanted && entry.size <= MAX_JSON ? [] : undefined;
  }

  #data(slice: Buffer, isHashed: boolean): void {
    const isWhole = slice.length === this.#entry?.size;
    if (isHashed && isWhole) this.#whole = hash('sha256', slice);
    else if (isHashed) {
      this.#sum ??= createHash('sha256');
      this.#sum.update(slice);
    }
    if (this.#json && isWhole) this.#isJson = parses(slice);
    else this.#json?.push(Buffer.from(slice));
  }

  #end(part: string, isHashed: boolean): void {
    const entry = this.#entry;
    if (!entry) return;
    const { name, type, size, offset, linkName } = entry;
    const sha256 = isHashed ? this.#whole || (this.#sum ?? createHash('sha256')).digest('hex') : undefined;
    const isJson = this.#isJson ?? (this.#json && parses(Buffer.concat(this.#json)));
    this.#json = undefined;
    const bare = type === 'folder' ? withoutSlash(name) : name;
    this.#members.set(pathKey(bare), { name: bare, type, size, sha256, isJson, part, offset, linkName });
  }

  #compare(): string[] {
    const problems: string[] = [];
    this.#good.clear();
    for (const [key, record] of this.#byKey) {
      if (record.part === undefined) continue;
      const member = this.#members.get(key);
      const name = displayPath(memberName(record.root, record.rel));
      const elsewhere =
        member && (member.part !== record.part || (record.offset ?? member.offset) !== member.offset);
      if (!member || elsewhere) problems.push(`${name} is not where its record says`);
      else if (!sameKind(record, member)) problems.push(`${name} is of another kind than recorded`);
      else if (!leadsAsRecorded(record, member)) problems.push(`${name} leads elsewhere than recorded`);
      else if (isStoredFile(record) && !hasRecordedBytes(record, member))
        problems.push(`${name} does not have the recorded bytes`);
      else this.#good.add(key);
    }
    for (const [key, record] of this.#byKey)
      if (record.hardlink !== undefined && !this.#good.has(pathKey(record.hardlink))) {
        problems.push(`${displayPath(record.rel)} is a name of a file that is not there`);
        this.#good.delete(key);
      }
    for (const [key, member] of this.#members)
      if (!this.#byKey.has(key)) problems.push(`${displayPath(member.name)} has no record`);
    return problems;
  }
}

function keyOf(record: BackupRecord): string {
  return pathKey(memberName(record.root, record.rel));
}

/** A hard link has no bytes of its own. */
function isStoredFile(record: BackupRecord): boolean {
  return record.type === 'file' && record.part !== undefined && record.hardlink === undefined;
}

function isStateJson(record: BackupRecord): boolean {
  const name = displayPath(record.rel);
  return (
    isStoredFile(record) &&
    record.category === 'state' &&
    name.endsWith('.json') &&
    (record.size ?? 0) <= MAX_JSON
  );
}

function bytesIn(records: readonly BackupRecord[]): number {
  return records.reduce((sum, { size }) => sum + (size ?? 0), 0);
}

function hasRecordedBytes(record: BackupRecord, { size, sha256 }: Member): boolean {
  return record.size === size && record.sha256 !== undefined && (sha256 ?? record.sha256) === record.sha256;
}

function sameKind(record: BackupRecord, member: Member): boolean {
  return member.type === (record.hardlink === undefined ? record.type : 'hardlink');
}

function leadsAsRecorded({ linkTarget, hardlink }: BackupRecord, { linkName }: Member): boolean {
  const recorded = hardlink ?? linkTarget;
  return recorded === undefined || bytesOf(recorded).equals(bytesOf(linkName));
}

function parses(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
    return true;
  } catch {
    return false;
  }
}

function withoutSlash(name: PathLike): PathLike {
  return typeof name === 'string' ? name.replace(/\/$/, '') : Buffer.from(name.subarray(0, -1));
}
