import { delimiter, join, resolve } from 'node:path';
import { displayPath } from '../../paths.ts';
import type { ReadSystem } from '../../system.ts';
import { ifReachable, readIfReachable, statIfReachable } from '../reachable.ts';

/** A shell as its start files leave it, as far as they can be read without running them. */
export interface ShellStart {
  readonly shell: 'sh' | 'bash' | 'zsh' | 'fish';
  /** Folders in which it looks for commands, the first wins. */
  readonly path: readonly string[];
  /** Aliases and functions, by name: they go before every folder. The last definition counts. May hold a secret. */
  readonly aliases: ReadonlyMap<
    string,
    { readonly text: string; readonly file: string; readonly line: number }
  >;
}

/** In the order in which they are read: at a login, then for each terminal. */
const START_FILES: Readonly<Record<ShellStart['shell'], readonly string[]>> = {
  sh: ['.profile'],
  bash: ['.bash_profile', '.bash_login', '.profile', '.bashrc', '.bash_aliases'],
  zsh: ['.zshenv', '.zprofile', '.zshrc', '.zsh_aliases', '.aliases'],
  fish: ['.config/fish/config.fish'],
};

const ALIAS = /^\s*alias\s+(?:-\w+\s+)*([\w-]+)[=\s]\s*(.+?)\s*$/;
const FUNCTION = /^\s*(?:function\s+([\w-]+)\b|([\w-]+)\s*\(\s*\))/;
const PATH_SET = /^\s*(?:export\s+|declare\s+-x\s+|typeset\s+-x\s+)?PATH=(.+?)\s*(?:;.*)?$/;
const ZSH_PATH = /^\s*path(\+?)=\(([^)]*)\)/;
const FISH_PATH = /^\s*(?:fish_add_path|set\s+(?:-\w+\s+|--\w+\s+)*(?:PATH|fish_user_paths))\s+(.+?)\s*$/;
/** The start of a virtual environment. */
const ACTIVATE = /(?:^|[;&]\s*|then\s+)\s*(?:\.|source)\s+["']?([^\s"';]+)\/activate(?:\.fish)?["']?/;

/** The shells that have a start file here or are this person's own. */
export function shellStarts(system: ReadSystem): ShellStart[] {
  const own = (system.env['SHELL'] ?? '').split('/').at(-1);
  return (Object.keys(START_FILES) as ShellStart['shell'][]).flatMap((shell) => {
    const files = startFiles(system, shell);
    const isUsed = files.length > 0 || own === shell;
    return isUsed ? [readStarts(system, shell, files)] : [];
  });
}

function startFiles(system: ReadSystem, shell: ShellStart['shell']): string[] {
  const { home } = system;
  const named = START_FILES[shell].map((name) => join(home, name));
  const folders =
    shell === 'fish'
      ? ['.config/fish/conf.d', '.config/fish/functions']
      : shell === 'bash'
        ? ['.bashrc.d']
        : [];
  const more = folders.flatMap((folder) => {
    if (statIfReachable(system, join(home, folder))?.kind !== 'folder') return [];
    const entries = ifReachable(() => system.readFolder(join(home, folder))) ?? [];
    return entries.map(({ name }) => join(home, folder, displayPath(name)));
  });
  return [...named, ...more].filter((path) => statIfReachable(system, path)?.kind === 'file');
}

function readStarts(system: ReadSystem, shell: ShellStart['shell'], files: readonly string[]): ShellStart {
  const aliases = new Map<string, { text: string; file: string; line: number }>();
  let path = (system.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  for (const file of files) {
    const real = ifReachable(() => system.realPath(file));
    const text = (real && readIfReachable(system, real)?.toString('utf8')) ?? '';
    for (const [index, line] of text.split('\n').entries()) {
      if (/^\s*#/.test(line)) continue;
      const alias = ALIAS.exec(line);
      if (alias !== null)
        aliases.set(alias[1] as string, { text: unquoted(alias[2] as string), file, line: index + 1 });
      const called = FUNCTION.exec(line);
      const name = called?.[1] ?? called?.[2];
      if (name !== undefined) aliases.set(name, { text: 'a function', file, line: index + 1 });
      path = pathAfter(system, line, path);
    }
  }
  return { shell, path, aliases };
}

/** What a line makes of PATH. A folder that only running it would tell is left out. */
function pathAfter(system: ReadSystem, line: string, path: readonly string[]): string[] {
  const bin = ACTIVATE.exec(line)?.[1];
  if (bin !== undefined) return joined(system, [bin], path, 'before');
  const set = PATH_SET.exec(line)?.[1];
  if (set !== undefined) return pathOf(system, unquoted(set).split(':'), path);
  const zsh = ZSH_PATH.exec(line);
  if (zsh !== null)
    return zsh[1] === '+'
      ? joined(system, (zsh[2] ?? '').split(/\s+/), path, 'after')
      : pathOf(system, (zsh[2] ?? '').split(/\s+/), path);
  const fish = FISH_PATH.exec(line)?.[1];
  if (fish === undefined) return [...path];
  const words = fish.split(/\s+/).filter((word) => !word.startsWith('-'));
  return words.some((word) => isPath(word))
    ? pathOf(system, words, path)
    : joined(system, words, path, 'before');
}

function pathOf(system: ReadSystem, words: readonly string[], path: readonly string[]): string[] {
  return words.flatMap((word) => {
    if (isPath(word)) return path;
    const folder = folderOf(system, word);
    return folder === undefined ? [] : [folder];
  });
}

function joined(
  system: ReadSystem,
  words: readonly string[],
  path: readonly string[],
  where: 'before' | 'after',
): string[] {
  const folders = words.flatMap((word) => folderOf(system, word) ?? []);
  return where === 'before' ? [...folders, ...path] : [...path, ...folders];
}

function isPath(word: string): boolean {
  return /^["']?\$\{?(PATH|path|fish_user_paths)\b.*\}?["']?$/.test(word);
}

function folderOf(system: ReadSystem, word: string): string | undefined {
  const expanded = unquoted(word).replace(/^(~|\$HOME|\$\{HOME\})(?=\/|$)/, system.home);
  return expanded === '' || /[$`*?~]/.test(expanded) || !expanded.startsWith('/')
    ? undefined
    : resolve(expanded);
}

function unquoted(text: string): string {
  return text.replace(/\s+#.*$/, '').replace(/^(["'])(.*)\1$/, '$2');
}
