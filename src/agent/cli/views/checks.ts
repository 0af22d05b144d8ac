import type { CheckResult } from '../../checks/check.ts';
import { facts } from './table.ts';

/** One line for each check: how it went, its figure, and why. */
export function checkLines(checks: readonly CheckResult[]): string[] {
  return facts(
    checks.map(({ name, status, done, of, unit, reason }) => [
      name,
      [`${status}${of === 0 ? '' : `, ${done} of ${of} ${unit}`}`, reason].filter(Boolean).join(': '),
    ]),
  );
}
