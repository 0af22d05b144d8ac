import { join } from 'node:path';
import { counted } from '../../shared/words.ts';
import type { AgentHome } from '../agent-home.ts';
import type { CheckResult } from '../checks/check.ts';
import { readTextIfThere } from '../files.ts';
import type { Run } from '../run/run-record.ts';
import type { ReadSystem } from '../system.ts';

const HOUR_MS = 3_600_000;

/** After a migration its home is looked at three times (experience.md), the last time with everything. */
export const LOOKS = [
  { name: '1h', words: '1 hour', afterMs: HOUR_MS, isThorough: false },
  { name: '24h', words: '24 hours', afterMs: 24 * HOUR_MS, isThorough: false },
  { name: '7d', words: '7 days', afterMs: 7 * 24 * HOUR_MS, isThorough: true },
] as const;

export type LookName = (typeof LOOKS)[number]['name'];

/** What a look found, in a file of its own in the folder of the run that it follows. */
export interface LookRecord {
  readonly schema: 'awm/look/1';
  readonly look: LookName;
  /** When it was done: later than it was due where the agent did not run. */
  readonly at: string;
  readonly checks: readonly CheckResult[];
}

/** A look that is done, or will be. */
export interface Look {
  readonly name: LookName;
  readonly words: string;
  readonly due: Date;
  readonly record: LookRecord | undefined;
}

/** The looks after a migration in their order. */
export function looksOf(system: ReadSystem, home: AgentHome, run: Run): Look[] {
  const finished = finishedAt(run);
  return LOOKS.map(({ name, words, afterMs }) => ({
    name,
    words,
    due: new Date(finished + afterMs),
    record: readLook(system, lookPath(home, run.record.id, name), name),
  }));
}

/** When a migration came to its end, in ms; a final setup that notes a second end later moves nothing. */
export function finishedAt({ entries, record }: Pick<Run, 'entries' | 'record'>): number {
  return Date.parse(entries.find(({ type }) => type === 'end')?.at ?? record.started);
}

export function lookPath(home: AgentHome, run: string, name: LookName): string {
  return join(home.run(run), 'looks', `${name}.json`);
}

/** The checks of a look that found something wrong. */
export function problemsOf({ checks }: Pick<LookRecord, 'checks'>): CheckResult[] {
  return checks.filter(({ status }) => status === 'error');
}

/** What became of a look, in a few words. */
export function lookInWords({ words, due, record }: Look): string {
  if (record === undefined) return `after ${words}: due ${due.toISOString()}`;
  const problems = problemsOf(record);
  const found =
    problems.length === 0
      ? `${counted(record.checks.length, 'check')}, none found anything wrong`
      : `${problems.length} of ${counted(record.checks.length, 'check')} found something wrong: ${problems
          .map(({ name, reason }) => (reason === undefined ? name : `${name} (${reason})`))
          .join('; ')}`;
  return `after ${words}, on ${record.at}: ${found}`;
}

/** The same as data, for `--json`. */
export function lookAsJson({ name, due, record }: Look): object {
  return {
    look: name,
    due: due.toISOString(),
    done: record?.at ?? null,
    problems: record === undefined ? [] : problemsOf(record),
  };
}

/** A record that is damaged says so itself, until the person removes it and the look is done again. */
function readLook(system: ReadSystem, path: string, look: LookName): LookRecord | undefined {
  const text = readTextIfThere(system, path);
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as LookRecord;
    if (Array.isArray(record.checks)) return record;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const reason = `its record is damaged; remove ${path}, and it is done again`;
  const checks = [{ name: 'look_record', status: 'error', done: 0, of: 1, unit: 'records', reason }] as const;
  const written = system.stat(path)?.mtimeNs ?? 0n;
  return { schema: 'awm/look/1', look, at: new Date(Number(written / 1_000_000n)).toISOString(), checks };
}
