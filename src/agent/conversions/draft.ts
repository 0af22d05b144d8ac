import type { VaultEntry } from '../credentials/vault.ts';
import type { PathLike } from '../system.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';

/** A value on its way into a YAML file of the new home. */
export interface Setting {
  readonly path: readonly string[];
  readonly node: YamlNode;
}

/** A legacy key or secret and the value that must be found at its new place, for the check after writing. */
export interface Move extends Setting {
  /** Item of the ledger. */
  readonly item: string;
  readonly file: 'config.yaml' | 'projects/registry.yaml';
}

export interface RegistryEntry {
  readonly name: string;
  readonly node: YamlMap;
  /** The person's registry has this project already; its entry stays as it is. */
  readonly existing: boolean;
}

/** A file to be put into the new home. `to` is relative to it. */
export type FilePlacement =
  | {
      readonly kind: 'copy';
      readonly item: string;
      readonly rel: PathLike;
      readonly to: PathLike;
      readonly mode: number;
    }
  | { readonly kind: 'patch'; readonly item: string; readonly to: PathLike; readonly data: Buffer };

/** What the conversions have made so far: the content of the new home before anything is written. */
export class Draft {
  readonly #settings = new Map<string, Setting>();
  /** Paths of the maps that the settings lie in. */
  readonly #above = new Set<string>();
  readonly moves: Move[] = [];
  readonly projects: RegistryEntry[] = [];
  readonly secrets: VaultEntry[] = [];
  readonly files: FilePlacement[] = [];
  /** Why the profile was chosen, for the report. */
  profileReason = '';

  /** Sets a value of config.yaml; the first one set for a path stays. Returns what is there now. */
  set(path: readonly string[], node: YamlNode): YamlNode {
    const key = JSON.stringify(path);
    const there = this.#settings.get(key);
    if (there !== undefined) return there.node;
    this.#settings.set(key, { path, node });
    for (let depth = path.length - 1; depth > 0; depth--)
      this.#above.add(JSON.stringify(path.slice(0, depth)));
    return node;
  }

  /** True where a setting was set at this path, above it or below it. */
  touches(path: readonly string[]): boolean {
    if (this.#above.has(JSON.stringify(path))) return true;
    return path.some((_, index) => this.#settings.has(JSON.stringify(path.slice(0, index + 1))));
  }

  get(path: readonly string[]): YamlNode | undefined {
    return this.#settings.get(JSON.stringify(path))?.node;
  }

  get settings(): Setting[] {
    return [...this.#settings.values()];
  }
}
