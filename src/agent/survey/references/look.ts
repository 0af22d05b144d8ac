import { dirname } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { isInside } from '../../paths.ts';
import type { FolderEntry, ReadSystem } from '../../system.ts';
import { ifReachable, statIfReachable } from '../reachable.ts';
import type { BlindSpot, Editable, Place, ReferenceKind } from './reference.ts';

/** Larger files are no start files and no job files. */
const LARGEST = 1 << 20;

/** What the search for references knows, and what it collects. */
export class Look {
  readonly system: ReadSystem;
  /** Absolute, without links. */
  readonly clone: string;
  readonly #notOurs: readonly string[];
  readonly #blind: BlindSpot[] = [];
  readonly #seen = new Set<string>();

  /** Nothing below `notOurs` (the new home, backups, the agent's home) is a reference. */
  constructor(system: ReadSystem, clone: string, notOurs: readonly string[]) {
    this.system = system;
    this.clone = clone;
    this.#notOurs = [clone, ...notOurs];
  }

  get blindSpots(): readonly BlindSpot[] {
    return this.#blind;
  }

  blind(spot: BlindSpot): void {
    if (!this.#blind.some(({ what }) => what === spot.what)) this.#blind.push(spot);
  }

  /**
   * The text file at `path`, read through a link; none where there is none, where it was seen under another name, and for
   * what is no text or belongs to the clone. What may not be read is a blind spot. Each is read only when it is asked
   * for, so that memory stays flat.
   */
  *file(
    kind: ReferenceKind,
    path: string,
    rules: Place['rules'],
    options: { readonly bases?: readonly string[]; readonly never?: string } = {},
  ): Generator<Place> {
    const stat = statIfReachable(this.system, path);
    if (stat?.kind !== 'file' || stat.size === 0 || stat.size > LARGEST) return;
    const real = ifReachable(() => this.system.realPath(path));
    if (real === undefined || this.#seen.has(real) || this.isOurs(real)) return;
    this.#seen.add(real);
    const bytes = this.#read(real);
    if (bytes === undefined || bytes.includes(0)) return;
    const edit: Editable =
      options.never === undefined ? this.#editable(real) : { how: 'never', why: options.never };
    yield { kind, file: path, bytes, bases: options.bases ?? [], edit, rules };
  }

  isOurs(real: string): boolean {
    return this.#notOurs.some((folder) => isInside(real, folder));
  }

  /** Entries with names in UTF-8; empty where the folder is none. One of the system that cannot be listed is a blind spot. */
  entries(folder: string): (FolderEntry & { readonly name: string })[] {
    if (statIfReachable(this.system, folder)?.kind !== 'folder') return [];
    const entries = ifReachable(() => this.system.readFolder(folder));
    if (entries === undefined && folder.startsWith('/etc/'))
      this.blind({
        what: folder,
        why: 'permission denied',
        run: `sudo grep -rnF ${quote(this.clone)} ${quote(folder)}`,
      });
    return (entries ?? []).filter(
      (entry): entry is FolderEntry & { name: string } => typeof entry.name === 'string',
    );
  }

  #read(real: string): Buffer | undefined {
    try {
      const bytes = ifReachable(() => this.system.readFile(real, LARGEST));
      if (bytes === undefined)
        this.blind({
          what: real,
          why: 'permission denied',
          run: `sudo grep -nF ${quote(this.clone)} ${quote(real)}`,
        });
      return bytes;
    } catch (error) {
      // It grew since it was looked at.
      if (error instanceof AppError) return undefined;
      throw error;
    }
  }

  #editable(real: string): Editable {
    const { system } = this;
    const stat = system.lstat(real);
    const never = (why: string): Editable => ({ how: 'never', why });
    if (stat === undefined) return never('the file is gone');
    if (system.uid !== undefined && stat.uid !== system.uid) return never('the file belongs to another user');
    if (stat.nlink > 1) return never('the file has several names (hard links)');
    if (!system.canWrite(real) || !system.canWrite(dirname(real)))
      return never('the file or its folder is write-protected');
    return { how: 'file', path: real };
  }
}

/** A path for a shell, also for another user's: absolute. */
export function quote(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
