import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { REAL_TIMERS } from '../channel/timers.ts';
import { ownCommand } from '../own-command.ts';
import { shortPath } from '../paths.ts';
import type { System } from '../system.ts';
import type { Answer, Call } from './verb.ts';

/** Milliseconds that the agent in the background gets to connect, and between two looks whether it did. */
const CONNECT_MS = 20_000;
const LOOK_MS = 200;
/** What `connect` says once it is. */
const CONNECTED = 'connected to the bot';

/**
 * Starts `connect` in the background, in a session of its own, so that closing the window does not end it. It ends by itself
 * after the last look at a migrated home. `args` go to it as well.
 */
export async function detach(call: Call, args: readonly string[]): Promise<Answer> {
  const { system, settings } = call;
  const output = join(settings.home.path, 'connected.log');
  const before = system.lstat(output)?.size ?? 0;
  const [command = '', ...first] = ownCommand(system);
  const given = ['connect', '--until-settled', ...args];
  const pid = await system.launch(command, [...first, ...given], {
    cwd: system.home,
    env: definedOf(system.env),
    output,
  });
  if (typeof pid === 'string') throw new AppError('COMMAND_NOT_FOUND', { command, reason: pid });
  const state = await untilConnected(system, pid, output, before);
  const log = shortPath(output, system.home);
  const result = { process: pid, connected: state === 'connected', log: output };
  if (state === 'ended')
    return {
      exit: 1,
      result,
      text: [`The agent in the background ended at once. ${log} says why:`, ...tail(system, output, before)],
    };
  return {
    exit: 0,
    result,
    text: [
      state === 'connected'
        ? `Connected in the background (process ${pid}), until the last look after a migration.`
        : `The agent in the background (process ${pid}) is not connected yet; it goes on trying.`,
      `What it says is in ${log}. \`migration-agent disconnect\` ends it.`,
    ],
  };
}

async function untilConnected(
  system: System,
  pid: number,
  output: string,
  from: number,
): Promise<'connected' | 'ended' | 'trying'> {
  const end = system.elapsed() + CONNECT_MS;
  while (system.elapsed() < end) {
    if (written(system, output, from).includes(CONNECTED)) return 'connected';
    if (!system.isAlive(pid)) return 'ended';
    await new Promise<void>((resolve) => REAL_TIMERS.after(LOOK_MS, resolve));
  }
  return 'trying';
}

function written(system: System, output: string, from: number): string {
  return system.lstat(output) === undefined ? '' : system.readFile(output).subarray(from).toString('utf8');
}

function tail(system: System, output: string, from: number): string[] {
  return written(system, output, from)
    .split('\n')
    .filter((line) => line !== '')
    .slice(-4)
    .map((line) => `  ${line}`);
}

function definedOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
