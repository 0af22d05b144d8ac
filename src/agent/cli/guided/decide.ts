import { counted } from '../../../shared/words.ts';
import { type Answers, type Decision, placeOfDecision } from '../../plan/decision.ts';
import type { Choose } from './prompts.ts';
import { back, choose as chooseOption, current, enterOption, startWalk, type Walk } from './walk.ts';

/** What a person wants next, beside an answer. */
const BACK = Symbol('back');
const LEAVE = Symbol('leave');

/** `leave`: the person wants to go; `back`: to what came before the decisions. */
export type Decided = { readonly answers: Answers } | 'leave' | 'back';

export interface Asked {
  readonly decisions: readonly Decision[];
  /** What was chosen so far. */
  readonly answers: Answers;
  readonly remembered: Answers;
  /** Told after each answer, so that none is lost. */
  keep(answers: Answers): void;
}

/** All by default first; else one by one, with a way back. Those without a default are always asked. */
export async function decide(choose: Choose, asked: Asked): Promise<Decided> {
  for (;;) {
    const which = await whichOnes(choose, asked);
    if (which === 'leave' || which === 'back') return which;
    const walked = await walk(choose, asked, which);
    if (walked !== BACK) return walked === LEAVE ? 'leave' : { answers: walked };
  }
}

/** Where nothing can be taken by default there is nothing to choose. */
async function whichOnes(
  choose: Choose,
  { decisions }: Asked,
): Promise<readonly Decision[] | 'leave' | 'back'> {
  const open = decisions.filter(({ safe }) => safe === undefined);
  const byDefault =
    open.length === 0
      ? { name: 'Decide all by default', about: 'Each takes its safe answer. You see them all in the plan.' }
      : {
          name: `Decide by default all but ${open.length}`,
          about: 'Only those without a safe answer are asked; the others take it.',
        };
  return choose<readonly Decision[] | 'leave' | 'back'>({
    text: `${counted(decisions.length, 'decision')}, ${open.length === 0 ? 'each with a safe default' : `${open.length} without a default`}. How do you want to decide?`,
    options: [
      { value: open, ...byDefault },
      {
        value: decisions,
        name: 'Decide one by one',
        about: 'Each with what its answers mean; you can go back.',
      },
      { value: 'back', name: 'Back to the checklist' },
      { value: 'leave', name: 'Leave', about: 'Nothing is changed.' },
    ],
  });
}

async function walk(
  choose: Choose,
  asked: Asked,
  decisions: readonly Decision[],
): Promise<Answers | typeof BACK | typeof LEAVE> {
  // Decided by default means not answered: the safe option is the plan's own.
  const kept = [...asked.answers].filter(([id]) => !asked.decisions.some((one) => one.id === id));
  let now: Walk = startWalk(decisions, new Map(kept));
  for (;;) {
    const decision = current(now);
    if (decision === undefined) return now.answers;
    const answer = await choose<string | typeof BACK | typeof LEAVE>({
      text: questionText(now, decision),
      options: [
        ...decision.options.map((option) => ({
          value: option.id,
          name: `${option.outcome}${markOf(option.id, decision, asked.remembered)}`,
          about: `In a file for --answers: ${JSON.stringify(decision.id)}: ${option.id}`,
        })),
        {
          value: BACK,
          name: now.at === 0 ? 'Back: all by default, or one by one' : 'Back to the decision before',
        },
        {
          value: LEAVE,
          name: 'Leave',
          about: 'Nothing is changed. Your answers so far are offered next time.',
        },
      ],
      enter: enterOption(decision, new Map([...asked.answers, ...now.answers]), asked.remembered),
    });
    if (answer === LEAVE) return LEAVE;
    if (answer === BACK) {
      const before = back(now);
      if (before === undefined) return BACK;
      now = before;
    } else {
      now = chooseOption(now, answer);
      asked.keep(now.answers);
    }
  }
}

function questionText({ at, decisions }: Walk, decision: Decision): string {
  const place = placeOfDecision(decision);
  return `Decision ${at + 1} of ${decisions.length}${place === '' ? '' : ` (${place})`}: ${decision.question}`;
}

function markOf(option: string, { id, safe }: Decision, remembered: Answers): string {
  const marks = [
    ...(option === safe ? ['safe default'] : []),
    ...(option === remembered.get(id) ? ['your choice last time'] : []),
  ];
  return marks.length === 0 ? '' : ` (${marks.join(', ')})`;
}
