import { join } from 'node:path';
import { isInside } from '../../paths.ts';
import type { ReadSystem } from '../../system.ts';
import type { Finding } from '../finding.ts';
import { ifReachable, statIfReachable } from '../reachable.ts';
import { type ShellStart, shellStarts } from './shell-paths.ts';

/** What starts when somebody types the command in a shell of theirs. */
export interface CommandOnPath {
  readonly shell: ShellStart['shell'];
  readonly command: 'agent-orch' | 'aw';
  /** Absolute path of the program; of an alias the path in the clone that it names, else `an alias`. */
  readonly starts: string;
  /** Whose code it is: by its place, the Python in its first line, or where it was installed from. */
  readonly of: 'clone' | 'package' | 'unknown';
  /** Of an alias or function. */
  readonly file: string | undefined;
  readonly line: number | undefined;
}

const COMMANDS = ['agent-orch', 'aw'] as const;
const LARGEST_START = 4096;

/** `editable`: environments whose agent-workflow is the clone's own code; `command` is what the package's probe found. */
export function commandsOnPath(
  system: ReadSystem,
  clone: string,
  editable: readonly string[],
  command: string | undefined,
): CommandOnPath[] {
  const isOfClone = (path: string) => isInside(path, clone) || editable.some((root) => isInside(path, root));
  return shellStarts(system).flatMap(({ shell, path, aliases }) =>
    COMMANDS.flatMap((name): CommandOnPath[] => {
      const alias = aliases.get(name);
      if (alias !== undefined) {
        const { text, file, line } = alias;
        // Of the text only a path is shown: people write tokens into aliases, too.
        const ours = text.split(/[\s;&"']+/).map((word) => expand(system, word));
        const starts = ours.find((word) => isInside(word, clone));
        return [
          {
            shell,
            command: name,
            starts: starts ?? 'an alias',
            of: starts === undefined ? 'unknown' : 'clone',
            file,
            line,
          },
        ];
      }
      const program = firstOn(system, path, name);
      if (program === undefined) return [];
      const ofClone = programPaths(system, program).some(isOfClone);
      const of = ofClone ? 'clone' : program === command ? 'package' : 'unknown';
      return [{ shell, command: name, starts: program, of, file: undefined, line: undefined }];
    }),
  );
}

/** Commands that would go on starting the clone's code when the migration is done. */
export function commandFindings(commands: readonly CommandOnPath[]): Finding[] {
  const ofClone = commands.filter((one) => one.of === 'clone');
  const groups = Map.groupBy(ofClone, ({ command, starts }) => `${command} ${starts}`);
  return [...groups.values()].flatMap((group): Finding[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { command, file, line } = first;
    const shells = group.map(({ shell }) => shell).join(', ');
    return [
      {
        code: 'command-of-clone',
        level: 'warning',
        message: `In ${shells}, ${command} starts the code of the clone, also after a migration`,
        file: file ?? first.starts,
        line,
        fix:
          file === undefined
            ? 'Once migrated, take its folder out of PATH, or put the package’s folder before it.'
            : 'Once migrated, change or remove the line (`migration-agent references` shows it).',
      },
    ];
  });
}

function firstOn(system: ReadSystem, path: readonly string[], name: string): string | undefined {
  return path
    .map((folder) => join(folder, name))
    .find((file) => {
      const stat = statIfReachable(system, file);
      return stat?.kind === 'file' && (stat.mode & 0o111) !== 0;
    });
}

/** The program's own places, the Python in its first lines, and the folders of both. */
function programPaths(system: ReadSystem, program: string): string[] {
  const real = ifReachable(() => system.realPath(program)) ?? program;
  const size = statIfReachable(system, real)?.size ?? 0;
  const start =
    size > 16 * LARGEST_START
      ? ''
      : (ifReachable(() => system.readFile(real))?.toString('utf8', 0, LARGEST_START) ?? '');
  const words = [...start.matchAll(/(?<![\w.])\/[^\s"'`;:|&<>()$]+/g)].map(([word]) => word);
  return [program, real, ...words];
}

function expand(system: ReadSystem, word: string): string {
  return word.replace(/^(~|\$HOME|\$\{HOME\})(?=\/)/, system.home);
}
