import { readGit } from '../../survey/git.ts';
import type { LegacyProject } from '../../survey/projects.ts';
import type { ReadSystem } from '../../system.ts';

/** What git knows of the projects' own repositories. */
export interface ProjectsGit {
  /** Projects with a repository, those that were not looked at included. */
  readonly of: number;
  readonly clean: number;
  readonly changed: readonly { readonly project: string; readonly files: number }[];
  /** Projects whose repository git could not read. */
  readonly unknown: readonly string[];
  readonly notLooked: number;
}

/** Comparing a large repository by its content takes long: nobody should wait longer than this for all of them. */
const LIMIT_MS = 5_000;

/** Looks for changes that were not committed, without touching a repository, for at most `limitMs`. */
export function projectsGit(
  system: ReadSystem,
  projects: readonly Pick<LegacyProject, 'key' | 'path' | 'exists'>[],
  limitMs = LIMIT_MS,
): ProjectsGit {
  const begun = system.elapsed();
  const found = projects.filter(
    ({ path, exists }) => exists && path !== undefined && system.stat(`${path}/.git`) !== undefined,
  );
  const changed: { project: string; files: number }[] = [];
  const unknown: string[] = [];
  let looked = 0;
  for (const { key, path } of found) {
    if (system.elapsed() - begun > limitMs) break;
    looked += 1;
    const files = uncommittedFiles(system, path as string);
    if (files === undefined) unknown.push(key);
    else if (files > 0) changed.push({ project: key, files });
  }
  const clean = looked - changed.length - unknown.length;
  return { of: found.length, clean, changed, unknown, notLooked: found.length - looked };
}

function uncommittedFiles(system: ReadSystem, path: string): number | undefined {
  const git = readGit(system, path);
  if (git.state !== 'read') return undefined;
  try {
    return git.uncommitted().length;
  } finally {
    git.close();
  }
}
