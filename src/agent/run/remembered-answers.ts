import { dirname } from 'node:path';
import type { AgentHome } from '../agent-home.ts';
import { makeFolders, readTextIfThere, writeFileAtomic } from '../files.ts';
import type { Answers } from '../plan/decision.ts';
import type { ReadSystem, System } from '../system.ts';
import { readRecords } from './run-record.ts';

/** Answers that belong to no run: they were given before the person left. By the path of the installation. */
interface KeptAnswers {
  readonly schema: 'awm/answers/1';
  readonly installations: Readonly<
    Record<string, { readonly at: string; readonly answers: Readonly<Record<string, string>> }>
  >;
}

const NONE: KeptAnswers = { schema: 'awm/answers/1', installations: {} };

/** What the person chose for this installation before, in a run or before leaving one: of each question the newest choice. */
export function rememberedAnswers(system: ReadSystem, home: AgentHome, source: string): Answers {
  const runs = readRecords(system, home).flatMap(({ started, migrate }) =>
    migrate?.source === source ? [{ at: started, answers: migrate.answers }] : [],
  );
  const kept = readKept(system, home).installations[source];
  const oldestFirst = [...runs, ...(kept === undefined ? [] : [kept])].sort((a, b) => (a.at < b.at ? -1 : 1));
  return new Map(oldestFirst.flatMap(({ answers }) => Object.entries(answers)));
}

/** Keeps answers for the next time, also where no run comes of them. Answers hold no secret. */
export function rememberAnswers(system: System, home: AgentHome, source: string, answers: Answers): void {
  const { schema, installations } = readKept(system, home);
  const mine = { at: system.now().toISOString(), answers: Object.fromEntries(answers) };
  const kept: KeptAnswers = { schema, installations: { ...installations, [source]: mine } };
  makeFolders(system, dirname(home.answers));
  writeFileAtomic(system, home.answers, `${JSON.stringify(kept, null, 2)}\n`);
}

/** A file that is no longer ours to read is as good as none: it only saves some presses. */
function readKept(system: ReadSystem, home: AgentHome): KeptAnswers {
  try {
    const kept = JSON.parse(readTextIfThere(system, home.answers) ?? 'null') as KeptAnswers | null;
    return kept?.schema === NONE.schema ? kept : NONE;
  } catch {
    return NONE;
  }
}
