import type { Card } from '../../src/shared/card.ts';
import { counted, durationInWords } from '../../src/shared/words.ts';
import type {
  MigrationState,
  RollbackResult,
  RollbackSummary,
  ShownPlan,
} from '../wizards/migration-state.ts';
import { button, card, row, separator, text } from './parts.ts';
import { noteText, wordsLine } from './plan.ts';
import { lookAgain } from './run.ts';

/** What a rollback would do; the second press does it. */
export function rollbackPreviewCard(state: MigrationState, preview: ShownPlan<RollbackSummary>): Card {
  const { backup, restored, unchanged, removed, newer, state_changed: changed } = preview.summary;
  const slot = state.slots['rollback'];
  return card(
    text(`## Roll back ${state.machineName}?`, `To backup number ${backup}. Nothing was changed yet.`),
    noteText(state),
    text(
      `Restored: ${counted(restored, 'file')}`,
      `Unchanged: ${counted(unchanged, 'file')}`,
      `Removed: ${counted(removed, 'file')} that the migration made`,
      newer + changed === 0
        ? 'Newer work: none, nothing is lost'
        : `Newer work: ${counted(newer, 'file')} made or changed since, ${counted(changed, 'state file')} of projects changed. They are moved aside on the computer, not deleted.`,
      'The legacy installation itself was never touched and stays as it is.',
    ),
    separator(),
    text(wordsLine(preview.words), 'A backup is made first, so that the rollback itself can be taken back.'),
    row(
      button('Keep the migration', state.buttons['keep']),
      button('Roll back now', slot && `v1:approve:${slot}`, 'danger'),
    ),
  );
}

export function rolledBackCard(state: MigrationState, result: RollbackResult): Card {
  const { restored, unchanged, moved_aside: aside, verified, milliseconds } = result;
  const isWhole = result.outcome === 'rolled-back' || result.outcome === 'complete';
  return card(
    text(
      `## ${isWhole ? 'Rolled back: everything is as before' : 'The rollback is not complete'}`,
      `${state.machineName}, in ${durationInWords(milliseconds)}`,
    ),
    text(
      `Restored: ${counted(restored, 'file')}, unchanged: ${unchanged}`,
      `Verified: ${verified.done} of ${verified.of}`,
      aside === 0 ? undefined : `Moved aside, not deleted: ${counted(aside, 'entry', 'entries')}`,
    ),
    text('To take the rollback back, at the computer: `migration-agent restore-migration-backup --undo`'),
    lookAgain(state),
  );
}
