import type { PlanSummary } from '../wizards/migration-state.ts';

const KINDS = [
  ['project', 'Projects'],
  ['key', 'Settings'],
  ['secret', 'Secrets'],
  ['file', 'Files'],
] as const;

/** What becomes of everything, a line for each kind. What is neither in effect, kept nor in need of someone is left in the clone. */
export function fateLines(ledger: PlanSummary['ledger']): string[] {
  return KINDS.map(([kind, name]) => {
    const { total, in_effect: used, not_in_effect: kept, needs_you: needs } = ledger[kind];
    const left = total - used - kept - needs;
    return [
      `${name}: ${used} of ${total} in effect`,
      ...(kept > 0 ? [`${kept} kept, not in effect`] : []),
      ...(left > 0 ? [`${left} left in the clone`] : []),
      ...(needs > 0 ? [`${needs} need you`] : []),
    ].join(', ');
  });
}
