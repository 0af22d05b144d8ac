import { spawnSync } from 'node:child_process';

/** Runs a Python script that reads JSON from its standard input and prints JSON. */
export function askPython<T>(script: string, input: unknown): T {
  const result = spawnSync('/usr/bin/python3', ['-c', script], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    env: { PYTHONUTF8: '1' },
    maxBuffer: 1 << 28,
  });
  if (result.status !== 0) throw new Error(result.stderr);
  return JSON.parse(result.stdout) as T;
}
