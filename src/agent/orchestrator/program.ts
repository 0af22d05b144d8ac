import { isAbsolute } from 'node:path';
import { displayPath } from '../paths.ts';
import type { RunningProgram } from '../survey/orchestrator.ts';
import { ifReachable } from '../survey/reachable.ts';
import type { ReadSystem } from '../system.ts';

/**
 * An orchestrator that runs, and what it takes to start it again. The environment holds secrets: it is in memory alone, so
 * that only the process that stopped a program can start it as it was.
 */
export interface Program {
  readonly pid: number;
  /** Tells it from a later process of the same number. */
  readonly start: string | undefined;
  /** Its command line as it may be shown and kept: the program, its script, and words that are no values. */
  readonly command: string;
  /** False: nobody can tell which home it works on. */
  readonly isSurelyOurs: boolean;
  readonly unit: Unit | undefined;
  readonly launch: Launch | undefined;
}

/** A systemd service that it belongs to. */
export interface Unit {
  readonly name: string;
  readonly scope: 'user' | 'system';
}

export interface Launch {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The regular file that it printed to; undefined for a terminal or a pipe. */
  readonly output: string | undefined;
}

/** How a running program was started, as far as the system tells. */
export function describeProgram(system: ReadSystem, { pid, command, isSurelyOurs }: RunningProgram): Program {
  return {
    pid,
    start: system.processStart(pid),
    command: shownCommand(command),
    isSurelyOurs,
    unit: unitOfProcess(system, pid),
    launch: launchOf(system, pid),
  };
}

/** The service that a process belongs to. */
export function unitOfProcess(system: ReadSystem, pid: number): Unit | undefined {
  const cgroup = readProc(system, pid, 'cgroup')?.toString('utf8');
  return cgroup === undefined ? undefined : unitOf(cgroup);
}

/**
 * The service of a line of /proc/PID/cgroup, such as `0::/user.slice/user-1000.slice/user@1000.service/app.slice/a.service`
 * (systemd.unit(5)); undefined in a scope, which is what a terminal runs its programs in.
 */
export function unitOf(cgroup: string): Unit | undefined {
  const path = cgroup
    .split('\n')
    .find((line) => line.startsWith('0::') || line.includes(':name=systemd:'))
    ?.replace(/^\d+:[^:]*:/, '');
  const parts = path?.split('/') ?? [];
  const name = parts.findLast((part) => /\.(service|scope)$/.test(part));
  if (name === undefined || !name.endsWith('.service') || /^user@\d+\.service$/.test(name)) return undefined;
  const isUsers = parts.some((part) => part !== name && /^user@\d+\.service$/.test(part));
  return { name, scope: isUsers ? 'user' : 'system' };
}

function launchOf(system: ReadSystem, pid: number): Launch | undefined {
  const args = readProc(system, pid, 'cmdline')?.toString('utf8').replace(/\0$/, '').split('\0');
  const environment = readProc(system, pid, 'environ')?.toString('utf8');
  const cwd = ifReachable(() => system.readLink(`/proc/${pid}/cwd`));
  if (args === undefined || environment === undefined || cwd === undefined) return undefined;
  const pairs = environment.split('\0').flatMap((entry): [string, string][] => {
    const equals = entry.indexOf('=');
    return equals <= 0 ? [] : [[entry.slice(0, equals), entry.slice(equals + 1)]];
  });
  return { args, cwd: displayPath(cwd), env: Object.fromEntries(pairs), output: outputOf(system, pid) };
}

function outputOf(system: ReadSystem, pid: number): string | undefined {
  const link = ifReachable(() => system.readLink(`/proc/${pid}/fd/1`));
  const path = link === undefined ? '' : displayPath(link);
  const isFile = isAbsolute(path) && ifReachable(() => system.lstat(path))?.kind === 'file';
  return isFile && system.canWrite(path) ? path : undefined;
}

function readProc(system: ReadSystem, pid: number, name: string): Buffer | undefined {
  if (system.platform !== 'linux') return undefined;
  try {
    return system.readFile(`/proc/${pid}/${name}`);
  } catch {
    // It ended meanwhile, or belongs to somebody else.
    return undefined;
  }
}

/** Options without a value that Python takes, names of long options, and what the package's program is told to do. */
const KNOWN_WORD =
  /^(-[BEIOSbdimqsuvx]+|--[a-z]+(-[a-z]+)*|start|agent_workflow\.orchestrator|agent-orch|aw)$/;
const SCRIPT = /^[^=:@]*(\.py|\/agent-orch|\/aw)$/;

/** Any other argument may be a secret, whatever stands before it; `…` is for one or more of them. */
function shownCommand(command: string): string {
  const [program = '', ...words] = command.split(' ');
  const shown = words.map((word) => (KNOWN_WORD.test(word) || SCRIPT.test(word) ? word : '…'));
  return [program, ...shown.filter((word, at) => word !== '…' || shown[at - 1] !== '…')].join(' ');
}
