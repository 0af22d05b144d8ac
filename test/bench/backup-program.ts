import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createBackup } from '../../src/agent/backup/create.ts';
import { CATEGORIES, type Category } from '../../src/agent/backup/format.ts';
import { loadOrCreateIdentity } from '../../src/agent/backup/identity.ts';
import { listBackups } from '../../src/agent/backup/list.ts';
import { memberName } from '../../src/agent/backup/names.ts';
import { readBackup, restoreRecords } from '../../src/agent/backup/restore.ts';
import { verifyBackup } from '../../src/agent/backup/verify.ts';
import { walk } from '../../src/agent/backup/walk.ts';
import { displayPath, joinPath } from '../../src/agent/paths.ts';
import { RealSystem } from '../../src/agent/real-system.ts';
import { looksSecret } from '../../src/agent/run/backup-request.ts';
import { Secret } from '../../src/shared/secret.ts';

/** What the bench measures: `make TREE PARENT`, `verify PARENT`, `restore PARENT TO`, each a whole process. */
const [action, first = '', second = ''] = process.argv.slice(2);
const system = new RealSystem();
const parent = action === 'make' ? second : first;
const identity = await loadOrCreateIdentity(system, join(parent, 'agent'));
const newest = () => listBackups(system, parent)[0]?.path ?? '';

if (action === 'make') {
  const items = walk(system, first).entries.map(({ rel, stat }) => {
    const top = displayPath(rel).split('/')[0] as Category;
    const category: Category = CATEGORIES.includes(top) ? top : 'custom';
    return { root: 'target', rel, stat, category, secret: displayPath(rel) === '.env' };
  });
  const knownSecrets = [new Secret('DISCORD_BOT_TOKEN', 'a-value-that-is-looked-for')];
  const roots = [{ id: 'target', path: first, present: true }];
  const request = { kind: 'manual', roots, items, knownSecrets, parent, patterns: looksSecret } as const;
  await createBackup(system, { ...request, allowUnreadable: false, requiredFiles: [] }, identity);
} else if (action === 'verify') {
  const report = await verifyBackup(system, newest(), identity);
  if (!report.ok) throw new Error(JSON.stringify(report));
} else {
  mkdirSync(second);
  const { failed } = await restoreRecords(
    system,
    readBackup(system, newest()),
    identity,
    ({ root, rel, part }) => (part === undefined ? undefined : joinPath(second, memberName(root, rel))),
  );
  if (failed.length > 0) throw new Error(JSON.stringify(failed));
}
