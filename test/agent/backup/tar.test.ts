import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type TarEntry, TarError, TarReader } from '../../../src/agent/backup/tar-read.ts';
import { padding, type TarMember, tarEnd, tarHeader } from '../../../src/agent/backup/tar-write.ts';
import { bytesOf, textOrBytes } from '../../../src/agent/paths.ts';

const nameByte = fc.integer({ min: 1, max: 255 }).filter((byte) => byte !== 0x2f);
const nameBytes = fc
  .uint8Array({ minLength: 1, maxLength: 255 })
  .map((bytes) => bytes.map((b) => (b === 0 || b === 0x2f ? 0x61 : b)));
const path = fc
  .array(nameBytes, { minLength: 1, maxLength: 5 })
  .map((names) =>
    textOrBytes(Buffer.concat(names.flatMap((name) => [Buffer.from('/'), Buffer.from(name)]).slice(1))),
  );
const member = fc.record({
  name: path,
  content: fc.uint8Array({ maxLength: 1500 }),
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.integer({ min: 0, max: 2 ** 32 - 2 }),
  gid: fc.integer({ min: 0, max: 2 ** 32 - 2 }),
  seconds: fc.integer({ min: -(2 ** 31), max: 2 ** 40 }),
  linkName: fc.oneof(
    fc.constant(undefined),
    fc.array(nameByte, { minLength: 1, maxLength: 300 }).map((b) => textOrBytes(Buffer.from(b))),
  ),
});

function tarOf(members: readonly (TarMember & { content?: Uint8Array })[]): Buffer {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const one of members) {
    const content = one.content ?? new Uint8Array();
    const pieces = [tarHeader(one), content, Buffer.alloc(padding(content.length))];
    parts.push(...pieces);
    size += pieces.reduce((sum, piece) => sum + piece.length, 0);
  }
  return Buffer.concat([...parts, tarEnd(size)]);
}

function read(tar: Buffer, step = tar.length): { entry: TarEntry; content: Buffer }[] {
  const found: { entry: TarEntry; content: Buffer }[] = [];
  const reader = new TarReader({
    entry: (entry) => found.push({ entry, content: Buffer.alloc(0) }),
    data: (slice) => {
      const last = found.at(-1);
      if (last) last.content = Buffer.concat([last.content, slice]);
    },
  });
  for (let at = 0; at < tar.length; at += step) reader.write(tar.subarray(at, at + step));
  reader.finish();
  return found;
}

test('The tar reader gives back every name, size, time and byte that the tar writer was given, however the tar is cut', () => {
  fc.assert(
    fc.property(fc.array(member, { maxLength: 6 }), fc.integer({ min: 1, max: 3000 }), (members, step) => {
      const written = members.map(({ seconds, linkName, content, ...rest }) => ({
        ...rest,
        content: linkName === undefined ? content : new Uint8Array(),
        type: linkName === undefined ? ('file' as const) : ('link' as const),
        size: linkName === undefined ? content.length : 0,
        mtimeNs: BigInt(seconds) * 1_000_000_000n,
        linkName,
      }));
      const found = read(tarOf(written), step);
      expect(found).toHaveLength(written.length);
      for (const [at, { entry, content }] of found.entries()) {
        const one = written[at]!;
        expect(bytesOf(entry.name).equals(bytesOf(one.name))).toBe(true);
        expect(entry).toMatchObject({ type: one.type, size: one.size, mode: one.mode });
        expect(BigInt(entry.mtimeSeconds)).toBe(one.mtimeNs / 1_000_000_000n);
        expect(bytesOf(entry.linkName).equals(bytesOf(one.linkName ?? ''))).toBe(true);
        expect(content.equals(Buffer.from(one.content))).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});

test('GNU tar unpacks long, non-UTF-8 and hostile names and long links exactly', () => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'awm-tar-'));
  try {
    const names = [
      'plain',
      'with space\nand newline',
      'x'.repeat(255),
      `${'a'.repeat(150)}/${'b'.repeat(99)}`,
      `${'a'.repeat(160)}/${'b'.repeat(120)}`,
      Buffer.from([0xff, 0xfe, 0x2f, 0xe9]),
      Buffer.concat([Buffer.alloc(200, 0x63), Buffer.from([0x2f, 0xff]), Buffer.alloc(100, 0xe9)]),
      '-rf',
      '日本語'.repeat(20),
    ];
    const files = names.map((name, at) => ({
      name,
      type: 'file' as const,
      size: 3,
      mode: 0o640,
      uid: 0,
      gid: 0,
      mtimeNs: -5_000_000_000n,
      content: Buffer.from(`${at}..`),
    }));
    const target = Buffer.alloc(200, 0xf0);
    const link = {
      name: 'link',
      type: 'link' as const,
      size: 0,
      mode: 0o777,
      uid: 0,
      gid: 0,
      mtimeNs: 0n,
      linkName: target,
    };
    fs.writeFileSync(join(folder, 't.tar'), tarOf([...files, link]));
    for (const locale of ['C', 'C.UTF-8']) {
      const out = join(folder, locale);
      fs.mkdirSync(out);
      const run = spawnSync('tar', ['-xf', join(folder, 't.tar'), '-C', out], {
        env: { PATH: process.env['PATH'], LC_ALL: locale },
      });
      expect(run.status, run.stderr.toString()).toBe(0);
      for (const [at, name] of names.entries()) {
        const file = Buffer.concat([Buffer.from(`${out}/`), bytesOf(name)]);
        expect(fs.readFileSync(file, 'utf8')).toBe(`${at}..`);
        expect(fs.statSync(file).mtimeMs).toBe(-5000);
      }
      expect(fs.readlinkSync(join(out, 'link'), 'buffer').equals(target)).toBe(true);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('A size beyond 8 GiB is written in a pax header that the reader and GNU tar understand', () => {
  const size = 9 * 2 ** 30;
  const header = tarHeader({ name: 'huge', type: 'file', size, mode: 0o600, uid: 0, gid: 0, mtimeNs: 0n });
  let seen: TarEntry | undefined;
  new TarReader({ entry: (entry) => (seen = entry) }).write(header);
  const listing = spawnSync('tar', ['-tvf', '-'], {
    input: header,
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  });
  expect(seen?.size).toBe(size);
  expect(listing.stdout.toString()).toContain(String(size));
});

test('Whatever is changed in a tar, the reader answers with TarError and nothing else', () => {
  const tar = tarOf([
    {
      name: 'n'.repeat(150),
      type: 'file',
      size: 700,
      mode: 0o600,
      uid: 0,
      gid: 0,
      mtimeNs: 0n,
      content: Buffer.alloc(700, 1),
    },
    { name: 'b', type: 'file', size: 0, mode: 0o600, uid: 0, gid: 0, mtimeNs: 0n },
  ]);
  fc.assert(
    fc.property(
      fc.nat(tar.length - 1),
      fc.integer({ min: 0, max: 255 }),
      fc.nat(tar.length),
      (at, byte, length) => {
        const damaged = Buffer.from(tar.subarray(0, length));
        if (at < damaged.length) damaged[at] = byte;
        try {
          read(damaged, 333);
        } catch (error) {
          expect(error).toBeInstanceOf(TarError);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('A tar that is cut short is refused, and so is a pax header of absurd size', () => {
  const tar = tarOf([
    { name: 'b', type: 'file', size: 600, mode: 0, uid: 0, gid: 0, mtimeNs: 0n, content: Buffer.alloc(600) },
  ]);
  const bomb = tarHeader({
    name: 'n'.repeat(300),
    type: 'file',
    size: 0,
    mode: 0,
    uid: 0,
    gid: 0,
    mtimeNs: 0n,
  }).subarray(0, 512);
  bomb.write('77777777777', 124, 'latin1');
  bomb.fill(0x20, 148, 156);
  bomb.write(
    `${bomb
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
    'latin1',
  );
  expect(() => read(tar.subarray(0, 1100))).toThrow(/without an end mark/);
  expect(() => new TarReader({ entry: () => undefined }).write(bomb)).toThrow(/pax header of/);
});
