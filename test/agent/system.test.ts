import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readOnly } from '../../src/agent/read-only-system.ts';
import { RealSystem } from '../../src/agent/real-system.ts';
import type { ReadSystem } from '../../src/agent/system.ts';
import { put } from '../fixtures/write-files.ts';
import { useTempFolder } from '../helpers/temp.ts';

const temp = useTempFolder();
const real = new RealSystem({ PATH: '/usr/bin:/bin', HOME: '/home/m' });
const at = (path: string) => join(temp(), path);

describe.each<[string, ReadSystem]>([
  ['the real machine', real],
  ['the read-only machine', readOnly(real)],
])('%s', (_, system) => {
  it('knows its user, its home and its process', () => {
    expect(system).toMatchObject({ home: '/home/m', pid: process.pid, platform: process.platform });
    expect(system.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(system.now().getTime()).toBeGreaterThan(Date.UTC(2024, 0));
    expect(system.elapsed()).toBeLessThanOrEqual(system.elapsed());
  });

  it('tells every kind of thing without opening it', async () => {
    put(temp(), 'file', 'abc', 0o640);
    mkdirSync(at('folder'));
    symlinkSync('file', at('link'));
    symlinkSync('nowhere', at('dangling'));
    symlinkSync('loop', at('loop'));
    execFileSync('mkfifo', [at('fifo')]);
    const server = createServer().listen(at('socket'));
    await new Promise((done) => server.once('listening', done));

    const kinds = system.readFolder(temp()).map(({ name, kind }) => [name, kind]);
    await new Promise((done) => server.close(done));

    expect(kinds).toEqual([
      ['dangling', 'link'],
      ['fifo', 'fifo'],
      ['file', 'file'],
      ['folder', 'folder'],
      ['link', 'link'],
      ['loop', 'link'],
      ['socket', 'socket'],
    ]);
    expect(system.lstat(at('link'))?.kind).toBe('link');
    expect(system.stat(at('link'))?.kind).toBe('file');
    expect(system.stat(at('file'))).toMatchObject({ size: 3, mode: 0o640, nlink: 1 });
    expect(['dangling', 'loop', 'missing', 'file/below'].map((path) => system.stat(at(path)))).toEqual(
      Array(4).fill(undefined),
    );
    expect(system.lstat('/dev/null')?.kind).toBe('device');
  });

  it('gives the exact bytes of a link, and nothing for what is none', () => {
    symlinkSync(Buffer.from('caf\xe9', 'latin1'), at('link'));
    put(temp(), 'file', '');

    expect(system.readLink(at('link'))).toEqual(Buffer.from('caf\xe9', 'latin1'));
    expect([system.readLink(at('file')), system.readLink(at('missing'))]).toEqual([undefined, undefined]);
  });

  it('lists a folder in the order of bytes, names that are not UTF-8 as bytes', () => {
    const names = ['b', 'a', 'Z', 'ü', '\uffff', '𝒳', '\ufffd'].map((name) => Buffer.from(name));
    for (const bytes of [...names, Buffer.of(0xe9)])
      writeFileSync(Buffer.concat([Buffer.from(`${temp()}/`), bytes]), '');

    const listed = system.readFolder(temp()).map(({ name }) => Buffer.from(name as string));

    expect(listed).toEqual([...names, Buffer.of(0xe9)].sort(Buffer.compare));
    expect(system.readFolder(temp()).some(({ name }) => typeof name !== 'string')).toBe(true);
  });

  it('reads regular files only: it follows no link and never waits for a FIFO', () => {
    put(temp(), 'file', 'abc');
    symlinkSync('file', at('link'));
    execFileSync('mkfifo', [at('fifo')]);
    mkdirSync(at('folder'));

    expect(system.readFile(at('file')).toString()).toBe('abc');
    expect(() => system.readFile(at('link'))).toThrow(expect.objectContaining({ code: 'ELOOP' }));
    for (const path of ['fifo', 'folder'])
      expect(() => system.readFile(at(path))).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    expect(() => system.readFile(at('missing'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  it('refuses a file that is larger than asked', () => {
    put(temp(), 'file', '12345');

    expect(system.readFile(at('file'), 5).length).toBe(5);
    expect(() => system.readFile(at('file'), 4)).toThrow(
      expect.objectContaining({ code: 'FILE_TOO_LARGE', message: expect.stringContaining(at('file')) }),
    );
  });

  it('reads pieces from where they were asked, and 0 bytes at the end', () => {
    put(temp(), 'file', 'abcdef');
    const fd = system.openRead(at('file'));
    const buffer = Buffer.alloc(4);

    expect(system.fstat(fd).size).toBe(6);
    expect([system.read(fd, buffer, 1, 2, 3), buffer.toString('latin1', 1, 3)]).toEqual([2, 'de']);
    expect([system.read(fd, buffer, 0, 4, null), system.read(fd, buffer, 0, 4, null)]).toEqual([4, 2]);
    expect(system.read(fd, buffer, 0, 4, null)).toBe(0);
    system.close(fd);
  });

  it('runs a command with only the environment that it is given', () => {
    const env = { PATH: '/usr/bin:/bin', ONLY: 'this' };

    const printed = system.run('env', [], { env, cwd: temp() });
    const piped = system.run('cat', [], { env, input: 'input' });

    expect(printed.stdout.toString().split('\n').sort()).toEqual(['', 'ONLY=this', 'PATH=/usr/bin:/bin']);
    expect([piped.status, piped.stdout.toString()]).toEqual([0, 'input']);
    expect(system.run('sh', ['-c', 'echo no >&2; exit 7'], { env })).toMatchObject({ status: 7 });
  });

  it('says where a command is missing or takes too long', () => {
    const env = { PATH: '/usr/bin:/bin' };

    expect(system.run('no-such-command', [], { env })).toMatchObject({ status: -1, notFound: true });
    expect(system.run('sleep', ['60'], { env, timeoutMs: 20 })).toMatchObject({
      status: -1,
      notFound: false,
    });
  });

  it('sees processes, and when each of them began', () => {
    const mine = system.processes().find(({ pid }) => pid === process.pid);

    expect(mine?.command).toContain('node');
    expect(mine?.cwd).toBe(process.cwd());
    expect([system.isAlive(process.pid), system.isAlive(4_194_300)]).toEqual([true, false]);
    expect(system.processStart(process.pid)).toMatch(/^\d+$/);
    expect(system.processStart(4_194_300)).toBe(undefined);
  });

  it('has a private scratch folder that it can remove', () => {
    const scratch = system.scratch();
    scratch.write('deep/file', 'abc');

    expect(system.stat(scratch.path)?.mode).toBe(0o700);
    expect(system.stat(join(scratch.path, 'deep/file'))?.mode).toBe(0o600);
    scratch.remove();
    expect(existsSync(scratch.path)).toBe(false);
  });

  it('sweeps the scratch folders of processes that are gone, and nothing else', () => {
    vi.stubEnv('TMPDIR', temp());
    const mine = system.scratch();
    const names = ['migration-agent-4194300-aB3dEf', `migration-agent-${process.pid}-aB3dEf`];
    for (const name of [...names, 'migration-agent-notes']) put(temp(), `${name}/index`, '');
    symlinkSync('elsewhere', at('migration-agent-4194301-aB3dEf'));
    put(temp(), 'elsewhere/file', '');

    const next = system.scratch();

    expect(basename(mine.path)).toMatch(new RegExp(`^migration-agent-${process.pid}-`));
    expect(readdirSync(temp()).sort()).toEqual(
      [
        basename(mine.path),
        basename(next.path),
        'elsewhere',
        'migration-agent-4194301-aB3dEf',
        names[1],
        'migration-agent-notes',
      ].sort(),
    );
    vi.unstubAllEnvs();
  });

  it('knows the real path, the room that is left, and what may be read', () => {
    put(temp(), 'folder/file', '');
    symlinkSync('folder', at('link'));

    expect(system.realPath(at('link/../link/file'))).toBe(at('folder/file'));
    expect(() => system.realPath(at('missing'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(system.freeBytes(temp())).toBeGreaterThan(0);
    expect([system.canRead(temp()), system.canWrite(temp()), system.canRead(at('missing'))]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

/** The real machine, taking itself for one of another kind. */
class Elsewhere extends RealSystem {
  override readonly platform: NodeJS.Platform;

  constructor(platform: NodeJS.Platform, env: Readonly<Record<string, string>> = {}) {
    super(env);
    this.platform = platform;
  }
}

describe('the real machine', () => {
  it('does not open a folder to sync it where the platform has no such thing', () => {
    expect(() => real.syncFolder(at('missing'))).toThrow('ENOENT');
    expect(() => new Elsewhere('win32').syncFolder(at('missing'))).not.toThrow();
  });

  it('renames over a file that another one has open, on Windows too once nobody holds it', () => {
    put(temp(), 'new', 'new');
    put(temp(), 'old', 'old');
    new Elsewhere('win32').rename(at('new'), at('old'));
    expect(real.readFile(at('old')).toString()).toBe('new');
  });

  it('asks ps for processes where there is no /proc', () => {
    put(
      temp(),
      'bin/ps',
      '#!/bin/sh\necho "  12 /usr/bin/python3 scripts/orchestrator.py --port 80"\necho garbage\n',
      0o755,
    );
    expect(new Elsewhere('darwin', { PATH: at('bin') }).processes()).toEqual([
      { pid: 12, command: '/usr/bin/python3 scripts/orchestrator.py --port 80', cwd: undefined },
    ]);
  });

  it('creates only what is not there, and writes where it was told', () => {
    const fd = real.createFile(at('file'), 0o600);
    real.write(fd, Buffer.from('abc'), 0);
    real.write(fd, Buffer.from('X'), 1);
    real.truncate(fd, 2);
    real.syncData(fd);
    real.close(fd);
    symlinkSync('elsewhere', at('link'));

    expect(real.readFile(at('file')).toString()).toBe('aX');
    for (const path of ['file', 'link'])
      expect(() => real.createFile(at(path), 0o600)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(existsSync(at('elsewhere'))).toBe(false);
  });

  it('appends, and follows no link for it', () => {
    for (const text of ['a', 'b']) {
      const fd = real.openAppend(at('log'), 0o600);
      real.write(fd, Buffer.from(text), null);
      real.close(fd);
    }
    symlinkSync('log', at('link'));

    expect(real.readFile(at('log')).toString()).toBe('ab');
    expect(() => real.openAppend(at('link'), 0o600)).toThrow(expect.objectContaining({ code: 'ELOOP' }));
  });

  it('sets times to the microsecond, also those of a link', () => {
    put(temp(), 'file', '');
    symlinkSync('file', at('link'));
    const time = 1_700_000_000_123_456_000n;
    real.setTimes(at('link'), time);

    expect(real.lstat(at('link'))?.mtimeNs).toBe(time);
    expect(real.lstat(at('file'))?.mtimeNs).not.toBe(time);
  });

  it('moves, links, removes and changes modes', () => {
    real.makeFolder(at('folder'), 0o700);
    put(temp(), 'a', 'x');
    real.hardLink(at('a'), at('b'));
    real.rename(at('a'), at('folder/a'));
    real.symlink('a', at('folder/link'));
    real.chmod(at('b'), 0o640);
    real.syncFolder(temp());

    expect(real.lstat(at('folder/a'))).toMatchObject({ nlink: 2, mode: 0o640 });
    for (const path of ['folder/link', 'folder/a', 'b']) real.unlink(at(path));
    real.removeFolder(at('folder'));
    expect(real.readFolder(temp())).toEqual([]);
  });

  it('gives a command the terminal, and tells its status, the signal that ended it, or why it cannot be run', async () => {
    const env = { PATH: '/usr/bin:/bin' };

    expect(await real.attach('sh', ['-c', 'exit 3'], env)).toBe(3);
    expect(await real.attach('sh', ['-c', 'kill -TERM $$'], env)).toBe(143);
    expect(await real.attach('no-such-command', [], env)).toBe('there is none of that name');
    put(temp(), 'plain', 'text', 0o644);
    expect(await real.attach(at('plain'), [], env)).toBe('it is not a program that may be run');
  });

  it('takes the home folder from its environment, else from the system', () => {
    expect(new RealSystem({ HOME: '' }).home).toMatch(/^\//);
  });
});

describe('the read-only machine', () => {
  it('has nothing that could write, whatever its type is cast to', () => {
    const names = new Set<string>();
    for (let proto: object = real; proto !== Object.prototype; proto = Object.getPrototypeOf(proto) as object)
      for (const key of Object.getOwnPropertyNames(proto)) names.add(key);
    const reading = new Set(Object.getOwnPropertyNames(readOnly(real)));

    const missing = [...names].filter((key) => !reading.has(key) && key !== 'constructor').sort();

    expect(missing).toEqual([
      'attach',
      'chmod',
      'chown',
      'createFile',
      'endProcess',
      'hardLink',
      'launch',
      'makeFolder',
      'openAppend',
      'removeFolder',
      'rename',
      'setTimes',
      'symlink',
      'syncData',
      'syncFolder',
      'truncate',
      'unlink',
      'write',
    ]);
    expect(Object.getPrototypeOf(readOnly(real))).toBe(Object.prototype);
  });

  it('cannot be given a method, and its descriptors cannot be written to', () => {
    put(temp(), 'file', 'abc');
    const system = readOnly(real);
    const fd = system.openRead(at('file'));

    expect(() => Object.assign(system, { write: () => undefined })).toThrow(TypeError);
    expect(() => real.write(fd, Buffer.from('x'), 0)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    system.close(fd);
    expect(statSync(at('file')).size).toBe(3);
  });
});
