import type { BaseProject } from '../survey/base.ts';
import type { LegacyProject } from '../survey/projects.ts';
import { placeOf } from '../survey/reachable.ts';
import { UniqueNames } from '../survey/unique-names.ts';
import { nodeAt } from '../yaml/leaves.ts';
import type { YamlMap } from '../yaml/yaml-node.ts';
import type { Work } from './conversion.ts';

/** An entry as the person's registry has it. */
export interface RegisteredProject {
  readonly name: string;
  readonly node: YamlMap;
  readonly path: string;
}

/** The person's own registry, looked through once: which folders it knows, and which names are taken. */
export class RegisteredProjects {
  readonly #system: Work['system'];
  readonly #entries = new Map<string, RegisteredProject>();
  readonly #byFolder = new Map<string, RegisteredProject>();
  readonly #names: UniqueNames;
  readonly #bases: readonly BaseProject[];
  readonly #baseByFolder = new Map<string, BaseProject>();
  /** Folders of the installation's projects: what lies in one is that project's. */
  readonly #claimed: ReadonlySet<string>;

  constructor({ survey, system }: Work) {
    this.#system = system;
    const root = survey.target.registry?.root;
    const projects = root && nodeAt(root, ['projects']);
    const entries = projects?.kind === 'map' ? projects.entries : [];
    this.#names = new UniqueNames(entries.map(({ key }) => key.source));
    for (const { key, value } of entries) {
      const path = value.kind === 'map' ? nodeAt(value, ['path']) : undefined;
      if (value.kind !== 'map' || path?.kind !== 'scalar') continue;
      const place: RegisteredProject = { name: key.source, node: value, path: String(path.value) };
      this.#entries.set(place.name, place);
      if (place.path === '') continue;
      const folder = placeOf(system, place.path);
      if (!this.#byFolder.has(folder)) this.#byFolder.set(folder, place);
    }
    // Without its file a registry is none from which single projects were taken out.
    this.#bases = root === undefined ? [] : (survey.target.base?.projects ?? []);
    for (const base of this.#bases) {
      const folder = pathOf(base.entry);
      if (folder !== undefined) this.#baseByFolder.set(placeOf(system, folder), base);
    }
    const folders = this.#bases.length === 0 ? [] : survey.projects.flatMap(({ path }) => path ?? []);
    this.#claimed = new Set(folders.map((path) => placeOf(system, path)));
  }

  /** The project's entry in the registry, and what the last migration left of it; each where there is one. */
  find(project: LegacyProject): { entry: RegisteredProject | undefined; base: BaseProject | undefined } {
    const entry = this.#entryOf(project);
    if (entry !== undefined) return { entry, base: this.#bases.find(({ name }) => name === entry.name) };
    const base = this.#baseOf(project);
    const moved = base && this.#entries.get(base.name);
    const isFree =
      moved === undefined || moved.path === '' || !this.#claimed.has(placeOf(this.#system, moved.path));
    return isFree ? { entry: moved, base } : { entry: undefined, base: undefined };
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  #entryOf({ key, path }: LegacyProject): RegisteredProject | undefined {
    if (path !== undefined) return this.#byFolder.get(placeOf(this.#system, path));
    // A project that no file gives a path is registered with an empty one, and known by its name again.
    const namesake = this.#entries.get(key);
    return namesake?.path === '' ? namesake : undefined;
  }

  /** By its folder, else by its name where the folder of that is no project any more: then it was moved. */
  #baseOf({ key, path }: LegacyProject): BaseProject | undefined {
    const here = path === undefined ? undefined : this.#baseByFolder.get(placeOf(this.#system, path));
    if (here !== undefined) return here;
    const namesake = this.#bases.find((base) => base.key === key);
    const folder = namesake && pathOf(namesake.entry);
    return folder === undefined || !this.#claimed.has(placeOf(this.#system, folder)) ? namesake : undefined;
  }

  freeName(wanted: string): string {
    return this.#names.take(wanted);
  }
}

/** Undefined where an entry names no folder. */
function pathOf(entry: YamlMap): string | undefined {
  const path = nodeAt(entry, ['path']);
  return path?.kind === 'scalar' && path.value !== '' ? String(path.value) : undefined;
}
