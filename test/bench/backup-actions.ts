import { hash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { CATEGORIES } from '../../src/agent/backup/format.ts';
import { type BackupIdentity, loadOrCreateIdentity } from '../../src/agent/backup/identity.ts';
import { listBackups } from '../../src/agent/backup/list.ts';
import { memberName } from '../../src/agent/backup/names.ts';
import { displayPath, joinPath } from '../../src/agent/paths.ts';
import { RealSystem } from '../../src/agent/real-system.ts';
import { Secret } from '../../src/shared/secret.ts';

/** The agent's own functions as its commands call them. As there, each loads only what it needs. */
export const ACTIONS: Readonly<Record<string, (first: string, second: string) => Promise<void>>> = {
  make,
  verify,
  restore,
  limit,
};

const system = new RealSystem();

async function make(tree: string, parent: string): Promise<void> {
  const { createBackup } = await import('../../src/agent/backup/create.ts');
  const { walk } = await import('../../src/agent/backup/walk.ts');
  const { looksSecret } = await import('../../src/agent/credentials/looks-secret.ts');
  const items = walk(system, tree).entries.map(({ rel, stat }) => {
    const top = displayPath(rel).split('/')[0];
    const category = CATEGORIES.find((name) => name === top) ?? 'custom';
    return { root: 'target', rel, stat, category, secret: displayPath(rel) === '.env' };
  });
  const knownSecrets = [new Secret('DISCORD_BOT_TOKEN', 'a-value-that-is-looked-for')];
  const roots = [{ id: 'target', path: tree, present: true }];
  const request = { kind: 'manual', roots, items, knownSecrets, parent, patterns: looksSecret } as const;
  await createBackup(
    system,
    { ...request, allowUnreadable: false, requiredFiles: [] },
    await identityIn(parent),
  );
}

async function verify(parent: string): Promise<void> {
  const { verifyBackup } = await import('../../src/agent/backup/verify.ts');
  const report = await verifyBackup(system, newestIn(parent), await identityIn(parent));
  if (!report.ok) throw new Error(JSON.stringify(report));
}

async function restore(parent: string, to: string): Promise<void> {
  const { readBackup, restoreRecords } = await import('../../src/agent/backup/restore.ts');
  fs.mkdirSync(to);
  const { failed } = await restoreRecords(
    system,
    readBackup(system, newestIn(parent)),
    await identityIn(parent),
    ({ root, rel, part }) => (part === undefined ? undefined : joinPath(to, memberName(root, rel))),
  );
  if (failed.length > 0) throw new Error(JSON.stringify(failed));
}

/** What no backup can be quicker than: to walk, read and hash, and nothing else. */
async function limit(tree: string): Promise<void> {
  let buffer = Buffer.allocUnsafeSlow(1 << 20);
  const look = (folder: string): void => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) look(path);
      else if (entry.isFile()) {
        const fd = fs.openSync(path, 'r');
        const { size } = fs.fstatSync(fd);
        if (size > buffer.length) buffer = Buffer.allocUnsafeSlow(size);
        hash('sha256', buffer.subarray(0, fs.readSync(fd, buffer, 0, size, 0)));
        fs.closeSync(fd);
      }
    }
  };
  look(tree);
}

function identityIn(parent: string): Promise<BackupIdentity> {
  return loadOrCreateIdentity(system, join(parent, 'agent'));
}

function newestIn(parent: string): string {
  return listBackups(system, parent)[0]?.path ?? '';
}
