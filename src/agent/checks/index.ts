import { agentPermissions } from './agent-permissions.ts';
import { backupIntegrity } from './backup-integrity.ts';
import type { Check } from './check.ts';
import { configCompleteness } from './config-completeness.ts';
import { configSyntax } from './config-syntax.ts';
import { credentialMigration } from './credential-migration.ts';
import { effectiveValues } from './effective-values.ts';
import { projectDiscovery } from './project-discovery.ts';
import { statePreservation } from './state-preservation.ts';

/** Looked at before anything is put into its place: an error here leaves the person's files as they were. */
export const CHECKS: readonly Check[] = [
  configSyntax,
  configCompleteness,
  effectiveValues,
  projectDiscovery,
  statePreservation,
  credentialMigration,
  agentPermissions,
  backupIntegrity,
];
