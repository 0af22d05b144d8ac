import type { System } from '../../src/agent/system.ts';

/** Every call that changes the disk or brings a change to it. */
export const WRITING_CALLS = [
  'makeFolder',
  'createFile',
  'openAppend',
  'write',
  'truncate',
  'syncData',
  'syncFolder',
  'rename',
  'hardLink',
  'symlink',
  'unlink',
  'removeFolder',
  'chmod',
  'chown',
  'setTimes',
] as const satisfies readonly (keyof System)[];

/** Those that a full or a failing disk refuses. */
export const REFUSABLE_CALLS = [
  'makeFolder',
  'createFile',
  'openAppend',
  'write',
  'syncData',
  'syncFolder',
  'rename',
  'hardLink',
] as const satisfies readonly (keyof System)[];

/** In place of the death of the process: the code under test lets it through untouched, known by its name. */
export class SimulatedCrash extends Error {
  override readonly name = 'SimulatedCrash';
}

/** An error of the operating system, as Node throws it. */
export function systemError(code: string, call: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made by a test, ${call}`), { code, syscall: call });
}

export interface Fault {
  /** Calls that are counted. */
  readonly calls: readonly (keyof System)[];
  /** The call that fails, counted from 1; 0 counts only. */
  readonly at: number;
  /** `crash`: from then on every call is refused, so that nothing cleans up after a death. Else an errno code. */
  readonly fault: 'crash' | 'ENOSPC' | 'EACCES' | 'EIO';
}

export interface FaultySystem {
  readonly system: System;
  /** How many of the calls were made. */
  count(): number;
  /** Their names, in the order in which they were made. */
  names(): readonly string[];
  /** The call that failed, as `rename /some/path`; undefined if none did. */
  failed(): string | undefined;
}

/**
 * The same system, except that one call fails. A write that fails has written half of its bytes before, as on a disk
 * that fills up. Descriptors can be closed even after a crash: the operating system does that, too.
 */
export function faultySystem(base: System, { calls, at, fault }: Fault): FaultySystem {
  const names: string[] = [];
  let failed: string | undefined;
  const counted = new Set<PropertyKey>(calls);
  const call = (name: string, method: (...args: unknown[]) => unknown, args: unknown[]): unknown => {
    if (fault === 'crash' && failed !== undefined && name !== 'close') throw new SimulatedCrash(failed);
    if (counted.has(name)) {
      names.push(name);
      if (names.length === at) {
        failed = `${name} ${name === 'write' ? '' : String(args[0])}`;
        if (name === 'write') writeHalf(base, args as Parameters<System['write']>);
        throw fault === 'crash' ? new SimulatedCrash(failed) : systemError(fault, name);
      }
    }
    return method.apply(base, args);
  };
  const system = new Proxy(base, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => call(String(name), value as (...args: unknown[]) => unknown, args);
    },
  });
  return { system, count: () => names.length, names: () => names, failed: () => failed };
}

/** The same system with some of its methods and values replaced. */
export function withOverrides(base: System, overrides: Partial<System>): System {
  return new Proxy(base, {
    get(target, name) {
      const own = overrides[name as keyof System];
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function writeHalf(base: System, [fd, data, position]: Parameters<System['write']>): void {
  const half = data.subarray(0, Math.floor(data.length / 2));
  if (half.length > 0) base.write(fd, half, position);
}
