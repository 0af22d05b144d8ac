import type { Migration } from 'kysely/migration';
import { firstTables } from './0001-first-tables.ts';
import { approvalsThatPause } from './0002-approvals-that-pause.ts';
import { pairingByCode } from './0003-pairing-by-code.ts';

/** Every migration under the name that the database remembers, in the order of their names. Never edited, only added to. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first-tables': firstTables,
  '0002-approvals-that-pause': approvalsThatPause,
  '0003-pairing-by-code': pairingByCode,
};
