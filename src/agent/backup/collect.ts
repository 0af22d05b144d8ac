import { bytesOf } from '../paths.ts';
import type { PathLike, System } from '../system.ts';
import { CategoryParts } from './category-parts.ts';
import { type CopyItem, type CopyTools, entryRecord } from './copy.ts';
import { CopyFiles, type CopyOutcome } from './copy-files.ts';
import {
  type BackupRecord,
  type Category,
  foldersPart,
  type Gap,
  type Manifest,
  type PartEntry,
} from './format.ts';
import { memberName } from './names.ts';
import { Pause } from './pause.ts';
import { recordLine } from './record-codec.ts';
import type { BackupProgress, BackupRequest, Prepared } from './request.ts';
import type { Reuse } from './reuse.ts';
import { sealBytes } from './seal.ts';
import { linkKey, SealedTar, sealedStub } from './sealed-tar.ts';
import { hasSecretAttribute, secretFiles } from './secret-items.ts';
import { SecretSearch } from './secret-search.ts';
import { tarHeader } from './tar-write.ts';

const PROGRESS_MS = 100;

/** A record as it stands in the manifest, and the part that it names. */
export interface RecordLine {
  readonly line: string;
  readonly part?: string | undefined;
}

/**
 * Puts every item where it belongs: plain files into the tar of their category, folders into a tar of their own (the
 * last to be unpacked), secrets into the encrypted part, what cannot be copied into the list of gaps. A hard link goes
 * where its first name went.
 */
export class Collect {
  readonly gaps: Gap[] = [];
  readonly moved: { root: string; rel: PathLike }[] = [];
  readonly parts: PartEntry[] = [];
  readonly counts = { files: 0, folders: 0, links: 0, specials: 0, sealed: 0 };
  readonly categories: Partial<Record<Category, { files: number; bytes: number }>> = {};
  readonly attributes: Manifest['attributes'];
  readonly hasAttributes: boolean;
  plainBytes = 0;
  sealedBytes = 0;
  readonly #system: System;
  readonly #place: string;
  readonly #items: readonly CopyItem[];
  readonly #records = new Map<CopyItem, BackupRecord | RecordLine>();
  readonly #sealed: CopyItem[] = [];
  readonly #folders: CopyItem[] = [];
  readonly #parts: CategoryParts;
  readonly #files: CopyFiles;
  readonly #firstNames = new Map<string, { member: PathLike; category: Category } | 'sealed'>();
  readonly #secretFiles: ReadonlySet<string>;
  readonly #standIns = new Map<CopyItem, string>();
  readonly #tools: CopyTools;
  readonly #progress: ((progress: BackupProgress) => void) | undefined;
  readonly #reuse: Reuse;
  readonly #foldersPart: string;
  readonly #total: { files: number; bytes: number };
  #told = 0;

  constructor(
    system: System,
    folder: string,
    request: BackupRequest,
    prepared: Prepared,
    reuse: Reuse,
    progress: ((progress: BackupProgress) => void) | undefined,
  ) {
    this.#system = system;
    this.#place = folder;
    this.#items = prepared.items;
    this.attributes = prepared.attributes;
    // A part of an earlier backup may hold some, also where they were not read this time.
    const has = ({ attributes }: Pick<CopyItem, 'attributes'>) => attributes !== undefined;
    this.hasAttributes = prepared.items.some(has) || [...reuse.records.values()].some(has);
    this.#reuse = reuse;
    this.#progress = progress;
    const search = new SecretSearch(request.knownSecrets);
    this.#tools = { system, search, patterns: request.patterns, pause: new Pause(system) };
    const taken = reuse.parts.map(({ name }) => name);
    const { zstd = false } = request;
    this.#foldersPart = foldersPart(zstd);
    this.#parts = new CategoryParts(system, folder, taken, 0, zstd);
    this.#files = new CopyFiles(system, this.#tools, this.#parts, { folder, taken, request });
    this.gaps.push(...prepared.gaps.map((gap) => this.#namedSafely(gap)));
    this.#secretFiles = secretFiles(this.#tools, prepared.items);
    const files = prepared.items.filter(({ stat }) => stat.kind === 'file');
    this.#total = { files: files.length, bytes: files.reduce((sum, { stat }) => sum + stat.size, 0) };
  }

  /** Bytes of all files, plain and sealed. */
  get bytes(): number {
    return this.plainBytes + this.sealedBytes;
  }

  /**
   * Copies all that is not secret; plain files with one name come last, and in any order. What became of them is told in
   * the order of the items.
   */
  async copy(): Promise<void> {
    const files: CopyItem[] = [];
    for (const item of this.#items) {
      const reused = this.#reuse.records.get(item);
      if (reused) this.#keepReused(item, reused);
      else if (this.#isSecret(item)) this.#sealLater(item);
      else if (isPlainFile(item)) files.push(item);
      else await this.#plain(item);
      if (this.#tools.pause.due) await this.#tools.pause.take();
      this.#tell();
    }
    const outcomes = await this.#files.copy(files, (done, bytes) =>
      this.#tell(false, { files: done, bytes }),
    );
    for (const [n, item] of files.entries()) this.#settle(item, outcomes[n]!);
  }

  /** Writes `credentials.age`, if there is anything to seal. */
  async seal(recipients: readonly string[]): Promise<void> {
    if (this.#sealed.length === 0) return;
    const tar = new SealedTar(this.#tools, (item, error) => this.#gap(item, error.kind, error.message));
    const entry = await sealBytes(this.#system, this.#place, recipients, tar.bytes(this.#sealed));
    for (const [item, record] of tar.records) {
      this.#records.set(item, sealedStub(item, record, this.#standIns.get(item)));
      this.counts.sealed += 1;
      this.#count(record);
      this.sealedBytes += record.hardlink === undefined ? (record.size ?? 0) : 0;
    }
    this.parts.push({ ...entry, category: 'secrets' });
    this.#tell(true);
  }

  /** Ends every tar and makes it durable. */
  async finishParts(): Promise<void> {
    this.#writeFolders();
    this.parts.push(...this.#reuse.parts, ...this.#parts.finish(), ...(await this.#files.parts()));
    this.#tell(true);
  }

  /** The line of every record, in the order of the items. */
  *lines(): Generator<RecordLine & { readonly root: string }> {
    for (const item of this.#items) {
      const record = this.#records.get(item);
      if (record === undefined) continue;
      const { line, part } = 'line' in record ? record : { line: recordLine(record), part: record.part };
      yield { root: item.root.id, line, part };
    }
  }

  /** No thread writes any more, and every part is closed. */
  async close(): Promise<void> {
    await this.#files.stop();
    this.#parts.close();
  }

  #isSecret(item: CopyItem): boolean {
    const { kind } = item.stat;
    if (this.#tools.search.isIn(bytesOf(item.rel))) {
      this.#standIns.set(item, `withheld-${this.#standIns.size + 1}`);
      return true;
    }
    if (hasSecretAttribute(this.#tools, item)) return true;
    if (item.secret) return kind === 'file' || kind === 'link';
    const key = linkKey(item.stat);
    return key !== undefined && (this.#secretFiles.has(key) || this.#firstNames.get(key) === 'sealed');
  }

  #sealLater(item: CopyItem): void {
    const { kind } = item.stat;
    if (kind !== 'file' && kind !== 'folder' && kind !== 'link') this.#special(item);
    else this.#sealed.push(item);
  }

  async #plain(item: CopyItem): Promise<void> {
    switch (item.stat.kind) {
      case 'folder':
        return this.#folder(item);
      case 'link':
        return this.#link(item, item.category ?? 'custom');
      case 'file':
        return this.#file(item, item.category ?? 'custom');
      default:
        return this.#special(item);
    }
  }

  /** Its bytes stand in the part of an earlier backup, which is a part of this one too. */
  #keepReused(item: CopyItem, record: BackupRecord): void {
    this.#keep(item, record);
    if (record.hardlink === undefined) this.plainBytes += record.size ?? 0;
  }

  #folder(item: CopyItem): void {
    this.#folders.push(item);
    this.#keep(item, { ...entryRecord(item, item.stat), part: this.#foldersPart });
  }

  /**
   * What a folder holds comes before it: then no entry is made in a folder whose time is set already, whichever tar
   * unpacks it.
   */
  #writeFolders(): void {
    const named = this.#folders.map(({ root, rel, stat, attributes }) => ({
      name: memberName(root.id, rel),
      stat,
      attributes,
    }));
    named.sort((a, b) => Buffer.compare(bytesOf(b.name), bytesOf(a.name)));
    for (const { name, stat, attributes } of named) {
      const { mode, uid, gid, mtimeNs } = stat;
      const header = tarHeader({ name, type: 'folder', size: 0, mode, uid, gid, mtimeNs, attributes });
      this.#parts.of('folders').append(header);
    }
  }

  #link(item: CopyItem, category: Category): void {
    const { stat } = item;
    const linkTarget = this.#linkTarget(item);
    if (linkTarget === undefined) return;
    if (this.#tools.search.isIn(linkTarget)) {
      this.moved.push({ root: item.root.id, rel: item.rel });
      this.#sealLater(item);
      return;
    }
    const part = this.#parts.of(category);
    const { mode, uid, gid, mtimeNs } = stat;
    const name = memberName(item.root.id, item.rel);
    part.append(tarHeader({ name, type: 'link', size: 0, mode, uid, gid, mtimeNs, linkName: linkTarget }));
    this.#keep(item, { ...entryRecord(item, stat), part: part.name, linkTarget });
  }

  #linkTarget(item: CopyItem): Buffer | undefined {
    try {
      const target = this.#system.readLink(item.path);
      if (!target) this.#gap(item, 'vanished', 'it is gone');
      return target;
    } catch {
      this.#gap(item, 'unreadable', 'the link cannot be read');
      return undefined;
    }
  }

  /** Of a file with several names, the later ones are links to the first. */
  async #file(item: CopyItem, category: Category): Promise<void> {
    const key = linkKey(item.stat);
    const first = key && this.#firstNames.get(key);
    if (first && first !== 'sealed') {
      this.#hardlink(item, first);
      return;
    }
    const outcome = await this.#files.copyOne(item);
    this.#settle(item, outcome);
    if (key === undefined) return;
    if (outcome === 'secret') this.#firstNames.set(key, 'sealed');
    else if (!('gap' in outcome))
      this.#firstNames.set(key, { member: memberName(item.root.id, item.rel), category });
  }

  #settle(item: CopyItem, outcome: CopyOutcome): void {
    if (outcome === 'secret') {
      this.moved.push({ root: item.root.id, rel: item.rel });
      this.#sealed.push(item);
    } else if ('gap' in outcome) {
      this.#gap(item, outcome.gap, outcome.reason);
    } else {
      this.#records.set(item, outcome);
      this.counts.files += 1;
      this.#countFile(item, outcome.size ?? 0);
      this.plainBytes += outcome.size ?? 0;
    }
  }

  #hardlink(item: CopyItem, first: { member: PathLike; category: Category }): void {
    const part = this.#parts.of(first.category);
    const { mode, uid, gid, mtimeNs, size } = item.stat;
    const name = memberName(item.root.id, item.rel);
    part.append(
      tarHeader({ name, type: 'hardlink', size: 0, mode, uid, gid, mtimeNs, linkName: first.member }),
    );
    this.#keep(item, { ...entryRecord(item, item.stat), part: part.name, size, hardlink: first.member });
  }

  /** One whose name holds a secret has no record: that would stand in the plain manifest. */
  #special(item: CopyItem): void {
    if (!this.#standIns.has(item)) this.#keep(item, entryRecord(item, item.stat));
    this.#gap(item, 'special', `a ${item.stat.kind} is recorded, not copied`);
  }

  #keep(item: CopyItem, record: BackupRecord): void {
    this.#records.set(item, record);
    this.#count(record);
    if (record.type === 'file') this.#countFile(item, record.hardlink === undefined ? (record.size ?? 0) : 0);
  }

  #countFile({ category }: CopyItem, bytes: number): void {
    if (!category) return;
    this.categories[category] ??= { files: 0, bytes: 0 };
    const figures = this.categories[category]!;
    figures.files += 1;
    figures.bytes += bytes;
  }

  #count(record: BackupRecord): void {
    if (record.type === 'file') this.counts.files += 1;
    else if (record.type === 'folder') this.counts.folders += 1;
    else if (record.type === 'link') this.counts.links += 1;
    else this.counts.specials += 1;
  }

  #gap(item: CopyItem, kind: Gap['kind'], reason: string): void {
    this.gaps.push(this.#namedSafely({ kind, root: item.root.id, rel: item.rel, reason }));
  }

  /** A name that holds a secret is not told in the plain manifest. */
  #namedSafely(gap: Gap): Gap {
    return this.#tools.search.isIn(bytesOf(gap.rel)) ? { ...gap, rel: 'withheld' } : gap;
  }

  /** `ahead`: files that are copied and not counted yet. */
  #tell(always = false, ahead = { files: 0, bytes: 0 }): void {
    if (!this.#progress) return;
    const now = this.#system.elapsed();
    if (!always && now - this.#told < PROGRESS_MS) return;
    this.#told = now;
    this.#progress({
      files: this.counts.files + ahead.files,
      ofFiles: this.#total.files,
      bytes: this.bytes + ahead.bytes,
      ofBytes: this.#total.bytes,
    });
  }
}

/** One name, no attributes: copying it takes no more than any thread has. */
function isPlainFile({ stat, attributes }: CopyItem): boolean {
  return stat.kind === 'file' && linkKey(stat) === undefined && attributes === undefined;
}
