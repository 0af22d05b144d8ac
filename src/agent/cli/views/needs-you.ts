import type { LedgerRow } from '../../plan/ledger.ts';
import { shortList } from './table.ts';

/** Each item that nobody but the person can bring to its place, with what to do. */
export function needsYouLines(ledger: readonly LedgerRow[]): string[] {
  const rows = ledger.filter(({ fate }) => fate === 'needs-you');
  if (rows.length === 0) return [];
  return [
    'Needs you',
    ...shortList(
      rows.map(({ item, note }) => `${item}: ${note ?? 'look at it yourself'}`),
      20,
    ),
    '',
  ];
}
