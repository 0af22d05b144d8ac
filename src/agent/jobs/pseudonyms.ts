import { isAbsolute, join, resolve } from 'node:path';
import { isInside } from '../paths.ts';
import type { Assessment } from '../plan/assessment.ts';

/**
 * Names of places that say nothing of a person: `<home>`, `<clone>`, `<project-2>`. Projects are numbered in the order in
 * which the settings name them, so a project keeps its number while the settings do.
 */
export class Pseudonyms {
  readonly #home: string;
  readonly #clone: string;
  /** The narrower place first. */
  readonly #places: readonly (readonly [folder: string, name: string])[];

  constructor(
    home: string,
    clone: string,
    { projects, migration_risk: { places } }: Pick<Assessment, 'projects' | 'migration_risk'>,
    { target }: { readonly target: string },
  ) {
    this.#home = home;
    this.#clone = clone;
    const at = (what: string) => places.find((one) => one.what === what)?.path;
    const named: readonly (readonly [string | undefined, string])[] = [
      ...projects.map(({ path }, index) => [path, `project-${index + 1}`] as const),
      [clone, 'clone'],
      [target, 'new-home'],
      [at('backups'), 'backups'],
      [at('agent home'), 'agent-home'],
      [home, 'home'],
    ];
    this.#places = named
      .flatMap(([folder, name]) => (folder === undefined ? [] : [[folder, name] as const]))
      .sort(([a], [b]) => b.length - a.length);
  }

  /** Of a finding's file: a path in the clone, `~/…`, or absolute. */
  of(file: string): string {
    // No paths: the crontab, which a program keeps, and a name that is not shown.
    if (file === 'crontab' || file.startsWith('(')) return '<elsewhere>';
    const path = file.startsWith('~/')
      ? join(this.#home, file.slice(2))
      : isAbsolute(file)
        ? file
        : resolve(this.#clone, file);
    const name = this.#places.find(([folder]) => isInside(path, folder))?.[1] ?? 'elsewhere';
    return `<${name}>`;
  }
}
