import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CopyCrew, type CrewTask, type FileOutcome } from '../../../src/agent/backup/copy-crew.ts';
import { createBackup } from '../../../src/agent/backup/create.ts';
import { type FileWork, fileWork } from '../../../src/agent/backup/file-work.ts';
import { readIndex } from '../../../src/agent/backup/read.ts';
import { parseRecord } from '../../../src/agent/backup/record-codec.ts';
import { prepare } from '../../../src/agent/backup/request.ts';
import { verifyBackup } from '../../../src/agent/backup/verify.ts';
import { looksSecret } from '../../../src/agent/credentials/looks-secret.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { hostileTree, Workshop } from './workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.remove());

const KNOWN = new Secret('KEY', 'a-value-that-is-known');

/** The tree as the work of one thread that is not this one, and what became of its files. */
async function copyElsewhere(
  folder: string,
): Promise<{ files: string[]; outcomes: FileOutcome[]; parts: string[] }> {
  const { items } = prepare(shop.system, shop.request());
  const files = items.filter(({ stat }) => stat.kind === 'file');
  return { files: files.map(({ rel }) => String(rel)), ...(await runCrew(folder, files)) };
}

function taskOf(work: FileWork, folder: string): CrewTask {
  const secrets = [KNOWN.reveal()];
  return { work, folder, taken: ['custom-1.tar'], secrets, patterns: true, zstd: false, thread: 1 };
}

async function runCrew(folder: string, files: ReturnType<typeof prepare>['items']) {
  const outcomes: FileOutcome[] = [];
  const crew = new CopyCrew([taskOf(fileWork(files), folder)], (n, outcome) => {
    outcomes[n] = outcome;
  });
  try {
    await crew.copied();
    const parts = (await crew.parts()).map(({ name }) => name);
    return { outcomes, parts };
  } finally {
    await crew.stop();
  }
}

/** Descriptors of this process that lie below a folder. */
function openBelow(folder: string): string[] {
  return fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = fs.readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return [];
    }
  });
}

test('Another thread copies files into parts of its own, finds secrets, and tells what it cannot read', async () => {
  shop.file('config/a', 'plain');
  shop.file('config/known', `x ${KNOWN.reveal().toString()} y`);
  shop.file('custom/token', 'ghp_0123456789abcdefghijABCDEFGHIJ012345');
  shop.file(Buffer.from([...Buffer.from('custom/latin1-'), 0xe9]), 'bytes');
  shop.file('custom/gone', 'x');
  const { items } = prepare(shop.system, shop.request());
  fs.rmSync(join(shop.tree, 'custom/gone'));
  const files = items.filter(({ stat }) => stat.kind === 'file');
  const folder = join(shop.path, 'parts');
  fs.mkdirSync(folder);

  const { outcomes, parts } = await runCrew(folder, files);

  const told = new Map(files.map(({ rel }, n) => [Buffer.from(rel).toString('latin1'), outcomes[n]]));
  expect(told.get('config/known')).toBe('secret');
  expect(told.get('custom/token')).toBe('secret');
  expect(told.get('custom/gone')).toEqual({ gap: 'vanished', reason: 'it is gone' });
  expect(told.get('config/a')).toMatchObject({ part: 'config-2.tar', size: 5 });
  const latin1 = told.get('custom/latin1-é');
  const record = parseRecord(typeof latin1 === 'object' && 'line' in latin1 ? latin1.line : '');
  expect(record).toMatchObject({ part: 'custom-3.tar', size: 5, type: 'file' });
  expect(fs.readFileSync(join(folder, 'custom-3.tar')).toString('utf8', record.offset).slice(0, 5)).toBe(
    'bytes',
  );
  expect(parts.sort()).toEqual(['config-2.tar', 'custom-3.tar']);
  expect(fs.readdirSync(folder).sort()).toEqual(['config-2.tar', 'custom-3.tar']);
});

test('What another thread fails with arrives as it was thrown there, and nothing stays open', async () => {
  shop.file('custom/a', Buffer.alloc(5 << 20, 'x'));
  const folder = join(shop.path, 'missing');
  await expect(copyElsewhere(folder)).rejects.toMatchObject({
    code: 'ENOENT',
    syscall: 'open',
    message: expect.stringContaining(join(folder, 'custom-3.tar')),
  });
  expect(openBelow(shop.path)).toEqual([]);
});

test('What has no number of the system has none here, either', async () => {
  const { items } = prepare(shop.system, shop.request());
  const broken = { ...fileWork(items), ends: undefined } as unknown as FileWork;
  const crew = new CopyCrew([taskOf(broken, shop.path)], () => {});
  const error = await crew.copied().catch((one: unknown) => one);
  expect(error).toBeInstanceOf(Error);
  expect('code' in (error as Error)).toBe(false);
  await crew.stop();
});

test('A thread that ends without a word fails what waits for it', async () => {
  const crew = new CopyCrew([taskOf(fileWork([]), shop.path)], () => {});
  await crew.stop();
  await expect(crew.copied()).rejects.toThrow('ended too early');
  await expect(crew.parts()).rejects.toThrow('ended too early');
});

test('Where one thread cannot be started, the others are ended', async () => {
  const ended: Promise<unknown>[] = [];
  const note = (worker: Worker) => ended.push(once(worker, 'exit'));
  process.on('worker', note);
  try {
    const task = taskOf(fileWork([]), shop.path);
    const unsendable = { ...task, folder: (() => '') as unknown as string };
    expect(() => new CopyCrew([task, unsendable], () => {})).toThrow('could not be cloned');
    await new Promise((done) => setImmediate(done));
    expect(await Promise.all(ended)).toHaveLength(1);
    // It was ended before it could ask for work.
    expect(task.work.taken[0]).toBe(0);
  } finally {
    process.off('worker', note);
  }
});

test('With threads a backup has the same records and the same content as with one', async () => {
  hostileTree(shop);
  for (let n = 0; n < 2200; n++) shop.file(`state/many/${n % 7}/${n}.json`, `{"n":${n}}`);
  shop.file('state/many/3/known', KNOWN.reveal());
  shop.file('custom/token', 'ghp_0123456789abcdefghijABCDEFGHIJ012345');
  const request = shop.request({ knownSecrets: [KNOWN], patterns: looksSecret });
  const identity = await shop.identity();
  // A system that is wrapped is not handed to another thread.
  const alone = await createBackup(shop.with({}), { ...request, parent: `${shop.parent}-1` }, identity);
  const together = await createBackup(shop.system, request, identity);

  const place = ({ path }: { path: string }) =>
    readIndex(shop.system, path).records.map(({ part, offset, ...rest }) => ({
      ...rest,
      category: part?.replace(/-\d+\.tar$/, ''),
    }));
  expect(place(together)).toEqual(place(alone));
  const { id: _one, path: _here, manifestSha256: _sum, ...figures } = alone;
  expect(together).toMatchObject(figures);
  expect(figures.moved.map(({ rel }) => rel)).toEqual(['custom/token', 'state/many/3/known']);
  for (const { path } of [alone, together]) {
    const report = await verifyBackup(shop.system, path, identity);
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  }
  expect(openBelow(shop.path)).toEqual([]);
});

test('With threads every part of a compressed backup is compressed, and all of it is there', async () => {
  for (let n = 0; n < 2200; n++) shop.file(`state/many/${n % 7}/${n}.json`, `{"n":${n}}`);
  const { path } = await shop.backup({ zstd: true, patterns: looksSecret });
  const alone = await createBackup(shop.system, shop.request({ zstd: true }), await shop.identity());
  for (const one of [path, alone.path]) {
    const { manifest } = readIndex(shop.system, one);
    expect(manifest.formatVersion).toBe(2);
    expect(manifest.parts.every(({ name, zstd }) => zstd !== undefined && name.endsWith('.tar.zst'))).toBe(
      true,
    );
    const report = await verifyBackup(shop.system, one, await shop.identity(), { isEachHashed: true });
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.checks[0]).toMatchObject({ done: 2200 });
  }
});

test('A backup that is stopped while other threads copy leaves nothing of it behind', async () => {
  for (let n = 0; n < 2200; n++) shop.file(`state/${n % 7}/${n}.json`, `{"n":${n}}`);
  const stop = ({ files }: { files: number }) => {
    if (files > 0) throw new Error('stopped');
  };
  await expect(createBackup(shop.system, shop.request(), await shop.identity(), stop)).rejects.toThrow(
    'stopped',
  );
  expect(fs.existsSync(shop.parent)).toBe(false);
  expect(openBelow(shop.path)).toEqual([]);
});
