import { spawnSync } from 'node:child_process';

export interface Contender {
  readonly name: string;
  /** Prepares round `n`; not measured. Returns the command to be measured. */
  prepare(n: number): {
    readonly command: string;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly input?: string;
  };
}

export interface Row {
  readonly name: string;
  /** Median wall time in seconds. */
  readonly seconds: number;
  readonly all: readonly number[];
}

/** Runs the contenders in turn, round by round, so that a noisy moment hits all of them. */
export function measure(contenders: readonly Contender[], rounds: number): Row[] {
  const times = contenders.map(() => [] as number[]);
  for (let n = 0; n < rounds; n++) {
    contenders.forEach((contender, index) => {
      const { command, args, env, input } = contender.prepare(n);
      const start = performance.now();
      const result = spawnSync(command, args, { env, input: input ?? '', maxBuffer: 64 << 20 });
      const seconds = (performance.now() - start) / 1000;
      if (result.status !== 0) throw new Error(`${contender.name}: ${result.stderr}${result.stdout}`);
      times[index]?.push(seconds);
    });
  }
  return contenders.map(({ name }, index) => ({
    name,
    seconds: median(times[index] ?? []),
    all: times[index] ?? [],
  }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** The smallest value that at least `share` (0 to 1) of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
}

/** A Markdown table; every ratio is to the first row. */
export function table(title: string, rows: readonly Row[]): string {
  const first = rows[0]?.seconds ?? 1;
  const lines = rows.map(({ name, seconds, all }) => {
    const spread = `${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)}`;
    return `| ${name} | ${seconds.toFixed(2)} | ${spread} | ${(first / seconds).toFixed(2)} |`;
  });
  return [
    `### ${title}`,
    '',
    '| | median, s | all, s | ours / this |',
    '|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}
