import { lookInWords } from '../../health/looks.ts';
import { shellPath } from '../../paths.ts';
import type { ProbationNow } from '../../setup/probation-now.ts';

/** How long the old clone stays as it is, and what the looks since the migration found. */
export function probationLines(
  { source, probation, isOver, looks }: ProbationNow,
  home: string,
): [string, string][] {
  const clone =
    probation === undefined
      ? 'is not there any more'
      : isOver
        ? `was not used for 7 days; migration-agent retire ${shellPath(source, home)} moves it aside`
        : `stays as it is until ${probation.ends.toISOString()}${probation.used === undefined ? '' : `, since ${probation.used} in it was written to`}`;
  return [['Old clone', clone], ...looks.map((look): [string, string] => ['Look', lookInWords(look)])];
}
