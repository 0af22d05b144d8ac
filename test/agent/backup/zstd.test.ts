import { spawnSync } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBackup } from '../../../src/agent/backup/create.ts';
import { writeMirror } from '../../../src/agent/backup/mirror.ts';
import { readBackup, readIndex } from '../../../src/agent/backup/read.ts';
import { restoreRecords } from '../../../src/agent/backup/restore.ts';
import { verifyBackup } from '../../../src/agent/backup/verify.ts';
import { joinPath } from '../../../src/agent/paths.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { errno, hostileTree, type Overrides, picture, Workshop } from './workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.remove());

async function failed(path: string): Promise<(string | undefined)[]> {
  const report = await verifyBackup(shop.system, path, await shop.identity(), { isEachHashed: true });
  return report.checks.filter(({ ok }) => !ok).map(({ reason }) => reason);
}

async function restored(path: string, out: string) {
  const backup = readBackup(shop.system, path);
  return restoreRecords(shop.system, backup, await shop.identity(), ({ rel, part }) =>
    part === undefined ? undefined : rel.length === 0 ? out : joinPath(out, rel),
  );
}

function runScript(backup: string, args: readonly string[], path = process.env['PATH']) {
  const env = { PATH: path, HOME: shop.system.home };
  const { status, stdout, stderr } = spawnSync('dash', [join(backup, 'restore.sh'), ...args], { env });
  return { status, output: stdout.toString() + stderr.toString() };
}

function flip(file: string, at: number): void {
  const bytes = fs.readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  fs.writeFileSync(file, bytes);
}

test('A compressed backup of a hostile tree is smaller, verifies, and comes back byte for byte', async () => {
  hostileTree(shop);
  const before = picture(shop.tree);
  const plain = await shop.backup();
  const { path } = await shop.backup({ zstd: true });

  const { manifest } = readIndex(shop.system, path);
  expect([readIndex(shop.system, plain.path).manifest.formatVersion, manifest.formatVersion]).toEqual([1, 2]);
  const tars = manifest.parts.filter(({ category }) => category !== 'secrets');
  expect(tars.map(({ name }) => name).sort()).toEqual([
    'config-1.tar.zst',
    'custom-1.tar.zst',
    'folders-1.tar.zst',
    'logs-1.tar.zst',
    'projects-1.tar.zst',
    'state-1.tar.zst',
  ]);
  for (const { name, size } of tars)
    expect({ name, size }).toEqual({ name, size: fs.statSync(join(path, name)).size });
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  expect(sum(tars.map(({ size }) => size))).toBeLessThan(
    sum(tars.map(({ zstd }) => zstd?.tarSize ?? 0)) / 20,
  );
  expect(await failed(path)).toEqual([]);

  const out = join(shop.path, 'out');
  const { failed: lost } = await restored(path, out);
  expect(lost).toEqual([]);
  expect(picture(out)).toEqual(before);
});

test('restore.sh puts a compressed backup back with zstd, and so do the commands of its README.txt', async () => {
  hostileTree(shop);
  const token = 'canary-canary';
  fs.writeFileSync(join(shop.tree, 'custom-file'), token);
  const before = picture(shop.tree, 'seconds');
  const { path } = await shop.backup({ zstd: true, knownSecrets: [new Secret('A', token)] });
  fs.writeFileSync(join(shop.tree, 'config/config.yaml'), 'newer');

  const result = runScript(path, ['--yes']);

  expect(result).toMatchObject({ status: 0, output: expect.stringContaining('Done.') });
  expect(picture(shop.tree, 'seconds')).toEqual(before);

  const readme = fs.readFileSync(join(path, 'README.txt'), 'utf8');
  const command = /^ +(zstd .*)$/m.exec(readme)?.[1] ?? '';
  const out = join(shop.path, 'by-hand');
  fs.mkdirSync(out);
  const { status, stderr } = spawnSync('sh', ['-c', `${command} -C ${out}`], { cwd: path });
  expect({ status, said: stderr.toString() }).toEqual({ status: 0, said: '' });
  expect(fs.readFileSync(join(out, 'target/config/config.yaml'), 'utf8')).toBe('version: "1.0"\n');
  expect(readme).toContain('folders-1.tar.zst last');
});

test('Without zstd restore.sh says so and changes nothing; a plain backup needs none', async () => {
  shop.file('config/a', 'a');
  const tools = join(shop.path, 'bin');
  fs.mkdirSync(tools);
  for (const name of ['tar', 'sha256sum', 'mv', 'mkdir', 'rm', 'rmdir', 'date', 'dash']) {
    const found = spawnSync('sh', ['-c', `command -v ${name}`])
      .stdout.toString()
      .trim();
    fs.symlinkSync(found, join(tools, name));
  }
  const compressed = await shop.backup({ zstd: true });
  const plain = await shop.backup();
  const before = picture(shop.tree);
  for (const args of [['--yes'], ['--extract', join(shop.path, 'elsewhere')]])
    expect(runScript(compressed.path, args, tools)).toMatchObject({
      status: 1,
      output: expect.stringMatching(/zstd is not installed .*Nothing was changed/),
    });
  expect(picture(shop.tree)).toEqual(before);
  expect(fs.existsSync(join(shop.path, 'elsewhere'))).toBe(false);
  expect(runScript(plain.path, ['--yes'], tools)).toMatchObject({ status: 0 });
});

test('zstd that fails in the middle is a failure of restore.sh, which then changes nothing', async () => {
  shop.file('config/a', 'a'.repeat(5000));
  const { path } = await shop.backup({ zstd: true });
  const tools = join(shop.path, 'bin');
  fs.mkdirSync(tools);
  const real = spawnSync('sh', ['-c', 'command -v zstd']).stdout.toString().trim();
  fs.writeFileSync(join(tools, 'zstd'), `#!/bin/sh\n${real} "$@"\nexit 1\n`, { mode: 0o755 });
  const before = picture(shop.tree);
  const result = runScript(path, ['--yes'], `${tools}:${process.env['PATH']}`);
  expect(result).toMatchObject({ status: 1, output: expect.stringContaining('unpacking failed') });
  expect(picture(shop.tree)).toEqual(before);
  expect(fs.readdirSync(shop.path).filter((name) => /restoring|replaced/.test(name))).toEqual([]);
});

test('An altered, cut, lengthened or missing compressed part is named', async () => {
  shop.file('custom/a', randomBytes(3_000_000));
  const { path } = await shop.backup({ zstd: true });
  const part = join(path, 'custom-1.tar.zst');
  const bytes = fs.readFileSync(part);
  const damages: [string, () => void][] = [
    ['custom-1.tar.zst is altered', () => flip(part, 2_000_000)],
    ['custom-1.tar.zst is cut short', () => fs.truncateSync(part, 2_000_000)],
    ['custom-1.tar.zst is longer than it was', () => fs.appendFileSync(part, 'x')],
    ['custom-1.tar.zst is missing', () => fs.rmSync(part)],
  ];
  for (const [words, damage] of damages) {
    fs.writeFileSync(part, bytes);
    damage();
    expect((await failed(path)).join(), words).toContain(words);
    const result = runScript(path, ['--yes']);
    expect(result, words).toMatchObject({ status: 1, output: expect.stringContaining('custom-1.tar.zst') });
    if (words.endsWith('altered')) continue;
    expect(() => readBackup(shop.system, path), words).toThrow(words);
  }
});

test('Of a damaged frame only what it holds is not restored, and no file has wrong bytes', async () => {
  for (let n = 0; n < 8; n++) shop.file(`custom/${n}`, randomBytes(900_000));
  const { path } = await shop.backup({ zstd: true });
  const [part] = readIndex(shop.system, path).manifest.parts.filter(({ name }) => name.startsWith('custom'));
  expect(part?.zstd?.frames.length).toBeGreaterThan(5);
  flip(join(path, 'custom-1.tar.zst'), (part?.zstd?.frames[0]?.[1] ?? 0) + 500);
  const out = join(shop.path, 'out');
  const { failed: lost } = await restored(path, out);
  expect(lost).toEqual([
    {
      record: expect.objectContaining({ rel: 'custom/1' }),
      reason: 'custom-1.tar.zst is damaged where its bytes are',
    },
  ]);
  for (const n of [0, 2, 3, 4, 5, 6, 7])
    expect(
      fs.readFileSync(join(out, `custom/${n}`)).equals(fs.readFileSync(join(shop.tree, `custom/${n}`))),
    ).toBe(true);
});

test('A manifest whose frames do not make up their part is damaged, and so is a part that is no tar inside', async () => {
  shop.file('custom/a', 'a'.repeat(5000));
  const { path } = await shop.backup({ zstd: true });
  const manifest = join(path, 'manifest.json');
  const sums = join(path, 'SHA256SUMS');
  const text = fs.readFileSync(manifest, 'utf8');
  const put = (changed: string) => {
    const [was, is] = [hash('sha256', fs.readFileSync(manifest)), hash('sha256', changed)];
    fs.writeFileSync(manifest, changed);
    fs.writeFileSync(sums, fs.readFileSync(sums, 'utf8').replace(was, is));
  };
  put(text.replace(/"tarSize": (\d+)/, (_, size) => `"tarSize": ${Number(size) + 1}`));
  expect(() => readBackup(shop.system, path)).toThrow('parts.zstd.frames do not make up their part');
  put(
    text
      .replaceAll(/("frames": \[\s+\[\s+)(\d+)/g, (_, head, size) => `${head}${Number(size) + 512}`)
      .replaceAll(/"tarSize": (\d+)/g, (_, size) => `"tarSize": ${Number(size) + 512}`),
  );
  expect((await failed(path)).join()).toContain(
    'custom-1.tar.zst is not a whole tar: a zstd frame is damaged',
  );
});

test('One file of a compressed backup is restored, reading only the frames that hold it', async () => {
  const content = randomBytes(2_500_000);
  for (let n = 0; n < 6; n++) shop.file(`custom/${n}`, randomBytes(1_500_000));
  shop.file('custom/3', content);
  const { path } = await shop.backup({ zstd: true });
  let bytes = 0;
  const system = shop.with({
    read: (fd, buffer, offset, length, position) => {
      const got = shop.system.read(fd, buffer, offset, length, position);
      bytes += got;
      return got;
    },
  });
  const backup = readBackup(shop.system, path);
  const to = join(shop.path, 'one');
  await restoreRecords(system, backup, undefined, ({ rel }) => (rel === 'custom/3' ? to : undefined));
  expect(fs.readFileSync(to).equals(content)).toBe(true);
  expect(bytes).toBeLessThan(5_500_000);
});

test('A mirror of a compressed backup holds the files as they were', async () => {
  hostileTree(shop);
  const { path } = await shop.backup({ zstd: true });
  const out = join(shop.path, 'mirror');
  const mirror = await writeMirror(shop.system, readBackup(shop.system, path), out, await shop.identity());
  expect(mirror.failed).toEqual([]);
  expect(
    fs.readFileSync(join(out, 'target/big.bin')).equals(fs.readFileSync(join(shop.tree, 'big.bin'))),
  ).toBe(true);
  expect(fs.readFileSync(join(out, 'target/config/.env'), 'utf8')).toContain('canary-token');
});

test('Compressed backups share parts with each other, never with plain ones', async () => {
  shop.file('custom/a', 'a'.repeat(5000));
  const later = new Date(Date.now() + 60_000);
  const make = async (zstd: boolean) => {
    const request = shop.request({ zstd });
    const { path } = await createBackup(shop.with({ now: () => later }), request, await shop.identity());
    expect(await failed(path)).toEqual([]);
    return path;
  };
  const inode = (path: string, ending: string) => fs.statSync(join(path, `custom-1${ending}`)).ino;
  const plain = await make(false);
  const compressed = await make(true);
  const compressedAgain = await make(true);
  const plainAgain = await make(false);
  expect(fs.existsSync(join(compressed, 'custom-1.tar'))).toBe(false);
  expect(inode(compressedAgain, '.tar.zst')).toBe(inode(compressed, '.tar.zst'));
  expect(inode(plainAgain, '.tar')).toBe(inode(plain, '.tar'));
  fs.rmSync(compressed, { recursive: true });
  const out = join(shop.path, 'out');
  expect((await restored(compressedAgain, out)).failed).toEqual([]);
  expect(fs.readFileSync(join(out, 'custom/a'), 'utf8')).toBe('a'.repeat(5000));
});

test('A file in which a secret is found late is taken back out of a compressed part, and one that changed is read again', async () => {
  const token = 'canary-canary-canary';
  shop.file('custom/a', 'before');
  shop.file('custom/b', Buffer.concat([Buffer.alloc(3_000_000, 'x'), Buffer.from(token)]));
  const changing = String(shop.file('custom/c', Buffer.alloc(2_500_000, 'y')));
  shop.file('custom/d', 'after');
  let times = 0;
  const fstat: Overrides['fstat'] = (fd) => {
    const isIt = fs.readlinkSync(`/proc/self/fd/${fd}`) === changing;
    // Between the first reading and the look after it.
    if (isIt && ++times === 3) fs.writeFileSync(changing, Buffer.alloc(2_600_000, 'z'));
    return shop.system.fstat(fd);
  };
  const { path, moved } = await shop.backup(
    { zstd: true, knownSecrets: [new Secret('A', token)] },
    { fstat },
  );
  expect(moved.map(({ rel }) => rel)).toEqual(['custom/b']);
  expect(await failed(path)).toEqual([]);
  const unpacked = spawnSync('zstd', ['-dc', join(path, 'custom-1.tar.zst')], { maxBuffer: 32 << 20 }).stdout;
  expect(unpacked.includes(token)).toBe(false);
  const out = join(shop.path, 'out');
  expect((await restored(path, out)).failed).toEqual([]);
  expect(fs.readFileSync(join(out, 'custom/c')).equals(Buffer.alloc(2_600_000, 'z'))).toBe(true);
  expect(fs.readFileSync(join(out, 'custom/d'), 'utf8')).toBe('after');
});

test.each([
  ['ENOSPC', 'DISK_FULL'],
  ['EIO', 'IO_ERROR'],
])(
  '%s at any writing call of a compressed backup is told as %s and leaves nothing behind',
  async (code, told) => {
    shop.file('config/.env', 'TOKEN=canary-canary');
    shop.file('custom/a', randomBytes(2_500_000));
    await shop.identity();
    const failAt = (n: number) => {
      let calls = 0;
      const counted = (name: 'createFile' | 'write' | 'truncate' | 'syncData' | 'syncFolder' | 'rename') =>
        ((...args: never[]) => {
          calls += 1;
          if (calls === n) throw errno(code);
          return (shop.system[name] as (...args: never[]) => unknown)(...args);
        }) as never;
      const names = ['createFile', 'write', 'truncate', 'syncData', 'syncFolder', 'rename'] as const;
      const overrides: Overrides = Object.fromEntries(names.map((name) => [name, counted(name)]));
      return { overrides, calls: () => calls };
    };
    const undisturbed = failAt(0);
    await shop.backup({ zstd: true }, undisturbed.overrides);
    fs.rmSync(shop.parent, { recursive: true });
    expect(undisturbed.calls()).toBeGreaterThan(20);
    for (let n = 1; n <= undisturbed.calls(); n++) {
      const error = await shop.backup({ zstd: true }, failAt(n).overrides).catch((thrown: unknown) => thrown);
      expect(error, `at call ${n}`).toBeInstanceOf(AppError);
      expect((error as AppError).code, `at call ${n}`).toBe(told);
      expect(fs.existsSync(shop.parent), `at call ${n}`).toBe(false);
    }
  },
);
