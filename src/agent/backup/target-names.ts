import { randomBytes } from 'node:crypto';
import { hasErrno } from '../../shared/errors.ts';
import { removeIfThere } from '../files.ts';
import { bytesOf, displayPath, joinPath, textOrBytes } from '../paths.ts';
import type { PathLike, System } from '../system.ts';

/** What a file system does to names. */
export interface NameRules {
  /** `A` and `a` are one name. */
  readonly foldsCase: boolean;
  /** Composed and decomposed letters are one name. */
  readonly normalises: boolean;
  /** Only names that are UTF-8 can be made. */
  readonly onlyUtf8: boolean;
}

/** Tries names in a folder and removes them again. */
export function probeNames(system: System, folder: string): NameRules {
  const mark = `.probe-${randomBytes(4).toString('hex')}`;
  const seenAs = (made: string, asked: string) => {
    const path = `${folder}/${mark}${made}`;
    system.close(system.createFile(path, 0o600));
    try {
      return system.lstat(`${folder}/${mark}${asked}`) !== undefined;
    } finally {
      removeIfThere(system, path);
    }
  };
  return {
    foldsCase: seenAs('a', 'A'),
    normalises: seenAs('\u00e9', 'e\u0301'),
    onlyUtf8: !canMake(system, Buffer.concat([Buffer.from(`${folder}/${mark}`), Buffer.from([0xff])])),
  };
}

function canMake(system: System, path: Buffer): boolean {
  try {
    system.close(system.createFile(path, 0o600));
  } catch (error) {
    if (hasErrno(error, 'EILSEQ', 'EINVAL')) return false;
    throw error;
  }
  removeIfThere(system, path);
  return true;
}

/**
 * Gives every path one that the file system tells from all others: a name that is taken gets ` (2)`, ` (3)` … before its
 * ending, one that cannot be made is written with `\xNN`. The same path always gets the same one.
 */
export class TargetNames {
  readonly #rules: NameRules;
  /** By given path, folders too; bytes as latin1. */
  readonly #given = new Map<string, PathLike>();
  readonly #taken = new Set<string>();
  /** Paths that got another name: as they were, and as they are. */
  readonly renamed: { readonly from: PathLike; readonly to: PathLike }[] = [];

  constructor(rules: NameRules) {
    this.#rules = rules;
  }

  nameFor(path: PathLike): PathLike {
    const bytes = bytesOf(path);
    const key = bytes.toString('latin1');
    const known = this.#given.get(key);
    if (known !== undefined) return known;
    const cut = bytes.lastIndexOf(0x2f);
    const folder = cut < 0 ? '' : this.nameFor(textOrBytes(Buffer.from(bytes.subarray(0, cut))));
    const name = textOrBytes(Buffer.from(bytes.subarray(cut + 1)));
    const free = this.#free(folder, name);
    this.#given.set(key, free);
    this.#taken.add(this.#fold(free));
    if (!bytesOf(free).equals(bytes)) this.renamed.push({ from: path, to: free });
    return free;
  }

  #free(folder: PathLike, name: PathLike): PathLike {
    const wanted = typeof name !== 'string' && this.#rules.onlyUtf8 ? displayPath(name) : name;
    const path = joinPath(folder, wanted);
    if (!this.#taken.has(this.#fold(path))) return path;
    for (let n = 2; ; n++) {
      const other = joinPath(folder, numbered(wanted, n));
      if (!this.#taken.has(this.#fold(other))) return other;
    }
  }

  #fold(path: PathLike): string {
    if (typeof path !== 'string') return path.toString('latin1');
    const composed = this.#rules.normalises ? path.normalize('NFC') : path;
    return `text:${this.#rules.foldsCase ? composed.toUpperCase().toLowerCase() : composed}`;
  }
}

function numbered(name: PathLike, n: number): PathLike {
  if (typeof name !== 'string') return Buffer.concat([name, Buffer.from(` (${n})`)]);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? `${name.slice(0, dot)} (${n})${name.slice(dot)}` : `${name} (${n})`;
}
