import { join } from 'node:path';
import { readFishStart, readFishVariables } from '../credentials/fish-start.ts';
import { readShellStart } from '../credentials/shell-start.ts';
import type { ReadSystem } from '../system.ts';
import { ENV_RANK } from './env-files.ts';
import { type EnvSource, variablesOf } from './env-source.ts';
import { nameOfSource, namesIn, readOutsideFile } from './outside-file.ts';

/** Read by interactive shells first: what they say is what a person had when they started the orchestrator by hand. */
const SHELLS = ['.bashrc', '.zshrc', '.bash_profile', '.bash_login', '.zprofile', '.zshenv', '.profile'];

/** The start-up files of shells in the home folder, with the variables that are wanted. */
export function shellSources(
  system: ReadSystem,
  clone: string,
  isWanted: (name: string) => boolean,
): EnvSource[] {
  const fish = join(system.env['XDG_CONFIG_HOME'] || join(system.home, '.config'), 'fish');
  const parts = namesIn(system, join(fish, 'conf.d'))
    .map(({ name }) => String(name))
    .filter((name) => name.endsWith('.fish'));
  const files = [
    ...SHELLS.map((name) => ({ path: join(system.home, name), read: readShellStart })),
    ...['config.fish', ...parts.map((name) => `conf.d/${name}`)].map((name) => ({
      path: join(fish, name),
      read: readFishStart,
    })),
    { path: join(fish, 'fish_variables'), read: readFishVariables },
  ];
  const seen = new Set<string>();
  return files.flatMap(({ path, read }, n): EnvSource[] => {
    const file = readOutsideFile(system, path);
    if (file === undefined || seen.has(file.path)) return [];
    seen.add(file.path);
    const variables = variablesOf(read(file.bytes).filter(({ name }) => isWanted(name)));
    if (variables.length === 0) return [];
    const rel = nameOfSource(system, clone, path);
    return [{ file: { rel, outside: true, precedence: ENV_RANK.shell + n / 100, variables }, read: file }];
  });
}
