import { delimiter, join } from 'node:path';
import { AppError, hasErrno } from '../../shared/errors.ts';
import { walk } from '../backup/walk.ts';
import { joinPath } from '../paths.ts';
import type { PathLike, ReadSystem } from '../system.ts';
import { statIfReachable } from './reachable.ts';

/** What the installed pip package is and can do, so that a plan promises nothing that it cannot keep. */
export type PackageProbe = { readonly installed: false } | InstalledPackage;

export interface InstalledPackage {
  readonly installed: true;
  /** Absolute path of the command that wins on PATH. */
  readonly command: string;
  readonly version: string | undefined;
  /** Subcommands that `--help` lists. */
  readonly commands: readonly string[];
  /** Folder of the Python package; undefined where the command does not tell. */
  readonly location: string | undefined;
  readonly readsStore: Ability;
  readonly runsDiscord: Ability;
  readonly readsAgents: Ability;
}

/** `unknown`: the package's code could not be found, so nobody looked. */
export type Ability = 'yes' | 'no' | 'unknown';

/** Larger files are data or programs without a text. */
const LARGEST_FILE = 1 << 20;
const COMMANDS = ['agent-orch', 'aw'];
const LOCATE = `
import importlib.util
spec = importlib.util.find_spec("agent_workflow")
print(list(spec.submodule_search_locations)[0] if spec and spec.submodule_search_locations else "")
`;

/**
 * Looks for the package's command on PATH and at what its code does. Commands run with an empty scratch folder as home,
 * so that the package cannot write to the real one.
 */
export function probePackage(system: ReadSystem): PackageProbe {
  const command = findCommand(system, COMMANDS);
  if (command === undefined) return { installed: false };
  const scratch = system.scratch();
  try {
    const env = {
      PATH: system.env['PATH'] ?? '',
      HOME: scratch.path,
      LC_ALL: 'C.UTF-8',
      COLUMNS: '120',
      NO_COLOR: '1',
    };
    const help = system.run(command, ['--help'], { env, cwd: scratch.path });
    if (help.status !== 0) return { installed: false };
    const location = locatePackage(system, command, { ...env, HOME: system.home });
    const code = location === undefined ? undefined : readCode(system, location);
    return {
      installed: true,
      command,
      version: versionOf(system, location) ?? spokenVersion(system, command, env, scratch.path),
      commands: listedCommands(help.stdout.toString('utf8')),
      location,
      readsStore: able(code, /open\([^)]*credentials\.enc|["']credentials\.enc["']/),
      runsDiscord: able(code, /^\s*(import discord\b|from discord\b)/m),
      readsAgents: able(code, /["']agents["']\s*\)?\s*\.?(glob|iterdir|rglob)|agent_tool_config/),
    };
  } finally {
    scratch.remove();
  }
}

/** The first executable of one of these names on PATH, then in `~/.local/bin`. */
export function findCommand(system: ReadSystem, names: readonly string[]): string | undefined {
  const folders = [...(system.env['PATH'] ?? '').split(delimiter), join(system.home, '.local/bin')].filter(
    Boolean,
  );
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return candidates.find((path) => {
    const stat = statIfReachable(system, path);
    return stat?.kind === 'file' && (stat.mode & 0o111) !== 0;
  });
}

/** True when nothing that the installation used would stand idle with this package. */
export function isUsable(probe: PackageProbe): boolean {
  return probe.installed && probe.readsStore === 'yes';
}

export function locatePackage(
  system: ReadSystem,
  command: string,
  env: Readonly<Record<string, string>>,
): string | undefined {
  const interpreter = interpreterOf(system, command);
  if (interpreter === undefined) return undefined;
  const found = system.run(interpreter, ['-c', LOCATE], { env, cwd: '/' });
  const location = found.stdout.toString('utf8').trim();
  return found.status === 0 && system.stat(location)?.kind === 'folder'
    ? system.realPath(location)
    : undefined;
}

/**
 * The Python that runs the command, by its first lines: a path, `env python3`, or the two lines that pip writes where a
 * path is too long or has spaces (`#!/bin/sh` and `'''exec' PATH "$0" "$@"`).
 */
export function interpreterOf(system: ReadSystem, command: string): string | undefined {
  const file = system.realPath(command);
  const size = system.stat(file)?.size ?? 0;
  if (size > LARGEST_FILE) return undefined;
  const [first = '', second = ''] = system.readFile(file).toString('utf8').split('\n', 2);
  return (
    /^#!\s*(?:\S*\/env\s+)?(\S*python\S*)\s*$/.exec(first)?.[1] ??
    /^'''exec' "?([^"]*python[^"\s]*)"? "\$0"/.exec(second)?.[1]
  );
}

function readCode(system: ReadSystem, location: string): string {
  const parts: string[] = [];
  const skip = (rel: PathLike, kind: string) => kind === 'folder' && String(rel).endsWith('__pycache__');
  for (const { rel, kind } of walk(system, location, { skip }).entries) {
    if (kind !== 'file' || !String(rel).endsWith('.py') || String(rel) === 'cli/migrate.py') continue;
    try {
      parts.push(system.readFile(joinPath(location, rel), LARGEST_FILE).toString('utf8'));
    } catch (error) {
      if (!hasErrno(error, 'EACCES') && !(error instanceof AppError)) throw error;
    }
  }
  return parts.join('\n');
}

function able(code: string | undefined, evidence: RegExp): Ability {
  return code === undefined ? 'unknown' : evidence.test(code) ? 'yes' : 'no';
}

function versionOf(system: ReadSystem, location: string | undefined): string | undefined {
  if (location === undefined) return undefined;
  const file = join(location, '__init__.py');
  if (system.stat(file)?.kind !== 'file') return undefined;
  return /^__version__\s*=\s*["']([^"']+)["']/m.exec(system.readFile(file).toString('utf8'))?.[1];
}

function spokenVersion(system: ReadSystem, command: string, env: Record<string, string>, cwd: string) {
  const spoken = system.run(command, ['--version'], { env, cwd });
  return /(\d+\.\d+[\w.]*)/.exec(spoken.stdout.toString('utf8'))?.[1];
}

function listedCommands(help: string): string[] {
  const section = /^Commands:\n((?:[ \t].*\n?)+)/m.exec(help)?.[1] ?? '';
  return [...section.matchAll(/^ {2}(\S+)/gm)].map((match) => match[1] as string);
}
