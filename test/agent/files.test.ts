import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  makeFolders,
  readTextIfThere,
  removeIfThere,
  removeTree,
  writeFileAtomic,
  writeNewFile,
} from '../../src/agent/files.ts';
import { RealSystem } from '../../src/agent/real-system.ts';
import type { System } from '../../src/agent/system.ts';
import { put } from '../fixtures/write-files.ts';
import { useTempFolder } from '../helpers/temp.ts';

const temp = useTempFolder();
const real = new RealSystem({ PATH: '/usr/bin:/bin', HOME: '/' });
const at = (path: string) => join(temp(), path);

/** The real machine, whose n-th changing call fails. */
function failingAt(n: number): { system: System; calls: () => number } {
  const CHANGING = ['createFile', 'write', 'syncData', 'rename', 'syncFolder'];
  let calls = 0;
  const system = new Proxy<System>(real, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (!CHANGING.includes(String(name))) return value.bind(target);
      return (...args: unknown[]) => {
        calls += 1;
        if (calls === n) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });
  return { system, calls: () => calls };
}

describe('an atomic write', () => {
  it('leaves the old bytes or the new ones and nothing else, whichever call fails', () => {
    const all = failingAt(0);
    put(temp(), 'file', 'old');
    writeFileAtomic(all.system, at('file'), 'new');
    expect(all.calls()).toBe(5);

    for (let n = 1; n <= all.calls(); n++) {
      put(temp(), 'file', 'old');
      expect(() => writeFileAtomic(failingAt(n).system, at('file'), 'new')).toThrow('no space left');

      const renamed = n === all.calls();
      expect(readFileSync(at('file'), 'utf8')).toBe(renamed ? 'new' : 'old');
      expect(readdirSync(temp())).toEqual(['file']);
    }
  });

  it('makes a private file, or one of the mode that it is given', () => {
    writeFileAtomic(real, at('a'), 'x');
    writeFileAtomic(real, at('b'), Buffer.of(0xff), 0o640);

    expect([statSync(at('a')).mode & 0o777, statSync(at('b')).mode & 0o777]).toEqual([0o600, 0o640]);
    expect(readFileSync(at('b'))).toEqual(Buffer.of(0xff));
  });

  it('puts a file in the place of a link and leaves alone what that led to', () => {
    put(temp(), 'elsewhere', 'old');
    symlinkSync('elsewhere', at('link'));
    writeFileAtomic(real, at('link'), 'new');

    expect([readFileSync(at('link'), 'utf8'), readFileSync(at('elsewhere'), 'utf8')]).toEqual(['new', 'old']);
  });
});

describe('files and folders', () => {
  it('that are new must not be there yet, and their descriptors are closed also after an error', () => {
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    put(temp(), 'file', 'old');

    expect(() => writeNewFile(real, at('file'), 'new')).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(() => writeNewFile(failingAt(2).system, at('other'), 'new')).toThrow('no space left');
    expect(open()).toBe(before);
  });

  it('are made with their missing parents, and existing ones stay as they are', () => {
    mkdirSync(at('a'), { mode: 0o755 });
    makeFolders(real, at('a/b/c'));
    makeFolders(real, at('a/b/c'));
    makeFolders(real, Buffer.from(`${at('a')}/caf\xe9/x`, 'latin1'));

    expect(statSync(at('a')).mode & 0o777).toBe(0o755);
    expect(statSync(at('a/b/c')).mode & 0o777).toBe(0o700);
    expect(real.readFolder(at('a')).map(({ name }) => name)).toContainEqual(Buffer.from('caf\xe9', 'latin1'));
  });

  it('are removed with all they hold, and no link is followed', () => {
    put(temp(), 'keep/file', 'x');
    put(temp(), 'tree/deep/file', 'x');
    symlinkSync('../keep', at('tree/link'));

    removeTree(real, at('tree'));
    removeTree(real, at('tree'));

    expect([existsSync(at('tree')), existsSync(at('keep/file'))]).toEqual([false, true]);
  });

  it('that are gone already are no error to remove, and have no text', () => {
    removeIfThere(real, at('missing'));
    put(temp(), 'file', 'text');
    mkdirSync(at('folder'));

    expect(['file', 'folder', 'missing'].map((path) => readTextIfThere(real, at(path)))).toEqual([
      'text',
      undefined,
      undefined,
    ]);
  });
});
