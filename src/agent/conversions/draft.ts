import type { VaultEntry } from '../credentials/vault.ts';
import type { BaseProject } from '../survey/base.ts';
import type { PathLike } from '../system.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';
import type { Winner } from './three-way.ts';

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
  /** The person took it out of their registry after an earlier migration: it stays out. */
  readonly leftOut?: boolean;
  /** The mode in which the old installation runs it. */
  readonly mode: YamlNode | undefined;
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
  readonly #written = new Map<string, Setting>();
  readonly #said = new Map<string, Setting>();
  /** Paths of the maps that the settings lie in. */
  readonly #above = new Set<string>();
  readonly moves: Move[] = [];
  readonly projects: RegistryEntry[] = [];
  readonly secrets: VaultEntry[] = [];
  readonly files: FilePlacement[] = [];
  /** Who keeps a path of config.yaml for itself, by its path as JSON. */
  readonly kept = new Map<string, Winner>();
  /** Paths of config.yaml that go, since the installation does not say them any more. */
  readonly removals: (readonly string[])[] = [];
  /** Single values of projects that are registered already. */
  readonly projectChanges: Setting[] = [];
  /** Names of projects that go from the registry. */
  readonly projectRemovals: string[] = [];
  /** What the next merge compares with. */
  readonly baseProjects: BaseProject[] = [];
  /** Why the profile was chosen, for the report. */
  profileReason = '';

  /** Notes what the installation says, and writes it. The first one for a path stays. */
  set(path: readonly string[], node: YamlNode): void {
    if (this.say(path, node)) this.write(path, node);
  }

  /** Notes what the installation says, whoever wins. False where something was said for the path before. */
  say(path: readonly string[], node: YamlNode): boolean {
    const key = JSON.stringify(path);
    if (this.#said.has(key)) return false;
    this.#said.set(key, { path, node });
    for (let depth = path.length - 1; depth > 0; depth--)
      this.#above.add(JSON.stringify(path.slice(0, depth)));
    return true;
  }

  /** A value of config.yaml; the first one for a path stays. */
  write(path: readonly string[], node: YamlNode): void {
    const key = JSON.stringify(path);
    if (!this.#written.has(key)) this.#written.set(key, { path, node });
  }

  /** True where something was said at this path, above it or below it. */
  touches(path: readonly string[]): boolean {
    if (this.#above.has(JSON.stringify(path))) return true;
    return path.some((_, index) => this.#said.has(JSON.stringify(path.slice(0, index + 1))));
  }

  /** What the installation says at a path. */
  get(path: readonly string[]): YamlNode | undefined {
    return this.#said.get(JSON.stringify(path))?.node;
  }

  /** What is to be written into config.yaml. */
  get settings(): Setting[] {
    return [...this.#written.values()];
  }

  /** Everything that the installation says. */
  get said(): Setting[] {
    return [...this.#said.values()];
  }

  /** Secrets or files are written. */
  get writes(): boolean {
    return this.secrets.length + this.files.length > 0;
  }
}
