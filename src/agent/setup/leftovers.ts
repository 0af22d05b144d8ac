import { delimiter, join } from 'node:path';
import { hasErrno } from '../../shared/errors.ts';
import { isInside } from '../paths.ts';
import { isMovedAside } from '../survey/moved-aside.ts';
import { locatePackage } from '../survey/package-probe.ts';
import { realPathSoFar, statIfReachable } from '../survey/reachable.ts';
import type { FolderEntry, ReadSystem } from '../system.ts';
import { installEnv } from './python.ts';

/** A start command outside of the clone that starts the clone. */
export interface Leftover {
  /** Absolute. */
  readonly path: string;
  /** How it leads there, in words. */
  readonly why: string;
}

/** Larger files are programs, not lines that start one. */
const LARGEST = 64 << 10;
const PACKAGE_COMMANDS = ['agent-orch', 'aw'];

/**
 * Commands in the person's own folders of commands that lead into the clone: links, small scripts that name it, and
 * commands of an editable install. Nothing outside of the home folder: that is not this person's alone.
 */
export function findLeftovers(system: ReadSystem, source: string): Leftover[] {
  const own = [join(system.home, '.local/bin'), join(system.home, 'bin')];
  const onPath = (system.env['PATH'] ?? '').split(delimiter).filter((path) => isInside(path, system.home));
  const folders = new Set([...own, ...onPath].map((path) => realPathSoFar(system, path)));
  return [...folders]
    .filter((folder) => !isInside(folder, source))
    .flatMap((folder) =>
      entriesOf(system, folder)
        .filter(({ name }) => !isMovedAside(String(name)))
        .map(({ name }) => join(folder, String(name))),
    )
    .flatMap((path) => {
      const why = whyLeftover(system, path, source);
      return why === undefined ? [] : [{ path, why }];
    });
}

function whyLeftover(system: ReadSystem, path: string, source: string): string | undefined {
  const kind = system.lstat(path)?.kind;
  if (kind === 'link')
    return isInside(realPathSoFar(system, path), source) ? 'a link into the clone' : undefined;
  const stat = statIfReachable(system, path);
  if (kind !== 'file' || stat === undefined || (stat.mode & 0o111) === 0 || stat.size > LARGEST)
    return undefined;
  const text = system.canRead(path) ? system.readFile(path, LARGEST).toString('utf8') : '';
  if (!text.startsWith('#!')) return undefined;
  if (names(text, source, system.home)) return 'a script that names the clone';
  if (!PACKAGE_COMMANDS.some((name) => path.endsWith(`/${name}`))) return undefined;
  const location = locatePackage(system, path, installEnv(system));
  return location !== undefined && isInside(location, source)
    ? 'an editable install of the clone'
    : undefined;
}

/** The path itself, or as a shell writes it; not a longer name that only begins like it. */
function names(text: string, source: string, home: string): boolean {
  const rest = isInside(source, home) && source !== home ? source.slice(home.length) : undefined;
  const forms = [source, ...(rest === undefined ? [] : [`~${rest}`, `$HOME${rest}`, `\${HOME}${rest}`])];
  return forms.some((form) =>
    text
      .split(form)
      .slice(1)
      .some((after) => !/^[\w.-]/.test(after)),
  );
}

function entriesOf(system: ReadSystem, folder: string): FolderEntry[] {
  try {
    return statIfReachable(system, folder)?.kind === 'folder' ? system.readFolder(folder) : [];
  } catch (error) {
    if (hasErrno(error, 'EACCES', 'EPERM')) return [];
    throw error;
  }
}
