import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseObject, ShapeError } from '../../../src/agent/backup/fields.ts';
import {
  type BackupRecord,
  CATEGORIES,
  GAP_KINDS,
  KINDS,
  type Manifest,
} from '../../../src/agent/backup/format.ts';
import { manifestText, readManifest } from '../../../src/agent/backup/manifest-codec.ts';
import { isSafeRel } from '../../../src/agent/backup/names.ts';
import { parseRecord, recordLine } from '../../../src/agent/backup/record-codec.ts';
import { textOrBytes } from '../../../src/agent/paths.ts';

const rel = fc
  .uint8Array({ minLength: 1, maxLength: 80 })
  .map((bytes) => textOrBytes(Buffer.from(bytes)))
  .filter(isSafeRel);
const ns = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n });
const hex = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const record = fc.record(
  {
    root: fc.constantFrom('source', 'target', 'project-12'),
    rel,
    type: fc.constantFrom('file', 'folder', 'link', 'fifo', 'socket', 'device'),
    category: fc.constantFrom(...CATEGORIES),
    size: fc.maxSafeNat(),
    sizeClass: fc.maxSafeNat(),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    mtimeNs: ns,
    ctimeNs: ns,
    ino: fc.bigInt({ min: 0n, max: 2n ** 64n }),
    uid: fc.nat(),
    gid: fc.nat(),
    sha256: hex,
    part: fc.constantFrom('config-1.tar', 'logs-12.tar', 'credentials.age'),
    offset: fc.maxSafeNat(),
    linkTarget: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    hardlink: rel,
    sparse: fc.boolean(),
    changed: fc.boolean(),
    cut: fc.boolean(),
    withheld: fc.boolean(),
  },
  { requiredKeys: ['root', 'rel', 'type'] },
);

test('Every record comes back from its line as it was, whatever bytes its names hold', () => {
  fc.assert(
    fc.property(record, (one) => {
      const line = recordLine(one as BackupRecord);
      expect(line).not.toContain('\n');
      expect(parseRecord(line)).toEqual(one);
    }),
    { numRuns: 500 },
  );
});

test('Any text that is no record gives a ShapeError and nothing else', () => {
  const start = '{"root":"target","path":"a","type":"file"';
  const wrong = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .tuple(
        fc.constantFrom(
          'size',
          'mode',
          'mtimeNs',
          'sha256',
          'part',
          'offset',
          'sparse',
          'targetB64',
          'category',
        ),
        fc.json(),
      )
      .map(([key, json]) => `${start},"${key}":${json}}`),
  );
  fc.assert(
    fc.property(wrong, (line) => {
      try {
        parseRecord(line);
      } catch (error) {
        expect(error).toBeInstanceOf(ShapeError);
      }
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['../up', /leaves its root/],
  ['/etc/passwd', /leaves its root/],
  ['a/../../b', /leaves its root/],
  ['a//b', /leaves its root/],
  ['a\u0000b', /leaves its root/],
])('A record whose path is %j is refused', (path, problem) => {
  expect(() => parseRecord(JSON.stringify({ root: 'target', path, type: 'file' }))).toThrow(problem);
});

test.each([
  [{ root: '../x', path: 'a', type: 'file' }],
  [{ root: 'target', type: 'file' }],
  [{ root: 'target', path: 'a', type: 'file', part: '../../etc/passwd' }],
  [{ root: 'target', path: 'a', type: 'file', mode: '99999' }],
  [{ root: 'target', path: 'a', type: 'file', offset: -1 }],
])('A record with a wrong field is refused: %j', (from) => {
  expect(() => parseRecord(JSON.stringify(from))).toThrow(ShapeError);
});

test('A field that a later version adds to a record is passed over', () => {
  const from = { root: 'target', path: 'a', type: 'file', xattrs: { 'user.a': 'b' } };
  expect(parseRecord(JSON.stringify(from))).toEqual({ root: 'target', rel: 'a', type: 'file' });
});

test('Every manifest comes back from its text as it was', () => {
  const file = fc.record({
    name: fc.constantFrom('config-1.tar', 'README.txt'),
    size: fc.maxSafeNat(),
    sha256: hex,
  });
  const manifest = fc.record(
    {
      formatVersion: fc.constant(1 as const),
      id: fc.string(),
      kind: fc.constantFrom(...KINDS),
      created: fc.constant('2024-01-15T14:30:45.000Z'),
      tool: fc.record({ name: fc.string(), version: fc.string() }),
      roots: fc.array(
        fc.record({ id: fc.constantFrom('source', 'target'), path: fc.string(), present: fc.boolean() }),
      ),
      counts: fc.record({
        files: fc.nat(),
        folders: fc.nat(),
        links: fc.nat(),
        specials: fc.nat(),
        sealed: fc.nat(),
      }),
      bytes: fc.maxSafeNat(),
      categories: fc.record({ state: fc.record({ files: fc.nat(), bytes: fc.nat() }) }),
      parts: fc.array(
        fc
          .tuple(file, fc.constantFrom(...CATEGORIES, 'folders' as const, 'secrets' as const))
          .map(([entry, category]) => ({ ...entry, category })),
      ),
      shards: fc.array(fc.tuple(file, fc.nat()).map(([entry, records]) => ({ ...entry, records }))),
      files: fc.array(file),
      gaps: fc.array(
        fc.record({
          kind: fc.constantFrom(...GAP_KINDS),
          root: fc.constant('target'),
          rel,
          reason: fc.string(),
        }),
      ),
      requiredFiles: fc.array(
        fc.record({ root: fc.constant('target'), rel: fc.constantFrom('config.yaml', 'a/b') }),
      ),
      recipient: fc.string(),
      run: fc.string(),
      note: fc.string(),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(manifest, (one) => {
      expect(readManifest(parseObject(manifestText(one as Manifest)))).toEqual(one);
    }),
  );
});

test('A record with an attribute that no backup keeps gives a ShapeError', () => {
  const line = (name: string) =>
    JSON.stringify({ root: 'target', path: 'a', type: 'file', attributes: { [name]: 'bg==' } });
  const kept = ['user.a', 'user.a\nb', 'system.posix_acl_access', 'security.capability'];
  for (const name of kept) expect(parseRecord(line(name)).attributes).toEqual({ [name]: 'bg==' });
  const others = ['user.', 'trusted.a', 'security.selinux', 'security.capability.x', 'a.user.b', 'user.a\0b'];
  for (const name of others) expect(() => parseRecord(line(name)), name).toThrow(ShapeError);
});
