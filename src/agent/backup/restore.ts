import { AppError } from '../../shared/errors.ts';
import { type Attributes, attributesKey, setAttributes, withoutAcl } from '../attributes.ts';
import type { PathLike, System } from '../system.ts';
import { type BackupRecord, SEALED_PART } from './format.ts';
import type { BackupIdentity } from './identity.ts';
import { memberName, pathKey } from './names.ts';
import { PartReader } from './part-reader.ts';
import { Pause } from './pause.ts';
import type { Backup } from './read.ts';
import { FileDraft, RestoreError, restoreHardLink, restoreLink } from './restore-file.ts';
import { RestoreFolders } from './restore-folders.ts';
import { isSealed, readSealedTar, sealedRecords } from './sealed-records.ts';
import { readFailure } from './source-file.ts';

export { type Backup, readBackup } from './read.ts';
export { sealedRecords } from './sealed-records.ts';

export interface RestoreOptions {
  /** Told of each entry that is in its place. */
  readonly onDone?: (record: BackupRecord, destination: PathLike) => void;
  /** The mode of sealed files instead of the recorded one and of their ACL, from the moment that they appear. */
  readonly sealedMode?: number;
}

export interface RestoreResult {
  readonly restored: number;
  readonly failed: readonly { readonly record: BackupRecord; readonly reason: string }[];
}

/** One file's bytes, and every place that they go to: the first is written, the others are further names of it. */
interface Content {
  readonly source: BackupRecord;
  readonly places: { readonly record: BackupRecord; readonly destination: PathLike }[];
}

/**
 * Restores the entries for which `wanted` gives an absolute destination, and reports each failure instead of stopping.
 * Names in the tars are never used; a file appears only with its recorded hash. Folders above a destination are made
 * where they are missing. Without an identity, sealed entries come to `wanted` as stubs, and fail if they are wanted.
 *
 * Throws before anything is written: BACKUP_KEY_WRONG, BACKUP_DAMAGED (the sealed part cannot be read).
 */
export async function restoreRecords(
  system: System,
  backup: Backup,
  identity: BackupIdentity | undefined,
  wanted: (record: BackupRecord) => PathLike | undefined,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  const sealed = identity && isSealed(backup) ? await sealedRecords(system, backup, identity) : undefined;
  const plain = sealed ? backup.records.filter(({ part }) => part !== SEALED_PART) : backup.records;
  const restore = new Restore(system, [...plain, ...(sealed ?? [])], wanted, options);
  restore.makeFolders();
  await restore.plainFiles(backup);
  if (identity) await restore.sealedFiles(backup, identity);
  restore.links();
  restore.finishFolders();
  restore.attributes(backup.manifest.attributes === 'kept');
  return { restored: restore.restored, failed: restore.failed };
}

class Restore {
  restored = 0;
  readonly failed: { record: BackupRecord; reason: string }[] = [];
  readonly #system: System;
  readonly #folders: RestoreFolders;
  readonly #pause: Pause;
  readonly #options: RestoreOptions;
  readonly #folderRecords: { record: BackupRecord; destination: PathLike }[] = [];
  readonly #linkRecords: { record: BackupRecord; destination: PathLike }[] = [];
  readonly #contents = new Map<string, Content>();
  readonly #placed = new Map<BackupRecord, PathLike>();

  constructor(
    system: System,
    records: readonly BackupRecord[],
    wanted: (record: BackupRecord) => PathLike | undefined,
    options: RestoreOptions,
  ) {
    this.#system = system;
    this.#folders = new RestoreFolders(system);
    this.#pause = new Pause(system);
    this.#options = options;
    const byMember = new Map(records.map((record) => [pathKey(memberName(record.root, record.rel)), record]));
    for (const record of records) {
      const destination = wanted(record);
      if (destination === undefined) continue;
      if (record.type === 'folder' && record.mode !== undefined)
        this.#folderRecords.push({ record, destination });
      else if (record.type === 'link' && record.linkTarget) this.#linkRecords.push({ record, destination });
      else this.#want(record, destination, byMember);
    }
  }

  makeFolders(): void {
    for (const { record, destination } of this.#folderRecords)
      this.#attempt(record, () => this.#folders.make(record, destination));
  }

  async plainFiles(backup: Backup): Promise<void> {
    const reader = new PartReader(this.#system, backup);
    try {
      for (const content of this.#contents.values()) {
        if (content.source.part === SEALED_PART) continue;
        const draft = this.#begin(content);
        if (!draft) continue;
        try {
          for (const slice of reader.slices(content.source)) {
            draft.write(slice);
            if (this.#pause.due) await this.#pause.take();
          }
          this.#put(content, draft);
        } catch (error) {
          this.#drop(content, draft, error);
        }
        if (this.#pause.due) await this.#pause.take();
      }
    } finally {
      reader.close();
    }
  }

  /** The sealed tar comes as a stream: each wanted file is written when its bytes pass. */
  async sealedFiles(backup: Backup, identity: BackupIdentity): Promise<void> {
    const waiting = new Set([...this.#contents.values()].filter(({ source }) => source.part === SEALED_PART));
    if (waiting.size === 0) return;
    const byOffset = new Map([...waiting].map((content) => [content.source.offset, content]));
    let current: { content: Content; draft: FileDraft } | undefined;
    const guarded = (work: (now: { content: Content; draft: FileDraft }) => void) => {
      const now = current;
      if (!now) return;
      try {
        work(now);
      } catch (error) {
        current = undefined;
        this.#drop(now.content, now.draft, error);
      }
    };
    try {
      await readSealedTar(this.#system, backup, identity, {
        entry: ({ type, offset }) => {
          const content = type === 'file' ? byOffset.get(offset) : undefined;
          current = undefined;
          if (!content || !waiting.delete(content)) return;
          const draft = this.#begin(content);
          current = draft && { content, draft };
        },
        data: (slice) => guarded(({ draft }) => draft.write(slice)),
        end: () => {
          guarded(({ content, draft }) => this.#put(content, draft));
          current = undefined;
        },
      });
    } catch (error) {
      guarded(() => {
        throw error;
      });
      for (const content of waiting) this.#fail(content, error);
      return;
    }
    for (const content of waiting) this.#fail(content, new RestoreError('it is not in the encrypted part'));
  }

  links(): void {
    for (const { record, destination } of this.#linkRecords)
      this.#attempt(record, () => {
        this.#folders.parentsOf(record, destination);
        restoreLink(this.#system, record, destination);
        this.#done(record, destination);
      });
  }

  finishFolders(): void {
    this.#folders.finish(
      (record, destination) => this.#done(record, destination),
      (record, error) => this.failed.push({ record, reason: reasonOf(error) }),
    );
  }

  /**
   * Last of all: an ACL that is set says what the mode of its entry is, and a mode that is set changes the ACL. `isKept`: the
   * backup knows of each entry what it had, so that whatever else there is now goes.
   */
  attributes(isKept: boolean): void {
    const known = [...this.#placed].filter(([{ attributes }]) => isKept || attributes !== undefined);
    if (known.length === 0) return;
    const failures = setAttributes(
      this.#system,
      new Map(known.map(([record, destination]) => [destination, this.#attributesOf(record)])),
    );
    if (failures.size === 0) return;
    for (const [record, destination] of this.#placed) {
      const reason = failures.get(attributesKey(destination));
      if (reason !== undefined) this.failed.push({ record, reason });
    }
  }

  /** An ACL would give a sealed file to others than the mode that is asked for. */
  #attributesOf({ part, type, attributes }: BackupRecord): Attributes | undefined {
    const isForced = part === SEALED_PART && type === 'file' && this.#options.sealedMode !== undefined;
    return isForced ? withoutAcl(attributes) : attributes;
  }

  #want(record: BackupRecord, destination: PathLike, byMember: ReadonlyMap<string, BackupRecord>): void {
    const source = record.hardlink === undefined ? record : byMember.get(pathKey(record.hardlink));
    const problem = problemOf(record, source);
    if (problem !== undefined || !source) {
      this.failed.push({ record, reason: problem ?? 'its bytes are not in the backup' });
      return;
    }
    const key = `${source.part}:${source.offset}:${pathKey(memberName(source.root, source.rel))}`;
    const content = this.#contents.get(key) ?? { source, places: [] };
    content.places.push({ record, destination });
    this.#contents.set(key, content);
  }

  #begin(content: Content): FileDraft | undefined {
    const [first] = content.places;
    try {
      if (!first) return undefined;
      this.#folders.parentsOf(first.record, first.destination);
      const { sealedMode } = this.#options;
      const isSealed = content.source.part === SEALED_PART && sealedMode !== undefined;
      const source = isSealed ? { ...content.source, mode: sealedMode } : content.source;
      return new FileDraft(this.#system, source, first.destination);
    } catch (error) {
      this.#fail(content, error);
      return undefined;
    }
  }

  #put(content: Content, draft: FileDraft): void {
    const [first, ...others] = content.places;
    if (!first) return;
    draft.finish();
    this.#done(first.record, first.destination);
    for (const { record, destination } of others)
      this.#attempt(record, () => {
        this.#folders.parentsOf(record, destination);
        restoreHardLink(this.#system, first.destination, destination);
        this.#done(record, destination);
      });
  }

  #drop(content: Content, draft: FileDraft, error: unknown): void {
    this.#fail(content, error);
    try {
      draft.abandon();
    } catch {
      // The failure above is the one to be told.
    }
  }

  #fail(content: Content, error: unknown): void {
    for (const { record } of content.places) this.failed.push({ record, reason: reasonOf(error) });
  }

  #attempt(record: BackupRecord, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.failed.push({ record, reason: reasonOf(error) });
    }
  }

  #done(record: BackupRecord, destination: PathLike): void {
    this.restored += 1;
    this.#placed.set(record, destination);
    this.#options.onDone?.(record, destination);
  }
}

function problemOf(record: BackupRecord, source: BackupRecord | undefined): string | undefined {
  if (record.part === undefined) return `a ${record.type} is recorded, not copied`;
  if (record.part === SEALED_PART && record.sha256 === undefined && record.hardlink === undefined)
    return 'it is encrypted, and the identity was not given';
  if (source?.offset === undefined || source.sha256 === undefined || source.size === undefined)
    return 'its record is not complete';
  return undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof RestoreError || error instanceof AppError) return error.message;
  if (error instanceof Error && 'code' in error) {
    if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return 'the disk is full';
    if (error.code === 'EISDIR' || error.code === 'ENOTEMPTY') return 'a folder is in its place';
    return readFailure(error);
  }
  throw error;
}
