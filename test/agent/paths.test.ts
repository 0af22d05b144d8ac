import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  displayPath,
  isInside,
  joinPath,
  parentOf,
  pathFromJson,
  pathToJson,
  shellPath,
  shortPath,
  textOrBytes,
} from '../../src/agent/paths.ts';
import type { PathLike } from '../../src/agent/system.ts';

const name: fc.Arbitrary<PathLike> = fc
  .uint8Array({ minLength: 1, maxLength: 8 })
  .map((bytes) => textOrBytes(Buffer.from(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x61 : byte)))));

describe('a path', () => {
  it('keeps every byte when it is joined, taken apart and written as JSON', () => {
    fc.assert(
      fc.property(name, name, (folder, file) => {
        const path = joinPath(folder, file);

        expect(bytesOf(path)).toEqual(Buffer.concat([bytesOf(folder), Buffer.from('/'), bytesOf(file)]));
        expect(bytesOf(parentOf(path))).toEqual(bytesOf(folder));
        expect(pathFromJson(JSON.parse(JSON.stringify(pathToJson(path))))).toEqual(path);
      }),
    );
  });

  it('is text exactly where its bytes are UTF-8', () => {
    expect(textOrBytes(Buffer.from('ü'))).toBe('ü');
    expect(textOrBytes(Buffer.of(0xfc))).toEqual(Buffer.of(0xfc));
    expect(joinPath(Buffer.of(0x61), Buffer.of(0x62))).toBe('a/b');
  });

  it('joined to an empty folder is the name alone', () => {
    expect([joinPath('', 'a'), joinPath('', Buffer.of(0xff))]).toEqual(['a', Buffer.of(0xff)]);
  });

  it.each([
    [Buffer.from('/\xff', 'latin1'), '/'],
    [Buffer.from('\xff', 'latin1'), '.'],
    ['/a', '/'],
    ['a', '.'],
  ])('%j lies in %s', (path, parent) => {
    expect(parentOf(path)).toBe(parent);
  });

  it('is shown with what is no UTF-8 as numbers', () => {
    expect(displayPath(Buffer.from('caf\xe9/\xf0\x9f', 'latin1'))).toBe('caf\\xe9/\\xf0\\x9f');
    expect(displayPath(Buffer.concat([Buffer.from('ü日🎉'), Buffer.of(0xff)]))).toBe('ü日🎉\\xff');
    expect(displayPath(Buffer.of(0xc0, 0x80, 0x0a))).toBe('\\xc0\\x80\n');
  });

  it.each([
    ['/a/b', '/a', true],
    ['/a', '/a', true],
    ['/ab', '/a', false],
    ['/a', '/a/b', false],
    ['/a', '/', true],
  ])('%s lies inside %s: %s', (path, folder, inside) => {
    expect(isInside(path, folder)).toBe(inside);
  });

  it('is short below the home folder', () => {
    expect(['/home/m', '/home/m/x', '/home/mx'].map((path) => shortPath(path, '/home/m'))).toEqual([
      '~',
      '~/x',
      '/home/mx',
    ]);
  });

  it.each([5, null, {}, []])('is not %j', (json) => {
    expect(() => pathFromJson(json)).toThrow(TypeError);
  });
});

describe('a path that is typed in a shell', () => {
  it('is quoted only where it needs it', () => {
    expect(shellPath('/home/x/a b/c', '/home/x')).toBe("~/'a b/c'");
    expect(shellPath('/srv/caf\u00e9', '/home/x')).toBe("'/srv/caf\u00e9'");
  });

  it('comes to bash with every byte, whatever it is made of', () => {
    const odd = Buffer.from("/srv/caf\xe9 it's \\ a\nline \x1b[1m", 'latin1');
    const typed = shellPath(odd, '/home/x');
    expect(typed).toMatch(/^\$'[ -~]*'$/);
    const { stdout } = spawnSync('bash', ['-c', `printf %s ${typed}`]);
    expect(stdout.equals(odd)).toBe(true);
  });
});
