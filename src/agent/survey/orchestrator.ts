import { join } from 'node:path';
import { isInside } from '../paths.ts';
import type { ProcessInfo, ReadSystem } from '../system.ts';
import { readIfReachable } from './reachable.ts';

export interface RunningOrchestrator {
  readonly pid: number;
  /** How it was noticed: a pid file, or the list of processes. */
  readonly from: string;
}

const PID_FILES = ['.orchestrator.pid', 'orchestrator.pid'];
const PROGRAM = /(^|[\s/])(scripts\/(multi_project_)?orchestrator\.py|lib\/discord_bot\.py)(\s|$)/;
/** The program itself, or Python with it: not a shell, an editor or a search in whose arguments the words stand. */
const PACKAGE =
  /^(\S*python[\d.]*\s+(-\S+\s+)*)?(\S*\/)?(agent-orch|aw)\s+start(\s|$)|^\S*python[\d.]*\s+(-\S+\s+)*-m\s+agent_workflow\.orchestrator(\s|$)/;

/** The orchestrator that works on this installation or target, if one runs now. Stale pid files are ignored. */
export function findRunning(
  system: ReadSystem,
  clone: string,
  target: string,
): RunningOrchestrator | undefined {
  const processes = system.processes().filter((one) => one.pid !== system.pid);
  for (const file of [clone, target].flatMap((folder) => PID_FILES.map((name) => join(folder, name)))) {
    const pid = Number(readIfReachable(system, file)?.toString('utf8').trim());
    const owner = processes.find((one) => one.pid === pid);
    if (owner !== undefined && /python|agent-orch|orchestrator|\baw\b/.test(owner.command))
      return { pid, from: file };
  }
  const found = processes.find((one) => PACKAGE.test(one.command) || isOurProgram(one, clone));
  return found && { pid: found.pid, from: 'the list of processes' };
}

/** A program of this clone: named by its full path, or started from inside the clone. */
function isOurProgram({ command, cwd }: ProcessInfo, clone: string): boolean {
  const inClone = command.split(' ').some((word) => isInside(word, clone));
  return PROGRAM.test(command) && (inClone || (cwd !== undefined && isInside(cwd, clone)));
}
