import { basename, join } from 'node:path';
import type { ReadSystem } from '../../system.ts';
import { type CloneNames, latin1, type Mention, utf8 } from './clone-names.ts';
import { readCommandLine, type SimpleCommand, type Word } from './command-line.ts';
import { type Launch, type LaunchPlace, launchWords, spokenLaunch } from './launch.ts';
import { sameCommand, type Translation, translate } from './legacy-commands.ts';
import type { Edit } from './reference.ts';

/** The smallest edits that start the package in place of the clone, or why there are none. */
export type Rewrite =
  | { readonly edits: readonly Edit[] }
  | { readonly why: string; readonly suggestion?: string };

export interface CommandContext {
  readonly system: ReadSystem;
  readonly names: CloneNames;
  readonly launch: Launch;
  readonly launchPlace: LaunchPlace;
  /** Where relative words start from, before any `cd`. */
  readonly base: string | undefined;
  /** False on a line that is no shell's: nothing joins commands there. */
  readonly operators: boolean;
}

const NOT_PLAIN = { why: 'it is more than a plain command' };
const UNKNOWN = { why: 'nobody here knows what it does with the clone' };

/** Programs that run the rest of their line: which of their options have a value, and how many words come before it. */
const WRAPPERS: ReadonlyMap<string, { readonly values?: RegExp; readonly operands?: number }> = new Map([
  ['nohup', {}],
  ['exec', {}],
  ['time', {}],
  ['command', {}],
  ['setsid', {}],
  ['chronic', {}],
  ['env', {}],
  ['nice', { values: /^-n$/ }],
  ['ionice', { values: /^-[cn]$/ }],
  ['timeout', { values: /^-[ks]$/, operands: 1 }],
  ['flock', { values: /^-[wE]$/, operands: 1 }],
]);
/** Programs whose one quoted word is a command line of its own. */
const SHELLS = /^(?:sh|bash|dash|zsh|ksh|fish|tmux|screen|alias|abbr)$/;
const PYTHON = /^(?:python|python3(?:\.\d+)?|pypy3)$/;
const PYTHON_FLAGS = /^-[uBOsSE]+$/;
const PACKAGE_MODULES = new Set(['agent_workflow.cli.main']);
/** What may stand behind the command, whatever folder it runs in. */
const HARMLESS = /^(?:logger|true|:)$/;

/** `start` and `end` are the part of the line that is a command; `mention` lies in it. */
export function rewriteCommand(
  text: string,
  start: number,
  end: number,
  mention: Pick<Mention, 'start' | 'end'>,
  context: CommandContext,
): Rewrite {
  const commands = readCommandLine(text, start, end, context.operators);
  if (commands === undefined) return NOT_PLAIN;
  const inner = innerCommand(text, commands, mention);
  if (inner !== undefined) {
    if (!inner.isKnown) return UNKNOWN;
    if (text.slice(inner.start, inner.end).includes('\\')) return NOT_PLAIN;
    return rewriteCommand(text, inner.start, inner.end, mention, { ...context, operators: true });
  }
  return rewriteList(commands, context);
}

/** The quoted word that the mention lies in, where it is a command line of its own. */
function innerCommand(
  text: string,
  commands: readonly SimpleCommand[],
  mention: Pick<Mention, 'start' | 'end'>,
): { start: number; end: number; isKnown: boolean } | undefined {
  for (const { words } of commands) {
    const part = words
      .flatMap(({ quoted }) => quoted)
      .find(({ start, end }) => start <= mention.start && mention.end <= end);
    if (part === undefined || !/[\s;&|]/.test(text.slice(part.start, part.end).trim())) continue;
    const [first] = words.slice(prefixLength(words));
    const isKnown =
      first !== undefined && (SHELLS.test(basename(first.text)) || /^["']?command["']?:$/.test(first.text));
    return { start: part.start, end: part.end, isKnown };
  }
  return undefined;
}

/** Assignments and wrappers before the program itself. */
function prefixLength(words: readonly Word[]): number {
  let at = 0;
  while (at < words.length) {
    const text = words[at]?.text ?? '';
    const wrapper = WRAPPERS.get(basename(text));
    if (/^[A-Za-z_]\w*=/.test(text)) at++;
    else if (wrapper === undefined) return at;
    else {
      at++;
      while (words[at]?.text.startsWith('-') === true)
        at += wrapper.values?.test(words[at]?.text ?? '') === true ? 2 : 1;
      at += wrapper.operands ?? 0;
    }
  }
  return at;
}

function rewriteList(commands: readonly SimpleCommand[], context: CommandContext): Rewrite {
  const { names } = context;
  let cwd = context.base;
  let entered: number | undefined;
  let activated = false;
  for (const [index, command] of commands.entries()) {
    const [first, second] = command.words;
    const target = second === undefined ? undefined : names.pathOf(second.text, cwd);
    const isInClone = target !== undefined && names.isInClone(target);
    const isActivation = isInClone && activates(first, target);
    if (first?.text === 'cd' || isActivation) {
      if (entered !== undefined && !isInClone) return UNKNOWN;
      if (first?.text === 'cd') cwd = target;
      if (!isInClone) continue;
      if (command.joint !== '&&' && command.joint !== ';') return UNKNOWN;
      entered ??= index;
      activated ||= isActivation;
      continue;
    }
    const program = programOf(command, cwd, activated, names);
    if (program === undefined) {
      if (entered !== undefined) return UNKNOWN;
      continue;
    }
    return replace(commands, entered ?? index, index, program, cwd, context);
  }
  return UNKNOWN;
}

/** `source venv/bin/activate`, and how other shells write it. */
function activates(command: Word | undefined, file: string): boolean {
  return /^(?:source|\.)$/.test(command?.text ?? '') && /^activate(?:\.fish)?$/.test(basename(file));
}

interface Program {
  readonly from: number;
  readonly to: number;
  readonly translation: Translation;
}

/** The program of the clone that a command starts; undefined where it is none that is known. */
function programOf(
  { words }: SimpleCommand,
  cwd: string | undefined,
  activated: boolean,
  names: CloneNames,
): Program | undefined {
  let at = prefixLength(words);
  const from = words[at]?.start;
  if (from === undefined) return undefined;
  const isPython = PYTHON.test(basename(words[at]?.text ?? ''));
  if (isPython) {
    at++;
    while (PYTHON_FLAGS.test(words[at]?.text ?? '')) at++;
  }
  const word = words[at];
  const to = words.at(-1)?.end;
  if (word === undefined || to === undefined) return undefined;
  const args = words.slice(at + 1).map(({ text }) => text);
  const inClone = cwd !== undefined && names.isInClone(cwd);
  if (isPython && word.text === '-m') {
    const isPackage = inClone && PACKAGE_MODULES.has(args[0] ?? '');
    return isPackage ? { from, to, translation: sameCommand(args.slice(1)) } : undefined;
  }
  if (!isPython && activated && /^(?:agent-orch|aw)$/.test(word.text))
    return { from, to, translation: sameCommand(args) };
  const isPath = isPython || word.text.includes('/');
  const path = isPath ? names.pathOf(word.text, cwd) : undefined;
  const rel = path === undefined ? undefined : names.inClone(path);
  const translation = rel === undefined ? undefined : translate(rel, args);
  return translation === undefined ? undefined : { from, to, translation };
}

function replace(
  commands: readonly SimpleCommand[],
  first: number,
  index: number,
  program: Program,
  cwd: string | undefined,
  context: CommandContext,
): Rewrite {
  const { translation, from, to } = program;
  if ('why' in translation) return translation;
  const suggestion = `In its place: ${spokenLaunch(translation.args)}`;
  const launch = launchWords(context.system, context.launch, translation.args, context.launchPlace);
  if ('why' in launch) return { ...launch, suggestion };
  const command = commands[index] as SimpleCommand;
  const isMoved = first < index;
  const after = commands.slice(index + 1);
  if (isMoved && after.some(({ words }) => !HARMLESS.test(words[0]?.text ?? '')))
    return { why: 'the commands behind it run in the folder of the clone, too', suggestion };
  const isFreeOfFolder = command.words
    .filter(({ end }) => end <= from)
    .every(({ text }) => /^(?:-.*|\d+\w?|\/.*|[A-Za-z_]\w*=.*)$/.test(text) || WRAPPERS.has(text));
  if (isMoved && !isFreeOfFolder)
    return { why: 'a file beside the command is named by a relative path', suggestion };
  const inside = command.redirections.some(({ target }) => {
    const at = target?.start ?? -1;
    return at > from && at < to;
  });
  if (inside) return { ...NOT_PLAIN, suggestion };
  const logs = command.redirections.map(({ target }) => logEdit(target, cwd, isMoved, context));
  const odd = logs.find((log) => log !== undefined && 'why' in log);
  if (odd !== undefined && 'why' in odd) return { ...odd, suggestion };
  const cut = commands[first]?.words[0]?.start ?? from;
  const own = command.words[0]?.start ?? from;
  return {
    edits: [
      ...(isMoved ? [{ start: cut, end: own, text: '' }] : []),
      { start: from, end: to, text: latin1(launch.words) },
      ...logs.filter((log) => log !== undefined && 'start' in log),
    ],
  };
}

/** A log in the clone moves to the logs of the new home; what else is written there has no known place. */
function logEdit(
  target: Word | undefined,
  cwd: string | undefined,
  isMoved: boolean,
  { names, launch }: CommandContext,
): Edit | { readonly why: string } | undefined {
  if (target === undefined) return undefined;
  const path = names.pathOf(target.text, cwd);
  if (path === undefined)
    return isMoved || target.text.includes('$')
      ? { why: 'nobody here knows where its output goes' }
      : undefined;
  if (!names.isInClone(path))
    return isMoved && !isAbsolute(target.text) ? { why: 'its output goes to a relative path' } : undefined;
  const to = join(launch.target, 'logs', basename(path));
  if (!path.endsWith('.log') || !/^[\w./@+:,-]+$/.test(to))
    return { why: 'its output goes to a file in the clone' };
  return { start: target.start, end: target.end, text: latin1(to) };
}

function isAbsolute(word: string): boolean {
  return /^(?:\/|~\/|\$HOME\/|\$\{HOME\}\/)/.test(utf8(word));
}
