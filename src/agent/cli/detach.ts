import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { ownCommand } from '../own-command.ts';
import { shortPath } from '../paths.ts';
import type { System } from '../system.ts';
import type { Answer, Call } from './verb.ts';
import { waitUntil } from './wait-until.ts';

/** Milliseconds that the agent in the background gets to connect. */
const CONNECT_MS = 20_000;
/** What `connect` says once it is. */
const CONNECTED = 'connected to the bot';

/**
 * Starts `connect` in the background, in a session of its own, so that closing the window does not end it. It ends by itself
 * after the last look at a migrated home. `args` go to it as well.
 */
export async function detach(call: Call, args: readonly string[]): Promise<Answer> {
  const { system, settings } = call;
  const output = join(settings.home.path, 'connected.log');
  // What the one before said is kept, and this one's is short enough to be looked at.
  if (system.lstat(output) !== undefined) system.rename(output, `${output}.old`);
  const [command = '', ...first] = ownCommand(system);
  const given = ['connect', '--until-settled', ...args];
  const pid = await system.launch(command, [...first, ...given], {
    cwd: system.home,
    env: definedOf(system.env),
    output,
  });
  if (typeof pid === 'string') throw new AppError('COMMAND_NOT_FOUND', { command, reason: pid });
  const state = await waitUntil(system, CONNECT_MS, () => {
    if (written(system, output).includes(CONNECTED)) return 'connected';
    return system.isAlive(pid) ? undefined : 'ended';
  });
  const log = shortPath(output, system.home);
  const result = { process: pid, connected: state === 'connected', log: output };
  if (state === 'ended')
    return {
      exit: 1,
      result,
      text: [`The agent in the background ended at once. ${log} says why:`, ...tail(system, output)],
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

function written(system: System, output: string): string {
  return system.lstat(output) === undefined ? '' : system.readFile(output).toString('utf8');
}

function tail(system: System, output: string): string[] {
  return written(system, output)
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
