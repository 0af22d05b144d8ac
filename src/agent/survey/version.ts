import { join } from 'node:path';
import type { ReadSystem } from '../system.ts';
import type { Finding } from './finding.ts';
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

/** What the version means for a migration, as a sentence. */
export function explain({ version, compatible }: InstalledVersion): string {
  switch (compatible) {
    case 'yes':
      return `Version ${version} can be migrated.`;
    case 'probably':
      return `Version ${version} is older than the 0.9 that the rules are made for. Its settings are nearly the same; what is not recognised is kept and listed.`;
    case 'unknown':
      return version === undefined
        ? 'The version is unknown: no tag, pyproject.toml or setup.py tells it. The rules are made for 0.9 and later; what they do not recognise is kept and listed.'
        : `Version ${version} is older than 0.8, and nobody has tried the rules on it, which are made for 0.9 and later. What they do not recognise is kept and listed.`;
  }
}

/** A warning for all but 0.9 and later. */
export function versionFindings(version: InstalledVersion): Finding[] {
  if (version.compatible === 'yes') return [];
  const fix =
    version.version === undefined
      ? 'Run `git fetch --tags` in the clone, then the command again.'
      : 'Look through the plan (--dry-run) before you agree to it, or bring the clone to 0.9 with `git pull` first.';
  const file = version.from === 'tag' ? undefined : version.from;
  return [{ code: 'version', level: 'warning', message: explain(version), file, fix }];
}

function judged(version: string, from: 'tag' | 'pyproject.toml' | 'setup.py'): InstalledVersion {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const compatible = major > 0 || minor >= 9 ? 'yes' : minor === 8 ? 'probably' : 'unknown';
  return { version, from, compatible };
}
