import { join } from 'node:path';
import type { ReadSystem } from '../system.ts';
import { readIfReachable } from './reachable.ts';

export interface InstalledVersion {
  /** As found, such as `0.9.8`; undefined when no source tells it. */
  readonly version: string | undefined;
  readonly from: 'tag' | 'pyproject.toml' | 'setup.py' | undefined;
  /** 0.9 and later can be migrated; 0.8 probably; of older or unknown ones nobody knows. */
  readonly compatible: 'yes' | 'probably' | 'unknown';
}

/** The version of the clone: nearest tag first, then what its packaging files say. */
export function readVersion(
  system: ReadSystem,
  clone: string,
  describe: string | undefined,
): InstalledVersion {
  const tag = describe?.match(/^v?(\d+\.\d+(?:\.\d+)?)/)?.[1];
  if (tag !== undefined) return judged(tag, 'tag');
  for (const file of ['pyproject.toml', 'setup.py'] as const) {
    const found = readIfReachable(system, join(clone, file))
      ?.toString('utf8')
      .match(/^\s*version\s*=\s*["'](\d+\.\d+[^"']*)["']/m)?.[1];
    if (found !== undefined) return judged(found, file);
  }
  return { version: undefined, from: undefined, compatible: 'unknown' };
}

function judged(version: string, from: 'tag' | 'pyproject.toml' | 'setup.py'): InstalledVersion {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const compatible = major > 0 || minor >= 9 ? 'yes' : minor === 8 ? 'probably' : 'unknown';
  return { version, from, compatible };
}
