import { AppError } from '../../../shared/errors.ts';
import { shortPath } from '../../paths.ts';
import { differencesOf } from '../../plan/differences.ts';
import type { Method, Plan } from '../../plan/plan.ts';
import type { MigrationRequest } from '../../run/plan-migration.ts';
import { rehearseAnswer } from '../rehearse-answer.ts';
import type { Call } from '../verb.ts';
import { differenceLines } from '../views/differences.ts';
import { adviceLines, countLines, wholePlan } from '../views/plan.ts';
import type { Choose, Option } from './prompts.ts';

type Next = 'approved' | 'declined' | 'decisions' | 'checklist' | 'differences' | 'plan' | 'rehearse';

/**
 * Shows what would be done and asks for a yes; the differences, the whole plan and a rehearsal on the way as often as
 * wanted. `again`: the plan is older than an hour and has to be made anew.
 * @throws CONFIRMATION_NEEDED where nobody can be asked and no answers were given beforehand
 */
export async function approve(
  call: Call,
  choose: Choose | undefined,
  plan: Plan,
  request: MigrationRequest,
  hasDecisions: boolean,
): Promise<'approved' | 'declined' | 'decisions' | 'checklist' | 'again'> {
  const { content } = plan;
  const { home } = call.system;
  const despite = content.advice.stops.length > 0;
  call.say(`Plan: move ${shortPath(content.source, home)} to ${shortPath(content.target, home)}`);
  for (const line of [...countLines(content), '', ...adviceLines(content.advice)]) call.say(line);
  if (choose === undefined) return approvedBeforehand(call, despite);
  // The differences are what Enter shows first: a yes comes after a look.
  let enter: Next = despite ? 'declined' : 'differences';
  let shown = '';
  for (;;) {
    const next = await choose<Next>({
      text: `${shown}Nothing was written yet. What next?`,
      options: optionsFor(despite, hasDecisions, content.method),
      enter,
    });
    switch (next) {
      case 'differences':
        for (const line of differenceLines(differencesOf(plan))) call.say(line);
        break;
      case 'plan':
        for (const line of wholePlan(content, plan.survey.findings, home)) call.say(line);
        break;
      case 'rehearse':
        await rehearsal(call, request);
        break;
      case 'approved':
        if (call.system.now() < new Date(content.expires)) return next;
        call.say('This plan is older than an hour, so everything is looked at once more.');
        return 'again';
      default:
        return next;
    }
    shown = `${SHOWN[next]} `;
    if (!despite) enter = 'approved';
  }
}

const SHOWN = {
  differences: 'The differences are above.',
  plan: 'The whole plan is above.',
  rehearse: 'The rehearsal is over.',
} as const;

function optionsFor(despite: boolean, hasDecisions: boolean, method: Method): Option<Next>[] {
  return [
    {
      value: 'approved',
      name: despite
        ? 'Approve, although it is better to stay for now, and begin the backup'
        : 'Approve, and begin the backup',
      about:
        method === 'guided'
          ? 'It waits after each phase, and nothing is in its place before the last one.'
          : 'It goes to its end; nothing is in its place before the last step.',
    },
    {
      value: 'differences',
      name: 'Show the differences, file by file',
      about: 'What each file of the new home would say. Secrets are never shown.',
    },
    { value: 'plan', name: 'Show the whole plan' },
    {
      value: 'rehearse',
      name: 'Rehearse it on a copy first',
      about:
        'The whole migration and its rollback, with time and room measured. Nothing of yours is changed.',
    },
    hasDecisions
      ? { value: 'decisions', name: 'Back to the decisions' }
      : { value: 'checklist', name: 'Back to the checklist' },
    { value: 'declined', name: 'Leave', about: 'Nothing is changed.' },
  ];
}

/** A rehearsal that fails is told; the plan stands as it is. */
async function rehearsal(call: Call, request: MigrationRequest): Promise<void> {
  try {
    const { text, error } = await rehearseAnswer(call, request);
    for (const line of text) call.say(line);
    if (error !== undefined) sayError(call, error);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    sayError(call, error);
  }
}

export function sayError(call: Call, { label, message, hint }: AppError): void {
  call.say(`Error ${label}: ${message}`);
  call.say(`  ${hint}`);
}

/** `--yes` says yes to everything; a file of answers to all but what advises against itself. */
function approvedBeforehand(call: Call, despite: boolean): 'approved' {
  const hasAnswers = call.flags['answers'] !== undefined;
  if (!call.yes && (!hasAnswers || despite)) throw new AppError('CONFIRMATION_NEEDED');
  return 'approved';
}
