import { lastAssignments } from '../credentials/assignment.ts';
import type { ReadSystem } from '../system.ts';
import { ENV_RANK } from './env-files.ts';
import { type EnvSource, variablesOf } from './env-source.ts';
import type { Finding } from './finding.ts';
import type { FoundSecret } from './secrets.ts';

/** Stands for the environment that this program was started in, where files are named. */
export const ENVIRONMENT = '(environment)';

/** The wanted variables of this process's own environment: taken only where somebody asked for it. */
export function environmentSource(system: ReadSystem, isWanted: (name: string) => boolean): EnvSource[] {
  const assignments = Object.entries(system.env)
    .filter(([name, value]) => isWanted(name) && value !== undefined)
    .map(([name, value]) => ({ name, value, line: 1 }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const variables = variablesOf(lastAssignments(assignments));
  const file = { rel: ENVIRONMENT, outside: true, precedence: ENV_RANK.environment, variables };
  return variables.length === 0 ? [] : [{ file, read: undefined }];
}

/** What is only reported of the environment: secrets that no file has with the same value. */
export function environmentFindings(
  sources: readonly EnvSource[],
  secrets: readonly FoundSecret[],
): Finding[] {
  return sources
    .flatMap(({ file }) => file.variables)
    .filter(
      ({ name, value, what }) =>
        what === 'secret' && !secrets.some((one) => one.variable === name && one.value.equals(value)),
    )
    .map(({ name }) => ({
      code: 'environment-secret',
      level: 'info' as const,
      message: `${name} is set in this environment with a value that no file has; it is not copied into the new store`,
      fix: 'Add --from-environment to take it.',
    }));
}
