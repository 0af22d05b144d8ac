import { dirname, join } from 'node:path';
import { isInside } from '../../paths.ts';
import type { ReadSystem } from '../../system.ts';
import { readIfReachable, statIfReachable } from '../reachable.ts';

/** What programs that copy a folder to other computers leave in it. */
const MARKS: readonly { readonly service: string; readonly names: readonly string[] }[] = [
  { service: 'Dropbox', names: ['.dropbox', '.dropbox.cache'] },
  { service: 'Syncthing', names: ['.stfolder'] },
  { service: 'Nextcloud', names: ['.nextcloudsync.log', '.sync-exclude.lst'] },
  { service: 'ownCloud', names: ['.owncloudsync.log'] },
  { service: 'OneDrive', names: ['.849C9593-D756-4E56-8D6E-42412F2A707B'] },
  { service: 'Google Drive', names: ['.tmp.drivedownload', '.tmp.driveupload'] },
  { service: 'Resilio Sync', names: ['.sync'] },
  { service: 'Seafile', names: ['.seafile-data'] },
];

/** Folders that are such a folder by their place in the home folder. */
const PLACES: readonly { readonly service: string; readonly at: RegExp }[] = [
  { service: 'Dropbox', at: /^Dropbox( \([^/]+\))?$/ },
  { service: 'OneDrive', at: /^OneDrive( - [^/]+)?$/ },
  { service: 'Nextcloud', at: /^Nextcloud\d*$/ },
  { service: 'ownCloud', at: /^ownCloud\d*$/ },
  { service: 'Google Drive', at: /^(Google ?Drive|My Drive)$/ },
  { service: 'pCloud', at: /^(pCloudDrive|pCloud Drive)$/ },
  { service: 'MEGA', at: /^(MEGA|MEGAsync)$/ },
  { service: 'Syncthing', at: /^Sync$/ },
  { service: 'iCloud', at: /^Library\/Mobile Documents$/ },
  { service: 'a cloud service', at: /^Library\/CloudStorage\/[^/]+$/ },
];

/** Tells which program copies a folder to other computers while it is worked in. Each folder is looked at once. */
export class SyncFolders {
  readonly #system: ReadSystem;
  readonly #known = new Map<string, string | undefined>();
  readonly #dropbox: readonly string[];

  constructor(system: ReadSystem) {
    this.#system = system;
    this.#dropbox = dropboxFolders(system);
  }

  /** The service's name for an absolute path without links; undefined where none is recognised. */
  serviceOf(path: string): string | undefined {
    if (this.#known.has(path)) return this.#known.get(path);
    const parent = dirname(path);
    const service = this.#at(path) ?? (parent === path ? undefined : this.serviceOf(parent));
    this.#known.set(path, service);
    return service;
  }

  #at(folder: string): string | undefined {
    const { home } = this.#system;
    if (this.#dropbox.includes(folder)) return 'Dropbox';
    const inHome = folder !== home && isInside(folder, home) ? folder.slice(home.length + 1) : undefined;
    const place = PLACES.find(({ at }) => inHome !== undefined && at.test(inHome));
    if (place !== undefined && (place.service !== 'Syncthing' || this.#has(folder, '.stfolder')))
      return place.service;
    // In the home folder itself the same names are where the programs keep their settings.
    if (isInside(home, folder)) return undefined;
    return MARKS.find(({ names }) => names.some((name) => this.#has(folder, name)))?.service;
  }

  #has(folder: string, name: string): boolean {
    return statIfReachable(this.#system, join(folder, name)) !== undefined;
  }
}

/** Dropbox says itself where its folders are (help.dropbox.com: "locate the Dropbox folder programmatically"). */
function dropboxFolders(system: ReadSystem): string[] {
  const text = readIfReachable(system, join(system.home, '.dropbox/info.json'))?.toString('utf8') ?? '';
  return [...text.matchAll(/"path"\s*:\s*"((?:[^"\\]|\\.)*)"/g)].flatMap(([, path]) => {
    try {
      return [String(JSON.parse(`"${path}"`))];
    } catch {
      return [];
    }
  });
}
