import { judgeHints, mayHoldTokens } from './secret-hints.ts';
import { findSecretPatterns, findTokens } from './secret-kinds.ts';
import { hasSecretLine } from './secret-lines.ts';

/** Raised with each change after which these rules may find more: what was copied by older ones is looked at anew. */
export const SEARCH_RULES = 2;

/**
 * Whether a secret is stated in these bytes of UTF-8, a file of a backup. Logs and state are the most of a backup, and no
 * place for settings: only whole tokens are looked for in them.
 */
export function looksSecret(bytes: Buffer, category: string | undefined): boolean {
  if (category === 'logs' || category === 'state')
    return mayHoldTokens(bytes) && findTokens(bytes.toString('utf8'));
  return judgeHints(bytes, {
    shapes: findSecretPatterns,
    line: (line) => hasSecretLine(line, 'settings'),
  });
}
