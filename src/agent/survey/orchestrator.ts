import { join } from 'node:path';
import { isInside } from '../paths.ts';
import type { ProcessInfo, ReadSystem } from '../system.ts';
import type { Finding } from './finding.ts';
import { isSamePlace, readIfReachable, statIfReachable } from './reachable.ts';
import type { BlindSpot } from './references/reference.ts';

export interface RunningOrchestrator {
  readonly pid: number;
  /** How it was noticed: a pid file, or the list of processes. */
  readonly from: string;
}

/** One of them, with its whole command line, arguments separated by one space. */
export interface RunningProgram extends RunningOrchestrator {
  readonly command: string;
  /** False: the package's program, and nobody can tell which home it works on. */
  readonly isSurelyOurs: boolean;
}

/** `from` of what the list of processes tells by itself. A pid file alone may be older than the process of its number. */
export const NOTICED_BY_LIST = 'the list of processes';

const PID_FILES = ['.orchestrator.pid', 'orchestrator.pid'];
const PROGRAM = /(^|[\s/])(scripts\/(multi_project_)?orchestrator\.py|lib\/discord_bot\.py)(\s|$)/;
/** The program itself, or Python with it: not a shell, an editor or a search in whose arguments the words stand. */
const PACKAGE =
  /^(\S*python[\d.]*\s+(-\S+\s+)*)?(\S*\/)?(agent-orch|aw)\s+start(\s|$)|^\S*python[\d.]*\s+(-\S+\s+)*-m\s+agent_workflow\.orchestrator(\s|$)/;

/** The first of `findAllRunning`: one is enough to stand in the way. */
export function findRunning(
  system: ReadSystem,
  clone: string,
  target: string,
): RunningOrchestrator | undefined {
  const [first] = findAllRunning(system, clone, target);
  return first && { pid: first.pid, from: first.from };
}

/**
 * The orchestrators that work on this installation or target now, each once. Stale pid files are ignored, and so are
 * programs of other clones and of the package with another configuration home. One of this user's whose environment
 * cannot be seen counts, since it may be ours.
 */
export function findAllRunning(system: ReadSystem, clone: string, target: string): RunningProgram[] {
  const processes = othersOf(system);
  const files = [clone, target].flatMap((folder) => PID_FILES.map((name) => join(folder, name)));
  const byFile = files.flatMap((from): RunningProgram[] => {
    const pid = Number(readIfReachable(system, from)?.toString('utf8').trim());
    const owner = processes.find((one) => one.pid === pid);
    const isOne = owner !== undefined && /python|agent-orch|orchestrator|\baw\b/.test(owner.command);
    return isOne ? [{ pid, from, command: owner.command, isSurelyOurs: true }] : [];
  });
  const byList = processes.flatMap((one): RunningProgram[] => {
    const { pid, command } = one;
    const belongs = isOfPackage(command) ? belongsHere(system, one, clone, target) : undefined;
    const isSurelyOurs = belongs === 'yes' || isOurProgram(one, clone);
    const mayBeOurs = belongs === 'unknown' && isOwn(system, one);
    return isSurelyOurs || mayBeOurs ? [{ pid, from: NOTICED_BY_LIST, command, isSurelyOurs }] : [];
  });
  return [...new Map([...byFile, ...byList].map((one) => [one.pid, one])).values()];
}

/** Whether a command line is the package's program, and so reads a configuration home. */
export function isOfPackage(command: string): boolean {
  return PACKAGE.test(command);
}

/** Programs of other users of which nobody can tell what they work on. */
export function unclearPrograms(system: ReadSystem, clone: string, target: string): BlindSpot[] {
  return othersOf(system)
    .filter((one) => isOfPackage(one.command) && !isOwn(system, one))
    .filter((one) => belongsHere(system, one, clone, target) === 'unknown')
    .map(({ pid }) => ({
      what: `process ${pid}, an orchestrator of another user`,
      why: 'its configuration home cannot be seen',
      run: `sudo tr '\\0' '\\n' < /proc/${pid}/environ | grep -E '^(HOME|AGENT_WORKFLOW_CONFIG_DIR)='`,
    }));
}

export function runningFindings(running: RunningOrchestrator | undefined): Finding[] {
  if (running === undefined) return [];
  return [
    {
      code: 'orchestrator-running',
      level: 'error',
      message: `An orchestrator works on this installation (process ${running.pid}, noticed by ${running.from})`,
      fix: 'Stop it before the migration begins.',
    },
  ];
}

function othersOf(system: ReadSystem): ProcessInfo[] {
  return system.processes().filter((one) => one.pid !== system.pid);
}

/** A program of this clone: named by its full path, or started from inside the clone. */
function isOurProgram(one: ProcessInfo, clone: string): boolean {
  return PROGRAM.test(one.command) && isFromClone(one, clone);
}

/** Named by a path of the clone, or started inside it. */
export function isFromClone({ command, cwd }: ProcessInfo, clone: string): boolean {
  const inClone = command.split(' ').some((word) => isInside(word, clone));
  return inClone || (cwd !== undefined && isInside(cwd, clone));
}

/** The package's program: started from the clone, or with this configuration home. */
function belongsHere(
  system: ReadSystem,
  one: ProcessInfo,
  clone: string,
  target: string,
): 'yes' | 'no' | 'unknown' {
  if (isFromClone(one, clone)) return 'yes';
  const variables = system.processVariables(one.pid, ['AGENT_WORKFLOW_CONFIG_DIR', 'HOME']);
  const named = variables?.['AGENT_WORKFLOW_CONFIG_DIR'];
  const home = variables?.['HOME'];
  if (named !== undefined && named !== '') {
    // A relative folder is one of where it was started.
    const folder = named.startsWith('/') ? named : one.cwd && join(one.cwd, named);
    return folder === undefined ? 'unknown' : isSamePlace(system, folder, target) ? 'yes' : 'no';
  }
  if (home === undefined || home === '') return 'unknown';
  return isSamePlace(system, join(home, '.agent-workflow'), target) ? 'yes' : 'no';
}

/** True also where the system does not tell whose it is. */
export function isOwn(system: ReadSystem, { pid }: Pick<ProcessInfo, 'pid'>): boolean {
  const owner = statIfReachable(system, `/proc/${pid}`)?.uid;
  return owner === undefined || system.uid === undefined || owner === system.uid;
}
