import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { median } from './measure.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** `npm start`, as newcomers type it. */
const COMMAND = ['npm', 'start'] as const;

interface Times {
  /** Until the line with the address is printed, ms: the bot takes commands then. */
  readonly printed: number;
  /** Until the page has come with status 200, ms. */
  readonly usable: number;
}

/** From `npm start` to a page that can be used. */
export async function start(folder: string, rounds: number): Promise<string[]> {
  // The first start after an installation compiles; `npm ci` has not been measured.
  const cold = await startOnce(folder);
  const all: Times[] = [];
  for (let round = 0; round < rounds; round++) all.push(await startOnce(folder));
  const row = (name: string, of: (times: Times) => number) => {
    const values = all.map(of);
    const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(0));
    return `| ${name} | ${median(values).toFixed(0)} | ${least} to ${most} | ${of(cold).toFixed(0)} |`;
  };
  return [
    [
      '### From `npm start` to a page that can be used',
      '',
      '| | median, ms | all, ms | one before, ms |',
      '|---|---|---|---|',
      row('the address is printed, the bot takes commands', ({ printed }) => printed),
      row('the page answers 200', ({ usable }) => usable),
      '',
    ].join('\n'),
  ];
}

async function startOnce(folder: string): Promise<Times> {
  const began = performance.now();
  const child = spawn(COMMAND[0], COMMAND.slice(1), {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
    // Of its own group, so that the signal reaches the program behind npm.
    detached: true,
  });
  const closed = once(child, 'close');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const address = /^http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(line)?.[0];
      if (address === undefined) continue;
      const printed = performance.now() - began;
      const answer = await fetch(address);
      await answer.text();
      if (answer.status !== 200) throw new Error(`The page answered ${answer.status}.`);
      return { printed, usable: performance.now() - began };
    }
    throw new Error('`npm start` ended without an address.');
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await closed;
  }
}
