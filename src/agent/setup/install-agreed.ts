import { dirname, join } from 'node:path';
import type { AgentHome } from '../agent-home.ts';
import type { System } from '../system.ts';
import type { AgreedPackage } from './agree-on-package.ts';
import { doActions, type SetupPlaces } from './do-actions.ts';
import { INSTALLERS } from './installers.ts';
import type { InstallAction } from './setup-run.ts';

export interface InstalledPackageRun {
  /** Id of the setup run that holds how it is taken back. */
  readonly run: string;
  /** Absolute path of `agent-orch`. */
  readonly command: string;
  readonly environment: string;
  readonly version: string;
  /** False: a new shell does not find the command before its folder is on PATH. */
  readonly onPath: boolean;
}

/**
 * Installs the proven file into an environment of its own, where there was none, and links its commands. In the journal
 * before it happens; taken back where it fails.
 * @throws PACKAGE_INSTALL_FAILED, SETUP_CONFLICT, LOCKED; SETUP_UNFINISHED, SETUP_LEFT where taking back failed, too
 */
export function installAgreed(
  system: System,
  home: AgentHome,
  places: SetupPlaces,
  { method, wheel, facts, python, wheels }: AgreedPackage,
): InstalledPackageRun {
  const { environment, bin } = INSTALLERS[method].place(system, facts.name);
  const action: InstallAction = {
    kind: 'install',
    method,
    name: facts.name,
    version: facts.version,
    wheel,
    sha256: facts.sha256,
    environment,
    bin,
    commands: facts.commands.map(({ command }) => command),
    folders: deepestFirst([...missing(system, dirname(environment)), ...missing(system, bin)]),
  };
  const { record } = doActions(system, home, places, [action], { python, wheels });
  return {
    run: record.id,
    command: join(bin, 'agent-orch'),
    environment,
    version: facts.version,
    onPath: (system.env['PATH'] ?? '').split(':').includes(bin),
  };
}

/** A folder is empty only once those in it are gone. */
function deepestFirst(folders: readonly string[]): string[] {
  return [...new Set(folders)].sort((a, b) => b.length - a.length);
}

/** Folders that installing makes beside the environment. */
function missing(system: System, folder: string): string[] {
  if (system.lstat(folder) !== undefined || dirname(folder) === folder) return [];
  return [folder, ...missing(system, dirname(folder))];
}
