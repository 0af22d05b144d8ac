import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AgentHome } from '../../../src/agent/agent-home.ts';
import { listBackups } from '../../../src/agent/backup/list.ts';
import { judgeBackups } from '../../../src/agent/prune/choose-kept.ts';
import { Workshop } from '../backup/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = new Workshop();
  shop.file('config/a.env', 'a secret');
  for (let n = 0; n < 3; n++) await shop.backup();
});
afterEach(() => shop.remove());

test('A damaged backup stays, and does not stand in the place of a whole one', async () => {
  const { recipient } = await shop.identity();
  const [newest] = listBackups(shop.system, shop.parent);
  rmSync(join(newest?.path ?? '', 'credentials.age'));
  expect(reasons(recipient)).toEqual([
    'damaged: credentials.age is missing',
    'one of the newest 1',
    undefined,
  ]);
});

test('The backup that a rollback made stays while taking that rollback back would need it', async () => {
  const { recipient } = await shop.identity();
  for (let n = 0; n < 2; n++) await shop.backup({ kind: 'before-rollback' });
  await shop.backup();
  expect(reasons(recipient)).toEqual([
    'one of the newest 1',
    'taking the last rollback back would take it',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

function reasons(own: string | undefined): (string | undefined)[] {
  const home = new AgentHome(join(shop.path, 'agent'));
  const backups = listBackups(shop.system, shop.parent);
  return judgeBackups(shop.system, { home }, backups, 1, own).map(({ why }) => why);
}

test('Backups for the key of another machine stay, however many are newer', async () => {
  const { recipient } = await shop.identity();
  expect(reasons(recipient)).toEqual(['one of the newest 1', undefined, undefined]);
  const other = 'made for another key, and so maybe by another machine';
  expect(reasons('age1other')).toEqual([other, other, other]);
  expect(reasons(undefined)).toEqual([other, other, other]);
});

test('No backup is judged while a damaged record may be that of a run that needs one', () => {
  const folder = new AgentHome(join(shop.path, 'agent')).run('run-1');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'run.json'), '{"schema": "awm/run/1", "id": "ru');
  expect(() => reasons(undefined)).toThrowError(
    expect.objectContaining({ code: 'RUN_RECORD_DAMAGED', file: join(folder, 'run.json') }),
  );
});
