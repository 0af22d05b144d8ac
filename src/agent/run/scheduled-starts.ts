import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { removeIfThere, writeFileAtomic } from '../files.ts';
import type { Plan, PlanContent } from '../plan/plan.ts';
import { SCHEDULED_STARTS, startersOf, startingLines } from '../plan/timers.ts';
import { presentBytes, putBytes } from '../references/change.ts';
import { freeFrom, nextDue, shownTime } from '../survey/timers/due.ts';
import type { ReadSystem } from '../system.ts';
import { inWords } from './in-words.ts';
import { readJson } from './read-json.ts';
import type { StepWork } from './step.ts';

const CRONTAB = { how: 'crontab' } as const;
/** The crontab before and after, in the run's folder while lines are suspended. It can hold secrets: 0600, no hash of it. */
const KEPT = 'suspended-crontab.json';

/** What becomes of a start that comes due: `wait` where nobody chose, also where nobody was asked. */
export function chosenStart({ decisions }: Pick<PlanContent, 'decisions'>): string {
  return decisions.answered.find(({ id }) => id === SCHEDULED_STARTS)?.option ?? 'wait';
}

/** Looks again, since the plan may be an hour old. @throws SCHEDULED_START_DUE, which says when to begin instead */
export function refuseDue(
  system: ReadSystem,
  { content, timers, survey }: Pick<Plan, 'content' | 'timers' | 'survey'>,
): void {
  if (timers === undefined || chosenStart(content) !== 'wait') return;
  const starters = startersOf(system, survey.source);
  const due = nextDue(system, starters, timers.windowMs);
  if (due === undefined) return;
  const free = freeFrom(system, starters, timers.windowMs);
  throw new AppError('SCHEDULED_START_DUE', {
    what: due.by.charAt(0).toUpperCase() + due.by.slice(1),
    time: shownTime(system, due.at),
    when: free === undefined ? 'Change when it starts' : `Begin again at ${shownTime(system, free)} or later`,
  });
}

/**
 * Comments the lines out. What the crontab was is on the disk before it is touched, so that the same call after a crash
 * goes on. @throws REFERENCE_CHANGED, CRONTAB_REFUSED
 */
export function suspendLines({ system, folder, record, content }: StepWork): void {
  const kept = readKept(system, folder) ?? newlySuspended(system, content.source, record.id);
  if (kept === undefined) return;
  const { before, after } = kept;
  const texts = { before: before.toString('base64'), after: after.toString('base64') };
  writeFileAtomic(system, join(folder, KEPT), JSON.stringify(texts));
  const present = presentBytes(system, CRONTAB);
  if (present?.equals(after) === true) return;
  if (present?.equals(before) !== true) throw new AppError('REFERENCE_CHANGED', { file: 'crontab' });
  putBytes(system, CRONTAB, after, record.id, false);
}

/**
 * Gives the lines back, each only as it was written here; other lines may have changed meanwhile. Nothing to do where none
 * is suspended. @throws CRONTAB_REFUSED
 */
export function giveBackLines(work: StepWork): void {
  const { system, folder } = work;
  const kept = readKept(system, folder);
  if (kept === undefined) return;
  const present = presentBytes(system, CRONTAB);
  const { bytes, left } = given(kept, present, markOf(work.record.id));
  if (present?.equals(bytes) === false) putBytes(system, CRONTAB, bytes, work.record.id, false);
  if (left > 0) {
    work.emit({
      type: 'kept',
      path: join(folder, KEPT),
      what: `your crontab as it was (base64): ${left} of its suspended lines changed since and were left as they are`,
    });
  } else removeIfThere(system, join(folder, KEPT));
}

/** Numbers of the lines that stand suspended now. */
export function suspendedLines(system: ReadSystem, folder: string, run: string): number[] {
  const kept = readKept(system, folder);
  const lines = kept?.after.toString('latin1').split('\n') ?? [];
  return lines.flatMap((line, n) => (line.startsWith(markOf(run)) ? [n + 1] : []));
}

/** The same at the end of a run that went well: what cannot be given back is told, and undoes nothing. */
export function giveBackOrTell(work: StepWork): void {
  try {
    giveBackLines(work);
  } catch (error) {
    const { message: reason } = inWords(error, work.folder);
    const path = join(work.folder, KEPT);
    const told = new AppError('SUSPENDED_LINES_LEFT', { reason, mark: markOf(work.record.id), path });
    work.emit({ type: 'kept', path, what: `${told.message} ${told.hint}` });
  }
}

function markOf(run: string): string {
  return `#suspended by migration-agent, ${run}: `;
}

function newlySuspended(
  system: ReadSystem,
  clone: string,
  run: string,
): { readonly before: Buffer; readonly after: Buffer } | undefined {
  const numbers = new Set(startingLines(system, clone).map(({ line }) => line));
  const before = presentBytes(system, CRONTAB);
  if (before === undefined || numbers.size === 0) return undefined;
  const lines = before
    .toString('latin1')
    .split('\n')
    .map((line, n) => (numbers.has(n + 1) ? markOf(run) + line : line));
  return { before, after: Buffer.from(lines.join('\n'), 'latin1') };
}

function given(
  { before, after }: { readonly before: Buffer; readonly after: Buffer },
  present: Buffer | undefined,
  mark: string,
): { readonly bytes: Buffer; readonly left: number } {
  if (present?.equals(before) === true || present?.equals(after) === true) return { bytes: before, left: 0 };
  const suspended = after
    .toString('latin1')
    .split('\n')
    .filter((line) => line.startsWith(mark));
  const lines = (present ?? Buffer.alloc(0)).toString('latin1').split('\n');
  const isThere = (line: string) => lines.includes(line) || lines.includes(line.slice(mark.length));
  const left = suspended.filter((line) => !isThere(line)).length;
  const back = lines.map((line) => (suspended.includes(line) ? line.slice(mark.length) : line));
  return { bytes: Buffer.from(back.join('\n'), 'latin1'), left };
}

function readKept(system: ReadSystem, folder: string): { before: Buffer; after: Buffer } | undefined {
  const path = join(folder, KEPT);
  if (system.lstat(path) === undefined) return undefined;
  const { before, after } = readJson(system, path) as Record<string, string>;
  return { before: Buffer.from(before ?? '', 'base64'), after: Buffer.from(after ?? '', 'base64') };
}
