import type { AgentHome } from '../agent-home.ts';
import type { Answers } from '../plan/decision.ts';
import type { ReadSystem } from '../system.ts';
import { readRecords } from './run-record.ts';

/** What the person chose when they migrated this installation before: of each question the newest choice. */
export function rememberedAnswers(system: ReadSystem, home: AgentHome, source: string): Answers {
  const runs = readRecords(system, home).filter(({ migrate }) => migrate?.source === source);
  return new Map(runs.reverse().flatMap(({ migrate }) => Object.entries(migrate?.answers ?? {})));
}
