import type { RunResult } from '../../protocol/facts.ts';
import type { LedgerCount, LedgerCounts } from '../plan/ledger.ts';

const NO_FATES = { total: 0, in_effect: 0, not_in_effect: 0, needs_you: 0 };
export const NO_LEDGER: RunResult['ledger'] = {
  key: NO_FATES,
  file: NO_FATES,
  secret: NO_FATES,
  project: NO_FATES,
};

export function ledgerFacts(counts: LedgerCounts): RunResult['ledger'] {
  const facts = ({ total, inEffect, notInEffect, needsYou }: LedgerCount) => ({
    total,
    in_effect: inEffect,
    not_in_effect: notInEffect,
    needs_you: needsYou,
  });
  const { key, file, secret, project } = counts;
  return { key: facts(key), file: facts(file), secret: facts(secret), project: facts(project) };
}
