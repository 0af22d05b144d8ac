import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { AppError } from './shared/errors.ts';
import { asStartedHere } from './shared/own-command.ts';

// Stripped and compiled modules are kept beside the packages, not in a folder that other users could write to.
enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'migration-bot'));

/** What `migration-bot` can be asked for: arguments in, exit code out. Each is loaded when it is needed. */
const VERBS = {
  run: async () => (await import('./bot/run.ts')).run,
  init: async () => (await import('./bot/init.ts')).init,
  doctor: async () => (await import('./bot/doctor/doctor.ts')).doctor,
  help: async () => (await import('./bot/help.ts')).help,
} as const;

function verbOf(args: readonly string[]): {
  readonly verb: keyof typeof VERBS;
  readonly rest: readonly string[];
} {
  const [first, ...rest] = args;
  if (args.includes('--help')) return { verb: 'help', rest: [] };
  if (first === undefined || first.startsWith('--')) return { verb: 'run', rest: args };
  if (!Object.hasOwn(VERBS, first)) throw new AppError('BOT_USAGE', { verb: first });
  return { verb: first as keyof typeof VERBS, rest };
}

async function main(args: readonly string[]): Promise<number> {
  try {
    const { verb, rest } = verbOf(args);
    const carryOut = await VERBS[verb]();
    return await carryOut(rest);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`Error ${error.label}: ${error.message}\n  ${asStartedHere(error.hint)}\n`);
    return 2;
  }
}

void main(process.argv.slice(2)).then((exit) => {
  process.exitCode = exit;
});
