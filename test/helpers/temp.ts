import { chmodSync, lstatSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

/**
 * A fresh folder for each test (or for all tests of a file), removed afterwards. Call it at the top of a file or
 * `describe`; the function that it returns gives the folder's absolute path, without links.
 */
export function useTempFolder(per: 'test' | 'file' = 'test'): () => string {
  let folder: string | undefined;
  const make = () => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'awm-test-'));
  };
  const remove = () => {
    if (folder !== undefined) removeWhole(folder);
    folder = undefined;
  };
  if (per === 'test') {
    beforeEach(make);
    afterEach(remove);
  } else {
    beforeAll(make);
    afterAll(remove);
  }
  return () => {
    if (folder === undefined) throw new Error('the temporary folder is there only while a test runs');
    return folder;
  };
}

/** Removes a folder also where folders in it may not be listed or changed. */
function removeWhole(folder: string): void {
  unlock(Buffer.from(folder));
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function unlock(folder: Buffer): void {
  if ((lstatSync(folder).mode & 0o700) !== 0o700) chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
    if (entry.isDirectory()) unlock(Buffer.concat([folder, Buffer.from('/'), entry.name]));
  }
}
