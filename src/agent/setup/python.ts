import { delimiter, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { isInside } from '../paths.ts';
import { ifReachable, statIfReachable } from '../survey/reachable.ts';
import type { CommandResult, ReadSystem } from '../system.ts';

/** Downloading and making an environment take longer than a question. */
export const INSTALL_TIMEOUT_MS = 15 * 60_000;

/** The programs that install know where to download from, and through which proxy. */
const PASSED_ON =
  /^(PIP|PIPX|UV|XDG)_\w+$|^(SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|TMPDIR|(https?|all|no)_proxy|(HTTPS?|ALL|NO)_PROXY)$/;

const USABLE = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 8))';

/**
 * A Python 3.8 or newer that can make environments, never one of the clone's own: what is installed with that would end
 * with the clone.
 * @throws PYTHON_MISSING
 */
export function findPython(system: ReadSystem, source: string): string {
  const folders = [...(system.env['PATH'] ?? '').split(delimiter), '/usr/bin'].filter(Boolean);
  for (const path of new Set(folders.map((folder) => join(folder, 'python3')))) {
    if (statIfReachable(system, path)?.kind !== 'file' || isInside(path, source)) continue;
    if (system.run(path, ['-I', '-c', USABLE], { env: installEnv(system), cwd: '/' }).status === 0)
      return path;
  }
  throw new AppError('PYTHON_MISSING');
}

/** What an installing program is given of this environment. */
export function installEnv(system: ReadSystem): Record<string, string> {
  const passed = Object.entries(system.env).flatMap(([name, value]) =>
    value !== undefined && PASSED_ON.test(name) ? [[name, value] as const] : [],
  );
  return {
    ...Object.fromEntries(passed),
    PATH: system.env['PATH'] ?? '/usr/bin:/bin',
    HOME: system.home,
    LC_ALL: 'C.UTF-8',
    NO_COLOR: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
  };
}

/** The same where all packages come from a folder: nothing is asked of the network. */
export function offlineEnv(system: ReadSystem, wheels: string): Record<string, string> {
  return {
    ...installEnv(system),
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: wheels,
    UV_OFFLINE: '1',
    UV_NO_INDEX: '1',
    UV_FIND_LINKS: wheels,
  };
}

/** The last line that says something, without what an address could hold of a password. */
export function reasonOf({ stdout, stderr, notFound, status }: CommandResult): string {
  if (notFound) return 'the program is not there';
  const lines = `${stdout.toString('utf8')}\n${stderr.toString('utf8')}`
    .split('\n')
    .map((line) => line.trim());
  const said =
    lines.findLast((line) => /error|failed|could not|no matching/i.test(line)) ?? lines.findLast(Boolean);
  return (said ?? `it ended with ${status}`).replaceAll(/\/\/[^/@\s]*@/g, '//');
}

/** An absolute path without links, or undefined where nothing is there. */
export function realIfThere(system: ReadSystem, path: string): string | undefined {
  return ifReachable(() => system.realPath(path));
}
