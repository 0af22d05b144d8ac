import { spawnSync } from 'node:child_process';

/**
 * Runs a Python program that reads its input from stdin as JSON (`json.load(sys.stdin)`) and prints its answer as JSON;
 * returns the answer, or undefined if it printed nothing. Throws with Python's own words if it fails. Integers beyond
 * 2^53 are to be printed as text.
 */
export function python(code: string, input: unknown = null): unknown {
  const result = spawnSync('/usr/bin/python3', ['-I', '-c', code], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 256 << 20,
    env: { LC_ALL: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (result.status !== 0) throw new Error(`python3 failed: ${result.error?.message ?? result.stderr}`);
  return result.stdout.trim() === '' ? undefined : JSON.parse(result.stdout);
}
