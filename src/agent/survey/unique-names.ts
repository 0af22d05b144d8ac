/** Gives names of which no two are alike: `api`, `api-2`, `api-3`. */
export class UniqueNames {
  readonly #taken: Set<string>;
  /** Below this number all of a name are taken. */
  readonly #next = new Map<string, number>();

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  take(wanted: string): string {
    let name = wanted;
    let n = this.#next.get(wanted) ?? 2;
    for (; this.#taken.has(name); n++) name = `${wanted}-${n}`;
    this.#next.set(wanted, n);
    this.#taken.add(name);
    return name;
  }
}
