import { countLedger, type LedgerRow } from '../plan/ledger.ts';
import type { PlanContent } from '../plan/plan.ts';
import { type Entry, evidenceOf, type Json } from '../run/journal.ts';
import type { PackageProbe } from '../survey/package-probe.ts';

/** Step under which a run's journal notes what the package is since the final setup. */
const STEP = 'final-setup';

/** What a final setup leaves in the journal of the run that it finishes. */
export function packageNote(probe: PackageProbe): { step: string; data: Json } {
  return { step: STEP, data: { probe } as unknown as Json };
}

/** A run's plan with the package as the final setup left it; the plan itself where there was none. */
export function contentNow(content: PlanContent, entries: readonly Entry[]): PlanContent {
  const note = evidenceOf(entries, STEP) as { probe?: PackageProbe } | null | undefined;
  return note?.probe === undefined ? content : withPackage(content, note.probe);
}

/** What is in effect depends on the package for one kind of things: the person's own agents (formats.md §6). */
export function withPackage(content: PlanContent, probe: PackageProbe): PlanContent {
  const fate = probe.installed && probe.readsAgents === 'yes' ? 'kept-in-effect' : 'kept-unused';
  const isAgent = (row: LedgerRow) =>
    row.kind === 'file' &&
    row.to?.startsWith('agents/') === true &&
    (row.fate === 'kept-in-effect' || row.fate === 'kept-unused');
  const ledger = content.ledger.map((row) =>
    isAgent(row) ? { ...row, fate: fate as LedgerRow['fate'] } : row,
  );
  return { ...content, package: probe, ledger, counts: countLedger(ledger) };
}
