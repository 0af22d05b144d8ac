import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../helpers/random.ts';
import { soakRound } from './round.ts';

/**
 * `npm run soak -- --rounds 500 --seed 7`: rounds of random installations, work and faults, until one differs in a byte.
 * Each round has a seed of its own (`SEED + n`), which is printed where it fails: `--rounds 1 --seed THAT` is that round again.
 *
 * - `--kills N`: in every N-th round the real program is killed as well (default 10; 0: never)
 * - `--minutes M`: ends after so long, whatever the rounds
 * - `--keep-going`: counts a round that differs and goes on
 * - `--out FILE`: writes the figures there
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: '10' },
    minutes: { type: 'string' },
    'keep-going': { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const [rounds, seed, every] = [values.rounds, values.seed, values.kills].map(Number) as [
  number,
  number,
  number,
];
const until =
  values.minutes === undefined
    ? Number.POSITIVE_INFINITY
    : performance.now() + Number(values.minutes) * 60_000;

const counts = new Map<string, number>();
const failed: string[] = [];
const began = performance.now();
let done = 0;
process.stdout.write(`soak: ${rounds} rounds, seed ${seed}\n`);
while (done < rounds && performance.now() < until && (failed.length === 0 || values['keep-going'])) {
  const own = seed + done;
  const story: string[] = [];
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'awm-soak-'));
  try {
    await soakRound(
      join(folder, 'machine'),
      new Random(own),
      { counts, story },
      every > 0 && done % every === every - 1,
    );
  } catch (error) {
    failed.push(String(own));
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stdout.write(`round with seed ${own} differs:\n  ${story.join('\n  ')}\n${said}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  done++;
  if (done % 25 === 0) process.stdout.write(`${done} rounds, ${failed.length} differ\n`);
}
const seconds = Math.round((performance.now() - began) / 1000);
const lines = [
  `${done} rounds (seeds ${seed} to ${seed + done - 1}), ${failed.length} of them differ${failed.length === 0 ? '' : `: ${failed.join(', ')}`}`,
  `${seconds} s, load ${loadavg()[0]?.toFixed(1)} at the end, Node ${process.version}`,
  ...[...counts].sort().map(([name, count]) => `${name}: ${count}`),
];
process.stdout.write(`${lines.join('\n')}\n`);
if (values.out !== undefined) writeFileSync(values.out, `${lines.map((line) => `- ${line}`).join('\n')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
