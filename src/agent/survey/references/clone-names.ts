import { basename, dirname, join, resolve } from 'node:path';
import { isInside } from '../../paths.ts';
import type { ReadSystem } from '../../system.ts';
import { ifReachable } from '../reachable.ts';

/**
 * Finds the places of a text that name the clone. Rules:
 *
 * - The text has one character for each byte (Latin-1), so that offsets are offsets in the file and nothing is lost.
 * - A path counts by where it leads, links followed, and not by how it is spelled: absolute, `~/`, `$HOME/`, `%h/` of
 *   systemd, the variables of editors, `file://`, quoted or with escaped spaces, or relative to one of the given folders.
 * - A longer name is another folder: `agent-workflow-old` and `agent-workflow.bak` are not the clone.
 */
export interface Mention {
  readonly start: number;
  readonly end: number;
  /** Absolute, in or at the clone. */
  readonly path: string;
}

const HOME = /^(?:~\w*|\$HOME|\$\{HOME\}|\$\{env:HOME\}|\$\{userHome\}|\$USER_HOME\$|%h)(?=\/|$)/;
const BASE = /^(?:\$\{workspaceFolder\}|\$\{workspaceRoot\}|\$PROJECT_DIR\$|\$MODULE_DIR\$)(?=\/|$)/;
const FILE_URL = /^file:\/\/(?:localhost)?(?=\/)/;

/** Where a path may begin. A slash in the middle of a word is none. */
const HEAD =
  /(?<![\w./~%$}@])(?:file:\/\/(?:localhost)?(?=\/)|(?:\$HOME|\$\{HOME\}|\$\{env:HOME\}|\$\{userHome\}|\$USER_HOME\$|\$\{workspaceFolder\}|\$\{workspaceRoot\}|\$PROJECT_DIR\$|\$MODULE_DIR\$)(?="?\/)|%h(?=\/)|~\w*(?=\/)|\/)/g;
const TAIL = /(?:\\[^\n]|[^\s"'`;|&<>()[\]{},:=\\])*/y;
/** Ends a name: what follows belongs to another word or to a folder below. */
const NAME_END = /[/\s"'`;|&<>()[\]{},:=]|$/y;

export class CloneNames {
  readonly #system: ReadSystem;
  readonly #clone: string;
  readonly #relative: RegExp;
  readonly #places = new Map<string, string>();
  /** Names that `~name` may have for this person. */
  readonly #users: ReadonlySet<string | undefined>;

  /** `clone` is absolute and without links. */
  constructor(system: ReadSystem, clone: string) {
    this.#system = system;
    this.#clone = clone;
    this.#users = new Set([basename(system.home), system.env['USER'], system.env['LOGNAME']]);
    const name = latin1(basename(clone)).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    // A bare name is a folder only where a folder is expected: it may as well be a tag or a title.
    this.#relative = new RegExp(
      `(?<![\\w./~$%@}\\\\-])(?:(?:[\\w@+.-]+/)+${name}(?=[/\\s"'\`;|&<>()\\[\\]{},:=]|$)|${name}(?=/)|(?<=(?:\\bcd|\\bCOPY|\\bADD|context:|build:)\\s+["']?)${name}(?=["'\\s;&]|$)|\\.\\.?/)`,
      'g',
    );
  }

  /** In the order of the text; none overlaps another. */
  mentions(text: string, bases: readonly string[] = []): Mention[] {
    const looks = [...text.matchAll(HEAD)].map((head) => ({
      at: head.index,
      look: () => this.#headed(text, head, bases),
    }));
    if (bases.length > 0) {
      for (const { index } of text.matchAll(this.#relative))
        looks.push({ at: index, look: () => this.#relativeAt(text, index, bases) });
    }
    const found: Mention[] = [];
    for (const { at, look } of looks.sort((a, b) => a.at - b.at)) {
      const mention = at < (found.at(-1)?.end ?? 0) ? undefined : look();
      if (mention !== undefined) found.push(mention);
    }
    return found;
  }

  /** The absolute path that a word of a command names; undefined where a variable or a missing base hides it. */
  pathOf(word: string, base?: string): string | undefined {
    const path = this.#expand(word, base);
    return path === undefined || path === '' ? undefined : resolve(utf8(path));
  }

  isInClone(path: string): boolean {
    return isInside(path, this.#clone) || isInside(this.#place(path), this.#clone);
  }

  /** Path of something in the clone, relative to it; empty for the clone itself, undefined outside of it. */
  inClone(path: string): string | undefined {
    const inside = [path, this.#place(path)].find((one) => isInside(one, this.#clone));
    return inside === undefined ? undefined : inside.slice(this.#clone.length + 1);
  }

  #headed(text: string, head: RegExpExecArray, bases: readonly string[]): Mention | undefined {
    const start = head.index;
    let from = start + (head[0] === '/' ? 0 : head[0].length);
    const isClosed = text[from] === '"';
    if (isClosed) from++;
    const quote = isClosed ? '' : (/["'`]/.exec(text[start - 1] ?? '')?.[0] ?? '');
    const prefix = head[0] === '/' ? '' : head[0];
    const tries = bases.length === 0 ? [undefined] : bases;
    return this.#first(text, start, this.#ends(text, prefix, from, quote), (end) => {
      const word = prefix + unescaped(text.slice(from, end), quote);
      return tries.flatMap((base) => this.#expand(word, base) ?? []);
    });
  }

  #relativeAt(text: string, start: number, bases: readonly string[]): Mention | undefined {
    TAIL.lastIndex = start;
    const end = start + (TAIL.exec(text)?.[0].length ?? 0);
    return this.#first(text, start, [end], (to) =>
      bases.map((base) => resolve(latin1(base), unescaped(text.slice(start, to), ''))),
    );
  }

  /** Ends that the path may have: by the clone's own name with spaces, at the end of the word, of the quoted text. */
  #ends(text: string, prefix: string, from: number, quote: string): number[] {
    const start = this.#expand(prefix, undefined) ?? '';
    const clone = latin1(this.#clone);
    const rest = clone.startsWith(start) ? clone.slice(start.length) : undefined;
    const ends: number[] = [];
    const tailFrom = (at: number) => {
      TAIL.lastIndex = at;
      return at + (TAIL.exec(text)?.[0].length ?? 0);
    };
    if (rest?.includes(' ') === true && text.startsWith(rest, from)) {
      NAME_END.lastIndex = from + rest.length;
      if (NAME_END.test(text)) ends.push(tailFrom(from + rest.length));
    }
    ends.push(tailFrom(from));
    if (quote !== '') {
      const line = text.slice(from, (text.indexOf('\n', from) + 1 || text.length + 1) - 1);
      if (line.includes(quote)) ends.push(from + line.indexOf(quote));
    }
    return ends;
  }

  #first(
    text: string,
    start: number,
    ends: readonly number[],
    paths: (end: number) => readonly string[],
  ): Mention | undefined {
    for (const wanted of ends) {
      const whole = text.slice(start, wanted);
      // In a sentence its end belongs to the word.
      for (const end of [wanted, start + whole.replace(/[.!?]+$/, '').length]) {
        const path = paths(end)
          .map((one) => resolve(utf8(one)))
          .find((one) => this.isInClone(one));
        if (path !== undefined) return { start, end, path };
      }
    }
    return undefined;
  }

  /** An absolute path in Latin-1, or undefined where only running something would tell. */
  #expand(word: string, base: string | undefined): string | undefined {
    const url = FILE_URL.exec(word);
    if (url !== null) return percentDecoded(word.slice(url[0].length));
    const inHome = HOME.exec(word);
    if (inHome !== null) {
      const user = /^~(\w+)/.exec(word)?.[1];
      const isOther = user !== undefined && !this.#users.has(user);
      return isOther ? undefined : latin1(this.#system.home) + word.slice(inHome[0].length);
    }
    const inBase = BASE.exec(word);
    if (inBase !== null) return base === undefined ? undefined : latin1(base) + word.slice(inBase[0].length);
    if (word.startsWith('/') || word === '') return word;
    return base === undefined || word.includes('$') ? undefined : resolve(latin1(base), word);
  }

  /** Without links as far as it exists. Paths share their folders, so each folder is asked once. */
  #place(path: string): string {
    const known = this.#places.get(path);
    if (known !== undefined) return known;
    const parent = dirname(path);
    const place =
      ifReachable(() => this.#system.realPath(path)) ??
      (parent === path ? path : join(this.#place(parent), basename(path)));
    this.#places.set(path, place);
    return place;
  }
}

function unescaped(tail: string, quote: string): string {
  return quote === "'" ? tail : tail.replace(/\\([^\n])/g, '$1');
}

function percentDecoded(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

export function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

export function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
