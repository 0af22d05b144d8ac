import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RealSystem } from '../../../src/agent/real-system.ts';
import { lockPath, lockTarget } from '../../../src/agent/run/lock.ts';
import type { System } from '../../../src/agent/system.ts';
import { faultySystem, WRITING_CALLS, withOverrides } from '../../helpers/faulty-system.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const folder = useTempFolder();
const real = new RealSystem();
const RACER = join(import.meta.dirname, '..', '..', 'helpers', 'lock-racer.ts');

const target = () => join(folder(), 'home');
const holderOf = (path: string) => JSON.parse(fs.readFileSync(path, 'utf8')) as Record<string, unknown>;

/** The machine as a process with this pid sees it, where only the given processes live. */
function processWith(pid: number, alive: Record<number, string>, bootId = 'boot-1'): System {
  return withOverrides(real, {
    pid,
    bootId,
    isAlive: (other) => other in alive,
    processStart: (other) => alive[other],
  });
}

describe('The lock of a target', () => {
  test('lies beside it, names its holder, and is gone when it is released', () => {
    const lock = lockTarget(real, target());
    const holder = holderOf(lockPath(target()));
    expect(holder).toMatchObject({ pid: process.pid, bootId: real.bootId });
    expect(fs.readdirSync(folder())).toEqual(['home.migration-lock']);
    lock.release();
    expect(fs.readdirSync(folder())).toEqual([]);
  });

  test('is refused while a living process holds it, and the process is named', () => {
    lockTarget(processWith(11, { 11: 'a' }), target());
    expect(() => lockTarget(processWith(12, { 11: 'a', 12: 'b' }), target())).toThrowError(
      expect.objectContaining({ code: 'LOCKED', params: { pid: 11, path: target() } }),
    );
    expect(fs.readdirSync(folder())).toEqual(['home.migration-lock']);
  });

  test.each<[string, System]>([
    ['its process is gone', processWith(12, { 12: 'b' })],
    ['the machine was started again', processWith(12, { 11: 'a', 12: 'b' }, 'boot-2')],
    ['its pid belongs to another process by now', processWith(12, { 11: 'later', 12: 'b' })],
    ['it is of an earlier process with our own pid', processWith(11, { 11: 'later' })],
  ])('heals where %s', (_, later) => {
    lockTarget(processWith(11, { 11: 'a' }), target());
    const lock = lockTarget(later, target());
    expect(holderOf(lockPath(target()))).toMatchObject({ pid: later.pid, bootId: later.bootId });
    lock.release();
    expect(fs.readdirSync(folder())).toEqual([]);
  });

  test('is kept by the number of its process alone where the system tells neither its start nor that of the machine', () => {
    const elsewhere = (pid: number, alive: readonly number[]) =>
      withOverrides(real, {
        pid,
        bootId: 'unknown',
        isAlive: (other) => alive.includes(other),
        processStart: () => undefined,
      });
    lockTarget(elsewhere(11, [11]), target());
    expect(() => lockTarget(elsewhere(12, [11, 12]), target())).toThrowError(
      expect.objectContaining({ code: 'LOCKED', params: { pid: 11, path: target() } }),
    );
    lockTarget(elsewhere(12, [12]), target()).release();
    expect(fs.readdirSync(folder())).toEqual([]);
  });

  test.each([
    '',
    'garbage',
    '{',
    'null',
    '[]',
    '{"pid": 0, "bootId": "boot-1"}',
    '{"pid": "x", "bootId": "y"}',
  ])('heals where its file holds %j', (text) => {
    fs.writeFileSync(lockPath(target()), text);
    lockTarget(processWith(12, { 12: 'b', 0: 'all' }), target()).release();
    expect(fs.readdirSync(folder())).toEqual([]);
  });

  test('heals after a crash at any call of taking, healing or releasing it, and leaves nothing behind', () => {
    let points = 0;
    for (let n = 1; ; n++) {
      fs.writeFileSync(lockPath(target()), '{"pid": 7, "bootId": "boot-1", "start": null}');
      const faulty = faultySystem(processWith(11, { 11: 'a' }), {
        calls: WRITING_CALLS,
        at: n,
        fault: 'crash',
      });
      const work = () => lockTarget(faulty.system, target()).release();
      if (fails(work) === undefined) break;
      points++;
      lockTarget(processWith(12, { 12: 'b' }), target()).release();
      expect(fs.readdirSync(folder()), `call ${n}: ${faulty.failed()}`).toEqual([]);
    }
    expect(points).toBeGreaterThan(8);
  });

  test('sweeps what dead processes left beside it, and nothing of living ones or of others', () => {
    const dead = JSON.stringify({ pid: 7, bootId: 'boot-1', start: 'x', since: '' });
    const living = JSON.stringify({ pid: 12, bootId: 'boot-1', start: 'b', since: '' });
    const beside = (suffix: string) => `${lockPath(target())}.${suffix}`;
    for (const name of ['7.new', '7.stale']) fs.writeFileSync(beside(name), dead);
    fs.writeFileSync(beside('8.new'), '');
    fs.writeFileSync(beside('12.stale'), living);
    fs.writeFileSync(beside('notes'), dead);
    lockTarget(processWith(11, { 11: 'a', 12: 'b' }), target()).release();
    expect(fs.readdirSync(folder())).toEqual(['home.migration-lock.12.stale', 'home.migration-lock.notes']);
  });

  test('is held by nobody after the disk refused any call of taking it', () => {
    for (let n = 1; ; n++) {
      const faulty = faultySystem(real, { calls: WRITING_CALLS, at: n, fault: 'EIO' });
      const work = () => lockTarget(faulty.system, join(folder(), 'new', 'home'));
      const error = fails(work);
      if (error === undefined) break;
      expect(error).toMatchObject({ code: 'EIO' });
      expect(fs.readdirSync(folder()), `call ${n}: ${faulty.failed()}`).toEqual([]);
    }
    expect(fs.readdirSync(join(folder(), 'new'))).toEqual(['home.migration-lock']);
  });

  test('takes the folders away again that were made for it alone', () => {
    const deep = join(folder(), 'a', 'b', 'home');
    lockTarget(real, deep).release();
    expect(fs.readdirSync(folder())).toEqual([]);
    const lock = lockTarget(real, deep);
    fs.mkdirSync(deep);
    lock.release();
    expect(fs.readdirSync(join(folder(), 'a', 'b'))).toEqual(['home']);
  });

  test('cannot be made beside a target whose folder is read-only: TARGET_READ_ONLY', () => {
    const refusing = withOverrides(real, {
      createFile: () => {
        throw Object.assign(new Error('no'), { code: 'EROFS' });
      },
    });
    expect(() => lockTarget(refusing, target())).toThrowError(
      expect.objectContaining({
        code: 'TARGET_READ_ONLY',
        params: { path: folder(), reason: 'the file system is read-only' },
      }),
    );
  });

  test('is held by one process at a time, however many want it, also where it was stale at first', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const stale = { pid: dead, bootId: real.bootId, start: '1', since: '2025-05-01T00:00:00.000Z' };
    fs.writeFileSync(lockPath(target()), JSON.stringify(stale));
    const racers = await Promise.all(Array.from({ length: 4 }, () => race(target(), 60)));
    expect(racers).toEqual(Array.from({ length: 4 }, () => ({ status: 0, stdout: '60', stderr: '' })));
    expect(fs.readdirSync(folder())).toEqual([]);
  });
});

function fails(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

function race(
  path: string,
  times: number,
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [RACER, path, String(times)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (piece: Buffer) => {
    output.stdout += piece.toString();
  });
  child.stderr.on('data', (piece: Buffer) => {
    output.stderr += piece.toString();
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, ...output })));
}
