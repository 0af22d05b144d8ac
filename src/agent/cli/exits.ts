import type { ErrorName } from '../../shared/errors.ts';

/** What every exit code means; scripts depend on them. */
export const EXITS = {
  0: 'done',
  1: 'failed; the text says whether it was undone or can be resumed',
  2: 'wrong usage',
  3: 'blocked by an open decision',
  4: 'refused by policy',
  5: 'interrupted, can be resumed',
  6: 'the plan is stale',
} as const;

/** Errors that have an exit code of their own; all others are 1. */
const EXIT_OF: Partial<Record<ErrorName, number>> = {
  USAGE: 2,
  UNKNOWN_VERB: 2,
  CONFIG_INVALID: 2,
  MODE_NEEDED: 2,
  CONFIRMATION_NEEDED: 2,
  ANSWERS_INVALID: 2,
  UNKNOWN_OPTION: 2,
  STOP_WAIT_INVALID: 2,
  TERMINAL_NEEDED: 2,
  BOT_ADDRESS_INVALID: 2,
  ROOT_UNKNOWN: 2,
  RUNS_AS_ROOT: 4,
  SOURCE_NOT_FOUND: 2,
  ROLLBACK_SELECTION: 2,
  REFERENCE_UNKNOWN: 2,
  REFERENCES_UNNAMED: 2,
  PATCH_EXPORT_PLACE: 2,
  EXPORT_PLACE: 2,
  EXPORT_NO_PASSPHRASE: 2,
  EXPORT_NOT_FOUND: 2,
  IMPORT_NEEDS_TERMINAL: 2,
  EXPORT_SECRETS_MISSING: 3,
  PACKAGE_SPEC_INVALID: 2,
  RETIRE_NEEDS_TERMINAL: 2,
  KIT_NEEDS_TERMINAL: 2,
  KIT_PLACE: 2,
  PRUNE_NEEDS_TERMINAL: 2,
  ENTRY_NOT_IN_BACKUP: 2,
  ENTRY_AMBIGUOUS: 2,
  MIRROR_PLACE: 2,
  RECIPIENT_INVALID: 2,
  SEVERAL_INSTALLATIONS: 3,
  DECISIONS_OPEN: 3,
  SCHEDULED_START_DUE: 3,
  SETTINGS_UNREADABLE: 3,
  PACKAGE_NOT_PINNED: 3,
  INTERRUPTED: 5,
  REFERENCES_UNFINISHED: 5,
  PLAN_STALE: 6,
  REFERENCE_CHANGED: 6,
  PLAN_USED: 6,
  PLAN_OVERDUE: 6,
};

export function exitOf(code: ErrorName): number {
  return EXIT_OF[code] ?? 1;
}
