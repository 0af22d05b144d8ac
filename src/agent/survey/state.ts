import { join } from 'node:path';
import { type WalkEntry, walk } from '../backup/walk.ts';
import { isInside } from '../paths.ts';
import type { PathLike, ReadSystem } from '../system.ts';
import type { LegacyProject } from './projects.ts';

/** The `.orch-state` of one project: stays where it is, and goes into every backup. */
export interface ProjectState {
  readonly project: LegacyProject;
  /** Id of the backup root: `project-1`. */
  readonly root: string;
  /** Absolute path of the state folder, without links. */
  readonly path: string;
  /** Below `path`, parents first. */
  readonly entries: readonly WalkEntry[];
  readonly unreadable: readonly { rel: PathLike; reason: string }[];
  readonly files: number;
  readonly bytes: number;
  /** A link led out of the project: nobody can tell what is there, so all of it is sealed in the backup. */
  readonly outside: boolean;
}

/** State folders that hold anything; an empty one has nothing to keep. */
export function readStates(system: ReadSystem, projects: readonly LegacyProject[]): ProjectState[] {
  return projects
    .filter((project) => project.hasState)
    .map((project, index) => {
      const path = system.realPath(project.path as string);
      const folder = system.realPath(join(path, '.orch-state'));
      const { entries, unreadable } = walk(system, folder);
      const files = entries.filter((entry) => entry.kind === 'file');
      return {
        project,
        root: `project-${index + 1}`,
        path: folder,
        entries,
        unreadable,
        files: files.length,
        bytes: files.reduce((sum, entry) => sum + entry.stat.size, 0),
        outside: !isInside(folder, path),
      };
    })
    .filter(({ entries, unreadable }) => entries.length + unreadable.length > 0);
}
