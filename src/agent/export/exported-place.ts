import { isEnvFile } from '../survey/own-file.ts';
import { type SettingsFile, settingsRole } from '../survey/settings-files.ts';

/** The folders of an export (mission §4.3). */
export const EXPORT_FOLDERS = [
  'old-config',
  'projects',
  'integrations',
  'credentials',
  'state/global',
  'state/projects',
] as const;

/** Secrets that stand in no file of the clone which can be copied; the names are read as env files. */
export const LEGACY_STORE_FILE = 'legacy-store.env';
export const ELSEWHERE_FILE = 'elsewhere.env';

/** Where a settings file of the clone lies in an export. Its name and its folders stay as they are. */
export function settingsPlace({ rel, role }: Pick<SettingsFile, 'rel' | 'role'>): string {
  switch (role) {
    case 'project':
      return rel;
    case 'discord':
    case 'bot':
      return `integrations/${rel}`;
    case 'secrets':
      return `credentials/${rel}`;
    default:
      return `old-config/${rel}`;
  }
}

export function envPlace(rel: string): string {
  return `credentials/${rel}`;
}

/**
 * The path in the clone that a file which the person added to an export stands for; undefined for one that nothing reads,
 * such as an editor's copy.
 */
export function clonePath(place: string): string | undefined {
  const cut = place.indexOf('/');
  const [folder, below] = [place.slice(0, cut), place.slice(cut + 1)];
  if (folder === 'projects') return settingsRole(place)?.role === 'project' ? place : undefined;
  if (folder === 'credentials') return isEnvFile(below) ? below : undefined;
  const role = settingsRole(below)?.role;
  return role !== undefined && settingsPlace({ rel: below, role }) === place ? below : undefined;
}
