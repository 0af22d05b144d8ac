import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { probeNames, TargetNames } from '../../../src/agent/backup/target-names.ts';
import { RealSystem } from '../../../src/agent/real-system.ts';

const strict = { foldsCase: false, normalises: false, onlyUtf8: false };
const odd = Buffer.from([0x61, 0xff]);

test('A file system that tells all names apart gets them as they are', () => {
  const names = new TargetNames(strict);
  for (const path of ['a/B', 'A/b', 'a/b', odd]) expect(names.nameFor(path)).toEqual(path);
  expect(names.renamed).toEqual([]);
});

test('Names that would be one get a number, folders with all that they hold, and always the same one', () => {
  const names = new TargetNames({ ...strict, foldsCase: true });
  expect(
    ['a/x.txt', 'A/x.txt', 'a/X.TXT', 'a/X (2).TXT', 'A/x.txt'].map((one) => names.nameFor(one)),
  ).toEqual(['a/x.txt', 'A (2)/x.txt', 'a/X (2).TXT', 'a/X (2) (2).TXT', 'A (2)/x.txt']);
  expect(names.renamed).toContainEqual({ from: 'A', to: 'A (2)' });
});

test('Composed and decomposed letters are one name where the file system says so', () => {
  const names = new TargetNames({ ...strict, normalises: true });
  expect(names.nameFor('\u00e9')).toBe('\u00e9');
  expect(names.nameFor('e\u0301')).toBe('e\u0301 (2)');
});

test('Bytes that are not UTF-8 are written as they are shown where they cannot be made', () => {
  expect(new TargetNames({ ...strict, onlyUtf8: true }).nameFor(odd)).toBe('a\\xff');
});

test('This file system is asked, and nothing is left in it', () => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'awm-names-'));
  expect(probeNames(new RealSystem(), folder)).toEqual(strict);
  expect(fs.readdirSync(folder)).toEqual([]);
  fs.rmdirSync(folder);
});
