import { AppError } from '../../shared/errors.ts';
import { shellPath } from '../paths.ts';
import { refuseDamaged } from '../run/record-folders.ts';
import { damagedRecords } from '../run/run-record.ts';
import { canAsk } from '../setup/talk.ts';
import { askOrEnd } from './ask.ts';
import { configCorruption } from './recover-config.ts';
import { partialMigration } from './recover-partial.ts';
import { BACKUP_DIR, TARGET, ZSTD } from './shared-options.ts';
import type { Answer, Call, Verb } from './verb.ts';

import { damagedRecordLines, damagedRecordsAsJson } from './views/damaged-records.ts';

/** Something that went wrong, and the ways out of it. */
export interface Issue {
  readonly name: string;
  /** How things stand where it is not there. */
  readonly otherwise: string;
  /** Looks for it; undefined where it is not there. */
  find(call: Call): Promise<FoundIssue | undefined>;
}

export interface FoundIssue {
  readonly title: string;
  /** What was found, in words. */
  readonly lines: readonly string[];
  /** What was found, for scripts. */
  readonly facts: object;
  readonly ways: readonly WayOut[];
}

export interface WayOut {
  readonly title: string;
  /** What it keeps, in whole sentences: said before it runs. */
  readonly keeps: string;
  take(call: Call): Promise<Answer>;
}

/** In the order in which they are looked for: an unfinished run explains a home that is not whole. */
const ISSUES: readonly Issue[] = [partialMigration, configCorruption];

/** What is typed to leave. */
const LEAVE = 'q';

export const recover: Verb = {
  name: 'recover',
  summary: 'find out what is wrong and choose a way out',
  usage: `[--issue ${ISSUES.map(({ name }) => name).join('|')}] [--option N] [--target DIR] [--backup-dir DIR] [--zstd]`,
  options: {
    issue: {
      type: 'string',
      value: 'NAME',
      about: 'what to recover from; without it, it is looked for',
    },
    option: { type: 'string', value: 'N', about: 'the number of the way out' },
    target: TARGET,
    'backup-dir': BACKUP_DIR,
    zstd: ZSTD,
  },
  arguments: 0,
  async run(call) {
    const { issue, found } = await findIssue(call);
    const { option } = call.flags;
    if (option === undefined) return canAsk(call) ? takeAsked(call, found) : listing(call, issue, found);
    const way = found.ways[Number(option) - 1];
    if (way === undefined)
      throw new AppError('UNKNOWN_OPTION', { option: String(option), issue: issue.name });
    call.say(`${way.title}. ${way.keeps}`);
    call.say('');
    return way.take(call);
  },
};

/** @throws ISSUE_NOT_SUPPORTED; NO_ISSUE_FOUND, or RUN_RECORD_DAMAGED where nobody can tell */
async function findIssue(call: Call): Promise<{ issue: Issue; found: FoundIssue }> {
  const named = call.flags['issue'];
  const issues = named === undefined ? ISSUES : ISSUES.filter(({ name }) => name === named);
  if (issues.length === 0) throw new AppError('ISSUE_NOT_SUPPORTED', { issue: String(named) });
  for (const issue of issues) {
    const found = await issue.find(call);
    if (found !== undefined) return { issue, found: withDamaged(call, found) };
  }
  refuseDamaged(damagedRecords(call.system, call.settings.home));
  throw new AppError('NO_ISSUE_FOUND', { found: issues.map(({ otherwise }) => otherwise).join(', and ') });
}

/** What else is damaged is no issue with ways out, and is told beside it. */
function withDamaged({ system, settings }: Call, found: FoundIssue): FoundIssue {
  const damaged = damagedRecords(system, settings.home);
  if (damaged.length === 0) return found;
  return {
    ...found,
    lines: [...found.lines, '', ...damagedRecordLines(damaged, system.home)],
    facts: { ...found.facts, damaged_records: damagedRecordsAsJson(damaged) },
  };
}

/** The menu, on a terminal; Enter takes the first way, and what is no way is asked about again. */
async function takeAsked(call: Call, found: FoundIssue): Promise<Answer> {
  const { ways } = found;
  for (const line of shown(found)) call.say(line);
  for (;;) {
    const typed = await askOrEnd(`Select recovery option [1], or ${LEAVE} to leave everything as it is:`);
    if (typed === undefined || typed.toLowerCase() === LEAVE)
      return { exit: 0, result: { outcome: 'declined' }, text: ['Nothing was changed.'] };
    const way = ways[Number(typed === '' ? '1' : typed) - 1];
    call.say('');
    if (way !== undefined) return way.take(call);
    call.say(`There is no option ${typed}: type a number from 1 to ${ways.length}, or ${LEAVE}.`);
  }
}

function shown({ title, lines, ways }: FoundIssue): string[] {
  return [
    title,
    '',
    ...lines,
    '',
    'Ways out',
    ...ways.flatMap(({ title: way, keeps }, index) => [`  ${index + 1}  ${way}`, `     ${keeps}`]),
    '',
  ];
}

function listing({ system, flags }: Call, { name }: Issue, found: FoundIssue): Answer {
  const options = found.ways.map(({ title, keeps }, index) => ({ number: index + 1, title, keeps }));
  const places = ['target', 'backup-dir'].flatMap((place) => {
    const given = flags[place];
    return typeof given === 'string' ? [` --${place} ${shellPath(given, system.home)}`] : [];
  });
  const command = `migration-agent recover --issue ${name} --option N${places.join('')}`;
  const text = [...shown(found), `Choose with: ${command}`];
  return { exit: 3, result: { issue: name, ...found.facts, options }, text };
}
