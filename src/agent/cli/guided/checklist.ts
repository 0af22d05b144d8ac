import { bytesInWords, counted } from '../../../shared/words.ts';
import { shortPath } from '../../paths.ts';
import type { Readiness } from '../../plan/readiness.ts';
import type { Finding } from '../../survey/finding.ts';
import type { RunningOrchestrator } from '../../survey/orchestrator.ts';
import type { IndexAnswer } from './ask-index.ts';
import type { ProjectsGit } from './projects-git.ts';

/** One thing that is looked at before anything begins. `look`: the person should know; `stop`: it cannot begin so. */
export interface ChecklistRow {
  readonly name: string;
  readonly state: 'ok' | 'look' | 'stop';
  readonly text: string;
  /** What to do about it, or more of what was found. */
  readonly more: readonly string[];
}

export interface ChecklistFacts {
  readonly source: string;
  /** Files of the person's own in the clone. */
  readonly files: number;
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
  readonly running: RunningOrchestrator | undefined;
  readonly projects: ProjectsGit;
  readonly readiness: Readiness;
  readonly index: IndexAnswer;
  readonly home: string;
}

/** The checklist of the mission's §4.1, each row with its figure. Pure. */
export function checklist(facts: ChecklistFacts): ChecklistRow[] {
  return [
    sourceRow(facts),
    runningRow(facts),
    gitRow(facts),
    diskRow(facts),
    networkRow(facts),
    ...otherRows(facts),
  ];
}

function row(
  name: string,
  state: ChecklistRow['state'],
  text: string,
  more: readonly (string | undefined)[] = [],
): ChecklistRow {
  return { name, state, text, more: more.filter((line) => line !== undefined) };
}

function sourceRow({ source, files, unreadable, home }: ChecklistFacts): ChecklistRow {
  const name = 'Installation';
  const place = shortPath(source, home);
  const [first] = unreadable;
  if (first === undefined) return row(name, 'ok', `${place} can be read, ${counted(files, 'file')} of yours`);
  return row(name, 'look', `${counted(unreadable.length, 'file')} of ${place} cannot be read`, [
    `The first is ${first.path}: ${first.reason}. You decide below whether to go on without.`,
  ]);
}

function runningRow({ running }: ChecklistFacts): ChecklistRow {
  const name = 'Orchestrator';
  if (running === undefined) return row(name, 'ok', 'none is running');
  return row(name, 'stop', `one is running, process ${running.pid}`, [
    'Stop it and look again: what it writes meanwhile would be missing in the new home.',
  ]);
}

function gitRow({ projects: { clean, of, changed, unknown, notLooked } }: ChecklistFacts): ChecklistRow {
  const name = 'Git of the projects';
  if (of === 0) return row(name, 'ok', 'no project has a repository of its own');
  const text = `${clean} of ${of} without uncommitted changes`;
  const more = [
    ...changed.map((one) => `${one.project}: ${counted(one.files, 'file')} not committed`),
    ...unknown.map((project) => `${project}: git could not tell`),
    ...(notLooked === 0 ? [] : [`${counted(notLooked, 'project')} not looked at: it would take too long`]),
  ];
  if (more.length === 0) return row(name, 'ok', text);
  const shown = more.length > 5 ? [...more.slice(0, 4), `and ${more.length - 4} more`] : more;
  return row(name, 'look', text, [...shown, 'No file of a project is changed by the migration.']);
}

function diskRow({ readiness: { places, findings } }: ChecklistFacts): ChecklistRow {
  const name = 'Room on the disk';
  const needed = places.reduce((sum, { needed_bytes: need }) => sum + (need?.to ?? 0), 0);
  const writing = places.filter(({ needed_bytes: need }) => need !== undefined);
  const free = Math.min(...writing.map(({ free_bytes: bytes }) => bytes));
  const text = `up to ${bytesInWords(needed)} needed, ${bytesInWords(free)} free`;
  const about = findings.filter(({ code }) => DISK.includes(code));
  return row(
    name,
    worst(about),
    text,
    about.flatMap(({ message, fix }) => [message, fix]),
  );
}

function networkRow({ index }: ChecklistFacts): ChecklistRow {
  const name = 'Network';
  const needs = 'only installing the package needs it';
  switch (index.state) {
    case 'offline':
      return row(name, 'ok', `offline, as you said; ${needs}`);
    case 'answers':
      return row(name, 'ok', `${index.host} answers; ${needs}`);
    case 'silent':
      return row(name, 'look', `${index.host} does not answer; ${needs}`);
  }
}

/** Sync folders, other computers' file systems, the clock: each is worth a row of its own. */
function otherRows({ readiness: { findings } }: ChecklistFacts): ChecklistRow[] {
  return findings
    .filter(({ code }) => !DISK.includes(code))
    .map((finding) => row('Worth knowing', worst([finding]), finding.message, [finding.fix]));
}

const DISK: readonly string[] = ['no-room', 'not-writable'];

function worst(findings: readonly Finding[]): ChecklistRow['state'] {
  if (findings.some(({ level }) => level === 'error')) return 'stop';
  return findings.length === 0 ? 'ok' : 'look';
}
