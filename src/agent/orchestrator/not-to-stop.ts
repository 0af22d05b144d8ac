import { isFromClone, isOwn, NOTICED_BY_LIST, type RunningProgram } from '../survey/orchestrator.ts';
import type { System } from '../system.ts';
import { type Program, unitOfProcess } from './program.ts';
import { mainProcess } from './systemd.ts';

/**
 * Why a program that was noticed is not ended, although a person agreed: what only stands in the way may be somebody
 * else's. Undefined for one that is surely an orchestrator of this installation, and starts again as it was.
 */
export function whyNotToStop(
  system: System,
  clone: string,
  running: readonly RunningProgram[],
  { pid, unit }: Program,
): string | undefined {
  const one = running.find((other) => other.pid === pid);
  if (one?.from !== NOTICED_BY_LIST)
    return `only the pid file ${one?.from} tells of it; where that is a leftover, it is another program, and the file can go`;
  if (unit === undefined) return isOwn(system, one) ? undefined : 'it belongs to another user';
  if (unitOfProcess(system, system.pid)?.name === unit.name)
    return `this program runs in the same service, ${unit.name}`;
  const main = mainProcess(system, unit);
  if (main === undefined || running.some((other) => other.pid === main)) return undefined;
  const process = system.processes().find((other) => other.pid === main);
  return process !== undefined && isFromClone(process, clone)
    ? undefined
    : `it runs in the service ${unit.name}, which is another program’s`;
}
