import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AgentHome } from '../../../src/agent/agent-home.ts';
import { readBackup } from '../../../src/agent/backup/restore.ts';
import { rememberContents } from '../../../src/agent/rollback/home-contents.ts';
import { type NewerItem, newerContents } from '../../../src/agent/rollback/newer-contents.ts';
import { comparePlace } from '../../../src/agent/rollback/place.ts';
import { Workshop } from '../backup/workshop.ts';

const RUN = 'r1';
let shop: Workshop;
let home: AgentHome;
beforeEach(() => {
  shop = new Workshop();
  home = new AgentHome(join(shop.path, 'home', 'agent'));
  fs.mkdirSync(home.run(RUN), { recursive: true });
});
afterEach(() => shop.remove());

function writeRegistry(names: readonly string[], note: string, path: string): void {
  const projects = names.map((name) => `  ${name}:\n    path: ${path}\n    note: ${note}\n`);
  fs.writeFileSync(join(shop.tree, 'projects/registry.yaml'), `projects:\n${projects.join('')}`);
}

/** What is newer, after a migration that left everything as it was. */
async function newerAfter(change: () => void): Promise<NewerItem[]> {
  const { path } = await shop.backup();
  rememberContents(shop.system, home, home.run(RUN), shop.tree);
  change();
  const backup = readBackup(shop.system, path);
  const [root] = backup.manifest.roots;
  if (root === undefined) throw new Error('the backup has no root');
  const place = comparePlace(shop.system, root, backup.records, [], () => true, false);
  return newerContents(shop.system, home, RUN, place, backup);
}

test('An entry that was changed since is carried over, however long the registry is', async () => {
  fs.mkdirSync(join(shop.tree, 'projects'));
  const names = Array.from({ length: 8 }, (_, n) => `project-${n}`);
  const note = 'n'.repeat(300_000);
  writeRegistry(names, note, '/one');
  const items = await newerAfter(() => writeRegistry(names, note, '/two'));
  expect(items).toEqual(
    names.map((name) => ({ kind: 'project', name, change: 'changed', stays: undefined, isConflict: false })),
  );
});

test('A registry that is a second name of another file is read by the first', async () => {
  shop.file('copies/registry.yaml', '');
  fs.mkdirSync(join(shop.tree, 'projects'));
  fs.linkSync(join(shop.tree, 'copies/registry.yaml'), join(shop.tree, 'projects/registry.yaml'));
  writeRegistry(['a'], 'x', '/one');
  const items = await newerAfter(() => writeRegistry(['a'], 'x', '/two'));
  expect(items).toMatchObject([{ name: 'a', change: 'changed', stays: undefined, isConflict: false }]);
});
