import { Secret } from '../../shared/secret.ts';
import type { Assignment } from '../credentials/assignment.ts';
import { secretPattern } from '../credentials/secret-kinds.ts';
import type { EnvFile, EnvVariable } from './env-files.ts';
import { kindOf } from './env-files.ts';
import type { OutsideFile } from './outside-file.ts';

/** A source of variables that is no env file of the clone, and the file it was read from. */
export interface EnvSource {
  readonly file: EnvFile;
  readonly read: OutsideFile | undefined;
}

/** The variables of a source; empty ones say nothing there, since they are meant for other programs too. */
export function variablesOf(
  assignments: readonly Assignment[],
  pathOf?: (name: string) => readonly string[],
): EnvVariable[] {
  return assignments.flatMap(({ name, value, line }): EnvVariable[] => {
    // A name that is itself a token would be shown.
    if (value === '' || secretPattern(name) !== undefined) return [];
    const what = value === undefined ? 'unreadable' : kindOf(name, value);
    return [
      { name, line, what, value: new Secret(name, value ?? ''), ...(pathOf && { path: pathOf(name) }) },
    ];
  });
}
