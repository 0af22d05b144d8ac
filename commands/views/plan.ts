import type { Card } from '../../src/shared/card.ts';
import { STAGES } from '../../src/shared/stages.ts';
import { bytesInWords, counted } from '../../src/shared/words.ts';
import type { MigrationState, PlanSummary, ShownPlan } from '../wizards/migration-state.ts';
import { fateLines } from './fates.ts';
import { button, card, row, separator, text } from './parts.ts';

/** What the migration would do, and the question whether it may. */
export function planCard(state: MigrationState, plan: ShownPlan<PlanSummary>): Card {
  const { actions, ledger, backup_bytes: bytes } = plan.summary;
  const slot = state.slots['apply'];
  const isGuided = state.method === 'guided';
  const [first] = STAGES;
  return card(
    text(`## Plan for ${state.machineName}`, 'Nothing was changed yet. The clone is never modified.'),
    noteText(state),
    text(
      `Backup first: ${bytesInWords(bytes)}, verified before anything is written`,
      `Then: ${counted(actions.write, 'file')} written, ${actions.copy} copied, ${actions.patch} adapted, ${counted(actions.store, 'secret')} stored, ${counted(actions.register, 'project')} registered`,
    ),
    text('**What becomes of everything**', ...fateLines(ledger)),
    separator(),
    text(wordsLine(plan.words), ...approvalLines(isGuided)),
    row(
      button(
        isGuided ? `Approve and begin: ${first.name}` : 'Approve and migrate',
        slot && `v1:approve:${slot}`,
        'main',
      ),
      button('Assess again', state.buttons['again']),
      button('Cancel, change nothing', state.buttons['cancel']),
    ),
  );
}

function approvalLines(isGuided: boolean): string[] {
  if (!isGuided) return ['An approval counts once, for this plan. The plan is good for an hour.'];
  const stops = STAGES.slice(0, -1).map(({ name }) => name);
  return [
    `Guided: it pauses after ${stops.slice(0, -1).join(', ')} and ${stops.at(-1)}, and each Continue approves the next phase of this plan.`,
    'The plan is good for an hour; once begun, it can pause for as long as you like.',
  ];
}

/** The words that the computer shows for the same plan. */
export function wordsLine(words: readonly string[]): string {
  return `Words of this plan: **${words.join(' ')}**. The computer shows the same ones.`;
}

/** Why the same question is asked again. */
export function noteText({ note }: MigrationState) {
  switch (note) {
    case 'stale':
      return text(
        '**The last approval came too late and did not count. Nothing was done. This was made anew.**',
      );
    case 'gone':
      return text('**The last approval did not count. Nothing was done.**');
    case 'busy':
      return text(
        '**The computer was busy with something else. Nothing was done; try again when it is free.**',
      );
    case 'late':
      return text('**It paused before it could be stopped.**');
    case undefined:
      return undefined;
  }
}
