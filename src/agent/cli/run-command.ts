import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { AppError, errorLabel } from '../../shared/errors.ts';
import { safeText } from '../../shared/safe-text.ts';
import { counted } from '../../shared/words.ts';
import { RealSystem } from '../real-system.ts';
import { readSettings } from '../settings.ts';
import type { System } from '../system.ts';
import { exitOf } from './exits.ts';
import { verbHelp } from './help.ts';
import { VERBS } from './index.ts';
import { asTyped, print } from './printed.ts';
import { tellDueLooks } from './tell-due-looks.ts';
import { type Answer, type Call, COMMON_OPTIONS, type Verb } from './verb.ts';

/** Runs the command `name` with the rest of its line, and returns its exit code. */
export async function runCommand(name: string, rest: readonly string[]): Promise<number> {
  const json = rest.includes('--json') && !rest.slice(0, rest.indexOf('--json')).includes('--');
  const system = new RealSystem();
  try {
    const entry = VERBS.find((verb) => verb.name === name || verb.aliases?.includes(name) === true);
    if (entry === undefined) throw new AppError('UNKNOWN_VERB', { verb: safeText(name, 40) });
    return await runVerb(system, await entry.load(), rest, json);
  } catch (error) {
    return report(name, failure(error, system), json);
  }
}

async function runVerb(system: System, verb: Verb, rest: readonly string[], json: boolean): Promise<number> {
  const { values, positionals } = parse(verb, rest);
  if (values['help'] === true) return print(verbHelp(verb));
  const limit = verb.arguments;
  if (limit !== undefined && positionals.length > limit) {
    throw new AppError('USAGE', {
      problem: `${verb.name} takes ${limit === 0 ? 'no arguments' : `at most ${counted(limit, 'argument')}`}`,
      verb: verb.name,
    });
  }
  const stop = listenForStop();
  try {
    const text = (key: string) => (typeof values[key] === 'string' ? { [key]: values[key] as string } : {});
    const settings = readSettings(system, {
      ...text('target'),
      ...text('recipient'),
      zstd: values['zstd'] === true,
      ...(typeof values['backup-dir'] === 'string' ? { backups: values['backup-dir'] } : {}),
    });
    const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
    const call: Call = {
      system,
      settings,
      args: positionals,
      flags: values as Call['flags'],
      all: (name) => [values[name] ?? []].flat().map(String),
      json,
      yes: values['yes'] === true,
      terminal,
      say: (line) => {
        if (!json) process.stdout.write(`${asTyped([line])}${process.stdout.isTTY ? '\u001b[K' : ''}\n`);
      },
      redraw: (lines, over) => {
        if (json || !process.stdout.isTTY) return;
        const up = over === 0 ? '' : `\u001b[${over}A`;
        const drawn = lines.map(
          (line) => `${asTyped([line]).slice(0, process.stdout.columns - 1)}\u001b[K\n`,
        );
        process.stdout.write(`${up}${drawn.join('')}\u001b[J`);
      },
      sayNow: (line) => {
        if (!json && process.stdout.isTTY)
          process.stdout.write(`${asTyped([line]).slice(0, process.stdout.columns - 1)}\u001b[K\r`);
      },
      sayAside: (line) => {
        if (!json) process.stderr.write(`${asTyped([line])}\n`);
      },
      progress: (event) => {
        if (json) process.stderr.write(`${JSON.stringify(event)}\n`);
      },
      confirm: (question) => confirm(question, values['yes'] === true, terminal && !json),
      stopAsked: () => stop.asked,
    };
    const exit = report(verb.name, await verb.run(call), json);
    await tellDueLooks(call, verb.name);
    return exit;
  } finally {
    stop.end();
  }
}

function parse(verb: Verb, rest: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries({ ...COMMON_OPTIONS, ...verb.options } as Verb['options']).map(([name, option]) => {
      const { type, multiple = false } = option;
      return [name, name === 'help' ? { type, short: 'h' } : { type, multiple }];
    }),
  );
  try {
    return parseArgs({ args: [...rest], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new AppError('USAGE', {
      problem: lowerFirst((error as Error).message.split('. ')[0] ?? 'unknown'),
      verb: verb.name,
    });
  }
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** The first SIGINT or SIGTERM asks the run to stop at its next step; a second one ends the process at once. */
function listenForStop(): { readonly asked: boolean; end(): void } {
  let asked = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked) {
      process.stderr.write('Ended at once. `migrate-status` tells how far it was.\n');
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
    asked = true;
    process.stderr.write('Stopping at the next safe point; once more ends it at once, which is safe too.\n');
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    get asked() {
      return asked;
    },
    end: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

async function confirm(question: string, yes: boolean, terminal: boolean): Promise<boolean> {
  if (yes) return true;
  if (!terminal) throw new AppError('CONFIRMATION_NEEDED');
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const closed = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
    const answer = await Promise.race([prompt.question(`${asTyped([question])} [y/N] `), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return false;
    throw error;
  } finally {
    prompt.close();
  }
}

/** An answer for anything that was thrown: told in words, or a reference to the logged stack. */
function failure(error: unknown, system: System): Answer {
  if (error instanceof AppError) return { exit: exitOf(error.code), result: {}, text: [], error };
  const reference = randomBytes(4).toString('hex');
  const log = writeStack(system, reference, error);
  const internal = new AppError('INTERNAL', { reference, log }, { cause: error });
  return { exit: 1, result: {}, text: [], error: internal };
}

function writeStack(system: System, reference: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const entry = `${JSON.stringify({ at: system.now().toISOString(), reference, stack })}\n`;
  try {
    const { home } = readSettings(system, {});
    const fd = system.openAppend(home.log, 0o600);
    system.write(fd, Buffer.from(entry), null);
    system.close(fd);
    return home.log;
  } catch {
    process.stderr.write(entry);
    return 'the line above';
  }
}

function report(verb: string, answer: Answer, json: boolean): number {
  const { exit, error } = answer;
  if (answer.silent === true) return exit;
  if (json) {
    const envelope = {
      schema: `awm/${verb}/1`,
      ok: error === undefined && exit === 0,
      exit,
      ...(error === undefined ? {} : { error: errorToJson(error) }),
      result: answer.result,
    };
    process.stdout.write(`${JSON.stringify(envelope)}\n`);
    return exit;
  }
  if (answer.text.length > 0) process.stdout.write(`${asTyped(answer.text)}\n`);
  if (error !== undefined) process.stderr.write(`${asTyped(errorLines(error))}\n`);
  return exit;
}

function errorToJson(error: AppError): object {
  const { code, message, hint, file, line } = error;
  return { code: errorLabel(code), name: code, message, hint, file, line };
}

function errorLines(error: AppError): string[] {
  const place =
    error.file === undefined ? [] : [`  at ${safeText([error.file, error.line].filter(Boolean).join(':'))}`];
  return [
    `Error ${error.label}: ${safeText(error.message, 1000)}`,
    ...place,
    `  ${safeText(error.hint, 1000)}`,
  ];
}
