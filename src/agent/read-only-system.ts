import type { ReadSystem } from './system.ts';

const READING = [
  'now',
  'elapsed',
  'lstat',
  'stat',
  'readLink',
  'realPath',
  'readFolder',
  'openRead',
  'fstat',
  'read',
  'close',
  'readFile',
  'canRead',
  'canWrite',
  'freeBytes',
  'run',
  'processes',
  'processVariables',
  'isAlive',
  'processStart',
  'scratch',
] as const satisfies readonly (keyof ReadSystem)[];

/** The same machine without any way to write: the returned object has no writing method, whatever its type is cast to. */
export function readOnly(system: ReadSystem): ReadSystem {
  const { platform, env, home, cwd, uid, pid, bootId } = system;
  const methods = Object.fromEntries(
    READING.map((name) => [name, (system[name] as () => unknown).bind(system)]),
  );
  return Object.freeze({ platform, env, home, cwd, uid, pid, bootId, ...methods }) as ReadSystem;
}
