import { join } from 'node:path';
import { shellPath } from '../paths.ts';
import { inWords } from '../run/in-words.ts';
import type { System } from '../system.ts';
import type { Launch, Program } from './program.ts';
import { askSystemd } from './systemd.ts';

const START_MS = 30_000;

/**
 * Starts a program as it ran before: by its service, else by its own command line. What it prints goes where it went
 * before, or into the folder of the run. Undefined, or why it does not run.
 */
export async function startProgram(
  system: System,
  { unit, launch }: Pick<Program, 'unit' | 'launch'>,
  runFolder: string,
): Promise<string | undefined> {
  if (unit !== undefined) return askSystemd(system, unit, 'start', START_MS);
  if (launch === undefined)
    return 'its environment is kept nowhere, and only the program that stopped it knew it';
  return startAlone(system, launch, runFolder);
}

async function startAlone(system: System, launch: Launch, runFolder: string): Promise<string | undefined> {
  const [command = '', ...args] = launch.args;
  if (system.stat(launch.cwd)?.kind !== 'folder')
    return `the folder that it ran in, ${shellPath(launch.cwd, system.home)}, is gone`;
  const output = launch.output ?? join(runFolder, 'orchestrator.log');
  try {
    const pid = await system.launch(command, args, { cwd: launch.cwd, env: launch.env, output });
    return typeof pid === 'number' ? undefined : pid;
  } catch (error) {
    return inWords(error, output).message;
  }
}
