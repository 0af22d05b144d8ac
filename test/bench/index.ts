import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { acknowledgements } from './acknowledgements.ts';
import { assess } from './assess.ts';
import { backup } from './backup.ts';
import { commandLine } from './command-line.ts';
import { dispatch } from './dispatch.ts';
import { journal } from './journal.ts';
import { migration } from './migration.ts';
import { search } from './search.ts';
import { start } from './start.ts';

/**
 * `npm run bench`: all rows; `npm run bench -- dispatch start`: these. BENCH_ROUNDS sets the number of rounds (5). Each
 * takes a folder for what it writes, and returns tables in Markdown.
 */
const ROWS: Readonly<Record<string, (folder: string, rounds: number) => string[] | Promise<string[]>>> = {
  migration,
  assess,
  backup,
  journal,
  search,
  'command-line': commandLine,
  dispatch,
  acknowledgements,
  start,
};
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(ROWS, name));
if (unknown.length > 0)
  throw new Error(`No such row: ${unknown.join(', ')}. There are ${Object.keys(ROWS).join(', ')}.`);

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'awm-bench-'));
try {
  process.stdout.write(
    `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} before, Node ${process.version}, medians of ${ROUNDS} rounds, warm cache\n\n`,
  );
  for (const [name, row] of Object.entries(ROWS)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    for (const table of await row(folder, ROUNDS)) process.stdout.write(`${table}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
