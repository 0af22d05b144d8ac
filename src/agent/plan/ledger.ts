/**
 * The ledger: one row for each legacy key, file, secret and project, with exactly one fate. Its rows never hold a
 * secret's value; a plain setting's value appears only where it lost against another source.
 */
export const FATES = {
  mapped: { inEffect: true, words: 'moved' },
  renamed: { inEffect: true, words: 'moved under a new name or spelling' },
  default: { inEffect: true, words: 'equal to what the package does by itself' },
  'kept-in-effect': { inEffect: true, words: 'kept, in effect' },
  'kept-unused': { inEffect: false, words: 'kept, not in effect' },
  patch: { inEffect: false, words: 'carried as a patch, not in effect' },
  left: { inEffect: false, words: 'left in the clone' },
  'needs-you': { inEffect: false, words: 'left in the clone and in the backup: needs you' },
  dropped: { inEffect: false, words: 'dropped' },
} as const satisfies Record<string, { inEffect: boolean; words: string }>;

export type Fate = keyof typeof FATES;
export type ItemKind = 'key' | 'file' | 'secret' | 'project';

export interface LedgerRow {
  readonly kind: ItemKind;
  /** `FILE#KEY.PATH` of a key or secret, the path in the clone of a file, the name of a project. */
  readonly item: string;
  readonly fate: Fate;
  /** Where it went, in words of the new home: `config.yaml#global.log_level`. */
  readonly to?: string | undefined;
  readonly note?: string | undefined;
}

export interface LedgerCount {
  readonly total: number;
  readonly inEffect: number;
  /** Kept somewhere, but the package does not act on it. */
  readonly notInEffect: number;
  /** Left where it was, or dropped with the reason. */
  readonly left: number;
  /** Needs a person. */
  readonly needsYou: number;
}

export type LedgerCounts = Record<ItemKind, LedgerCount>;

/** Collects rows and refuses a second fate for the same item. */
export class Ledger {
  readonly #rows = new Map<string, LedgerRow>();

  /** @throws Error (a fault of ours) if the item already has a fate. */
  add(row: LedgerRow): void {
    const id = rowId(row.kind, row.item);
    if (this.#rows.has(id)) throw new Error(`two fates for ${id}`);
    this.#rows.set(id, row);
  }

  has(kind: ItemKind, item: string): boolean {
    return this.#rows.has(rowId(kind, item));
  }

  get rows(): LedgerRow[] {
    return [...this.#rows.values()];
  }

  /** Items of the inventory without a fate; empty when the ledger accounts for 100 %. */
  missing(inventory: Iterable<{ kind: ItemKind; item: string }>): string[] {
    return [...inventory]
      .filter(({ kind, item }) => !this.has(kind, item))
      .map(({ kind, item }) => `${kind} ${item}`);
  }
}

export function countLedger(rows: readonly LedgerRow[]): LedgerCounts {
  const count = (kind: ItemKind): LedgerCount => {
    const mine = rows.filter((row) => row.kind === kind);
    const having = (...fates: Fate[]) => mine.filter((row) => fates.includes(row.fate)).length;
    return {
      total: mine.length,
      inEffect: mine.filter((row) => FATES[row.fate].inEffect).length,
      notInEffect: having('kept-unused', 'patch'),
      left: having('left', 'dropped'),
      needsYou: having('needs-you'),
    };
  };
  return { key: count('key'), file: count('file'), secret: count('secret'), project: count('project') };
}

/** Values such as `your_token_here`, which the template of the env file brings along: no secrets to anybody. */
export function countPlaceholders(rows: readonly LedgerRow[]): number {
  return rows.filter(({ kind, fate }) => kind === 'secret' && fate === 'dropped').length;
}

/** `FILE#a.b.c`; a part with a dot, a hash or an odd character is quoted, so that two keys never read alike. */
export function keyItem(file: string, path: readonly string[]): string {
  return `${file}#${keyPath(path)}`;
}

export function keyPath(path: readonly string[]): string {
  return path.map((part) => (/^[\w-]+$/.test(part) ? part : JSON.stringify(part))).join('.');
}

function rowId(kind: ItemKind, item: string): string {
  return `${kind}\0${item}`;
}
