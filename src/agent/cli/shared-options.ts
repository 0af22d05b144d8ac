import type { VerbOption } from './verb.ts';

/** Options that mean the same wherever they are taken. */

export const TARGET = {
  type: 'string',
  value: 'DIR',
  about: 'the configuration home (default: where the package looks)',
} as const satisfies VerbOption;

export const BACKUP_DIR = {
  type: 'string',
  value: 'DIR',
  about: 'the folder that backups are kept in (default: ~/.agent-workflow-backups)',
} as const satisfies VerbOption;

export const RECIPIENT = {
  type: 'string',
  value: 'age1…',
  about: 'a second key that opens the backup (default: backup_recipient in config.yml, if it is there)',
} as const satisfies VerbOption;

export const ZSTD = {
  type: 'boolean',
  about: 'compress the backup (its restore.sh needs zstd then)',
} as const satisfies VerbOption;

export const ANSWERS = {
  type: 'string',
  value: 'FILE',
  about: 'YAML file with a line "decision-id: option-id" for each open decision',
} as const satisfies VerbOption;

export const DIFF = {
  type: 'boolean',
  about: 'with --dry-run: what changes in each file; secrets are never shown',
} as const satisfies VerbOption;

export const FROM_ENVIRONMENT = {
  type: 'boolean',
  about: 'also take the tokens that are set in this environment; without it they are only reported',
} as const satisfies VerbOption;
