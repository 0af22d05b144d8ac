import type { Answers, Decision } from '../../plan/decision.ts';

/** Decisions one by one. Pure: each step gives the next walk. */
export interface Walk {
  readonly decisions: readonly Decision[];
  /** Which of them is asked now; their count once all were. */
  readonly at: number;
  readonly answers: Answers;
}

export function startWalk(decisions: readonly Decision[], answers: Answers): Walk {
  return { decisions, at: 0, answers };
}

/** The decision that is asked now; undefined once all were. */
export function current({ decisions, at }: Walk): Decision | undefined {
  return decisions[at];
}

export function choose(walk: Walk, option: string): Walk {
  const decision = current(walk);
  if (decision === undefined) return walk;
  return { ...walk, at: walk.at + 1, answers: new Map([...walk.answers, [decision.id, option]]) };
}

/** The decision before; undefined before the first one. */
export function back(walk: Walk): Walk | undefined {
  return walk.at === 0 ? undefined : { ...walk, at: walk.at - 1 };
}

/** What Enter takes: what was chosen just now, else last time, else the safe option, else the first one. */
export function enterOption(decision: Decision, chosen: Answers, remembered: Answers): string | undefined {
  const isOption = (id: string | undefined) => decision.options.some((option) => option.id === id);
  const wishes = [chosen.get(decision.id), remembered.get(decision.id), decision.safe];
  return wishes.find(isOption) ?? decision.options[0]?.id;
}
