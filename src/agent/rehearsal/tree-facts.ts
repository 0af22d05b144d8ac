import { hash } from 'node:crypto';
import { walk } from '../backup/walk.ts';
import { bytesOf, displayPath, joinPath } from '../paths.ts';
import { hashFile } from '../run/staging.ts';
import type { FileStat, PathLike, ReadSystem } from '../system.ts';

/** All that a folder is: names as bytes, kinds, modes, owners, times, and every byte. */
export interface TreeFacts {
  /** SHA-256 over all of it but the times, in hex; `absent` where there is no folder. */
  readonly digest: string;
  readonly entries: ReadonlyMap<string, Fact>;
  /** Bytes that it takes on its disk. */
  readonly bytes: number;
}

interface Fact {
  readonly display: string;
  readonly what: string;
  readonly mtimeNs: bigint;
}

export function factsOf(system: ReadSystem, root: string): TreeFacts {
  const entries = new Map<string, Fact>();
  const top = system.lstat(root);
  if (top === undefined) return { digest: 'absent', entries, bytes: 0 };
  const seen = new Set<bigint>();
  let bytes = 0;
  const add = (rel: PathLike, stat: FileStat, content: string) => {
    const what = [stat.kind, stat.mode.toString(8), stat.uid, stat.gid, content].join(' ');
    entries.set(bytesOf(rel).toString('latin1'), {
      display: displayPath(rel) || '.',
      what,
      mtimeNs: stat.mtimeNs,
    });
    if (!seen.has(stat.ino)) bytes += stat.blocks * 512;
    seen.add(stat.ino);
  };
  add('', top, '');
  for (const { rel, stat, kind, linkTarget } of walk(system, root).entries) {
    const path = joinPath(root, rel);
    const content =
      kind === 'file' && system.canRead(path)
        ? `${stat.size} ${stat.nlink} ${hashFile(system, path)}`
        : (linkTarget?.toString('base64') ?? '');
    add(rel, stat, content);
  }
  const lines = [...entries].map(([key, { what }]) => `${key}\0${what}`);
  return { digest: hash('sha256', lines.join('\n'), 'hex'), entries, bytes };
}

/** Paths of all entries that are not in both, or not the same, the times to the microsecond included. */
export function differing(a: TreeFacts, b: TreeFacts): string[] {
  const all = new Map([...b.entries, ...a.entries]);
  return [...all.keys()].flatMap((key) => {
    const [one, other] = [a.entries.get(key), b.entries.get(key)];
    const isSame =
      one !== undefined &&
      other !== undefined &&
      one.what === other.what &&
      isSameTime(one.mtimeNs, other.mtimeNs);
    return isSame ? [] : [(one ?? other)?.display ?? ''];
  });
}

/** Node sets times as doubles. */
function isSameTime(a: bigint, b: bigint): boolean {
  const apart = a - b;
  return apart < 2_000n && apart > -2_000n;
}
