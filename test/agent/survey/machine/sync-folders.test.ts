import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SyncFolders } from '../../../../src/agent/survey/machine/sync-folders.ts';
import { put } from '../../../fixtures/write-files.ts';
import { systemAt } from '../../../helpers/plan.ts';
import { useTempFolder } from '../../../helpers/temp.ts';

const temp = useTempFolder();

describe('a folder that is copied to other computers', () => {
  it.each([
    ['Dropbox/work/api', 'Dropbox'],
    ['OneDrive - Company/api', 'OneDrive'],
    ['Nextcloud/api', 'Nextcloud'],
    ['Library/Mobile Documents/com~apple~CloudDocs/api', 'iCloud'],
    ['Library/CloudStorage/GoogleDrive-m/api', 'a cloud service'],
  ])('is told by its place in the home: %s', (path, service) => {
    expect(new SyncFolders(systemAt(temp())).serviceOf(join(temp(), path))).toBe(service);
  });

  it.each([
    ['.stfolder/.keep', 'Syncthing'],
    ['.dropbox', 'Dropbox'],
    ['.owncloudsync.log', 'ownCloud'],
    ['.tmp.drivedownload/x', 'Google Drive'],
  ])('is told by what the program leaves in it: %s', (mark, service) => {
    put(temp(), `shared/${mark}`, '');
    expect(new SyncFolders(systemAt(temp())).serviceOf(join(temp(), 'shared/deep/project'))).toBe(service);
  });

  it('is where Dropbox itself says that it is', () => {
    put(
      temp(),
      '.dropbox/info.json',
      JSON.stringify({ personal: { path: join(temp(), 'my box'), host: 1 } }),
    );
    const sync = new SyncFolders(systemAt(temp()));
    expect(sync.serviceOf(join(temp(), 'my box/api'))).toBe('Dropbox');
    expect(sync.serviceOf(join(temp(), 'elsewhere'))).toBe(undefined);
  });

  it('is not guessed from a name elsewhere, nor from "Sync" alone', () => {
    put(temp(), 'Sync/x', '');
    const sync = new SyncFolders(systemAt(temp()));
    expect(sync.serviceOf(join(temp(), 'Sync'))).toBe(undefined);
    expect(sync.serviceOf(join(temp(), 'work/Dropbox'))).toBe(undefined);
    expect(sync.serviceOf('/srv/Dropbox')).toBe(undefined);
  });
});
