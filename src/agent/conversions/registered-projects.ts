import type { LegacyProject } from '../survey/projects.ts';
import { placeOf } from '../survey/reachable.ts';
import { UniqueNames } from '../survey/unique-names.ts';
import { nodeAt } from '../yaml/leaves.ts';
import type { YamlMap } from '../yaml/yaml-node.ts';
import type { Work } from './conversion.ts';

/** An entry as the person's registry has it. */
interface RegisteredProject {
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
  }

  entryOf({ key, path }: LegacyProject): RegisteredProject | undefined {
    if (path !== undefined) return this.#byFolder.get(placeOf(this.#system, path));
    // A project that no file gives a path is registered with an empty one, and known by its name again.
    const namesake = this.#entries.get(key);
    return namesake?.path === '' ? namesake : undefined;
  }

  freeName(wanted: string): string {
    return this.#names.take(wanted);
  }
}
