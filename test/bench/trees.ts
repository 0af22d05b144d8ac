import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Trees to back up: how many files, how many bytes, and the large ones among them (in MB). */
export const TREES = {
  S: { files: 612, bytes: 45e6, large: [5, 5, 5, 4.5, 4.5, 4.5, 3.5, 3.5, 3.5] },
  M: { files: 4003, bytes: 156e6, large: [20, 12, 8, 6] },
  L: { files: 40_003, bytes: 2100e6, large: [300, 250, 150, 100, 60, 40, 40] },
  T: { files: 200_003, bytes: 220e6, large: [] },
} as const;

export type TreeName = keyof typeof TREES;

const POOL = 8 << 20;
const PER_FOLDER = 40;

/** Writes a tree below `root`, the same one each time: text and one part in seven that does not compress. */
export function makeTree(root: string, name: TreeName): void {
  const { files, bytes, large } = TREES[name];
  const random = numbers(name.charCodeAt(0));
  const text = Buffer.from(
    Array.from({ length: POOL / 64 }, () =>
      `{"at":${random()},"level":"info","task":"${random()}"}`.padEnd(63),
    ).join('\n'),
  );
  const noise = Buffer.alloc(POOL);
  for (let at = 0; at < POOL; at += 4) noise.writeUInt32LE(Math.floor(random() * 2 ** 32), at);
  const put = (path: string, size: number, isNoise: boolean) => {
    const pool = isNoise ? noise : text;
    const start = Math.floor(random() * (POOL / 2));
    const pieces = [Buffer.from(`${path.length} ${random()}\n`)];
    for (let left = size - (pieces[0]?.length ?? 0); left > 0; left -= POOL / 2)
      pieces.push(pool.subarray(start, start + Math.min(left, POOL / 2)));
    writeFileSync(path, Buffer.concat(pieces).subarray(0, size));
    const time = 1.7e9 + Math.floor(random() * 5e7);
    utimesSync(path, time, time);
  };
  mkdirSync(join(root, 'data'), { recursive: true });
  for (const [n, megabytes] of large.entries())
    put(join(root, 'data', `large-${n}`), megabytes * 1e6, n % 2 === 1);
  const small = files - large.length;
  // Many small ones, few large.
  const sizes = Array.from({ length: small }, () => 0.02 + random() ** 6);
  const sum = sizes.reduce((total, size) => total + size, 0);
  const left = bytes - large.reduce<number>((total, megabytes) => total + megabytes * 1e6, 0);
  let folder = root;
  for (const [n, size] of sizes.entries()) {
    if (n % PER_FOLDER === 0) {
      const top = ['config', 'projects', 'state', 'logs', 'custom'][Math.floor(random() * 5)] ?? '';
      folder = join(root, top, `g${n % 16}`, `d${n}`);
      mkdirSync(folder, { recursive: true });
    }
    put(join(folder, `${n}.json`), Math.max(32, Math.round((size / sum) * left)), random() < 0.15);
  }
  writeFileSync(join(root, '.env'), 'DISCORD_BOT_TOKEN=a-value-that-is-looked-for\n', { mode: 0o600 });
  symlinkSync('nowhere', join(root, 'dangling'));
}

/** Numbers from 0 to 1 that only depend on the seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
