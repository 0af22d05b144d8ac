import type { Conversion } from './conversion.ts';
import { enableIntegrations } from './enable-integrations.ts';
import { envSettings } from './env-settings.ts';
import { followRemovals } from './follow-removals.ts';
import { inferProfile } from './infer-profile.ts';
import { keepSections } from './keep-sections.ts';
import { keepTheRest } from './keep-the-rest.ts';
import { placeFiles } from './place-files.ts';
import { registerProjects } from './register-projects.ts';
import { renameSettings } from './rename-settings.ts';
import { shippedDefaults } from './shipped-defaults.ts';
import { storeSecrets } from './store-secrets.ts';

/** In order: what is specific goes first, what takes the rest goes last. */
export const CONVERSIONS: readonly Conversion[] = [
  shippedDefaults,
  renameSettings,
  storeSecrets,
  registerProjects,
  envSettings,
  keepSections,
  keepTheRest,
  inferProfile,
  enableIntegrations,
  followRemovals,
  placeFiles,
];
