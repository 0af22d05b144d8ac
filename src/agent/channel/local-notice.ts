import type { Actor } from '../../protocol/actor.ts';
import type { Digest } from '../../protocol/digest.ts';
import { planWords } from '../../protocol/digest.ts';
import type { JobType } from '../../protocol/jobs.ts';
import { safeText } from '../../shared/safe-text.ts';

/**
 * What the person at the machine gets to see, in one line each. Nothing that somebody else chose is ever printed as it
 * came: only our own words, ids of a checked form, and text that cannot move the cursor.
 */
export interface Notices {
  notice(line: string): void;
}

const VERBS: Readonly<Record<JobType, string>> = {
  assess: 'assess an installation',
  plan: 'plan a migration (nothing is written)',
  apply: 'CARRY OUT the migration',
  status: 'show how things stand',
  'rollback-preview': 'plan a rollback (nothing is written)',
  rollback: 'ROLL BACK the migration',
  resume: 'GO ON with a run',
  undo: 'TAKE BACK an unfinished run',
  check: 'check integrations',
  backups: 'list backups',
  verify: 'verify a backup',
  export: 'export settings into a folder of the agent',
  'import-plan': 'plan the import of an export (nothing is written)',
};

export function requestLine(
  type: JobType,
  { user }: Pick<Actor, 'user'>,
  decision: string,
  plan?: Digest,
): string {
  const words = plan === undefined ? '' : ` (plan: ${planWords(plan).join(' ')})`;
  const answer = decision === 'accepted' ? 'accepted' : `refused, ${decision}`;
  return safeText(`Discord account ${user} asks to ${VERBS[type]}${words}: ${answer}`);
}

export function endLine(type: JobType, words: string): string {
  return safeText(`${VERBS[type]}: ${words}`);
}
