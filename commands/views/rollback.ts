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
  const { backup, restored, unchanged, removed } = preview.summary;
  const slot = state.slots['rollback'];
  return card(
    text(`## Roll back ${state.machineName}?`, `To backup number ${backup}. Nothing was changed yet.`),
    noteText(state),
    text(
      `Restored: ${counted(restored, 'file')}`,
      `Unchanged: ${counted(unchanged, 'file')}`,
      `Removed: ${counted(removed, 'file')} that the migration made`,
      'The legacy installation itself was never touched and stays as it is.',
    ),
    text(...newerLines(preview.summary)),
    newerRow(state, preview.summary),
    text(conflictsLine(preview.summary)),
    conflictsRow(state, preview.summary),
    text(orchestratorLine(preview.summary)),
    orchestratorRow(state, preview.summary),
    separator(),
    text(wordsLine(preview.words), 'A backup is made first, so that the rollback itself can be taken back.'),
    row(
      button('Keep the migration', state.buttons['keep']),
      button('Roll back now', slot && `v1:approve:${slot}`, 'danger'),
    ),
  );
}

/** What becomes of work that is newer than the migration. */
function newerLines({ newer, kept, carried, left, state_changed: changed }: RollbackSummary): string[] {
  if (newer + kept + carried + left + changed === 0) return ['Newer work: none, nothing is lost'];
  const items = (n: number) => counted(n, 'newer project or secret', 'newer projects and secrets');
  return [
    ...(newer === 0
      ? []
      : [`Newer: ${counted(newer, 'file')} made or changed since; moved aside on the computer, not deleted`]),
    ...(kept === 0 ? [] : [`Kept as they are now: ${counted(kept, 'newer file')}`]),
    ...(carried === 0 ? [] : [`Carried over: ${items(carried)}`]),
    ...(left === 0 ? [] : [`Not carried over, but in the backup that is made first: ${items(left)}`]),
    ...(changed === 0
      ? []
      : [`Left as they are: ${counted(changed, 'state file')} of projects that changed since`]),
  ];
}

function newerRow({ buttons }: MigrationState, { choices: { newer } }: RollbackSummary) {
  const words = {
    carry: 'Carry newer projects and secrets over',
    leave: 'Leave newer work in the backup',
    keep: 'Keep newer files as they are now',
  } as const;
  const others = newer?.options.filter((option) => option !== newer.chosen) ?? [];
  return row(...others.map((option) => button(words[option], buttons[`${option}-newer`])));
}

/** Their entries cannot be put together: one of the two counts. */
function conflictsLine({ conflicts: n, choices: { conflicts } }: RollbackSummary): string | undefined {
  if (conflicts === undefined) return undefined;
  const outcome = conflicts.chosen === 'now' ? 'registered as they are now' : 'as before the migration';
  return `Changed by the migration and by you: ${counted(n, 'project')}, ${outcome}`;
}

function conflictsRow({ buttons }: MigrationState, { choices: { conflicts } }: RollbackSummary) {
  return conflicts?.chosen === 'now'
    ? row(button('Take those projects back, as before', buttons['conflicts-before']))
    : row(conflicts && button('Keep those projects as they are now', buttons['conflicts-now']));
}

function orchestratorLine({ running, choices: { orchestrator } }: RollbackSummary): string | undefined {
  if (running === 0) return undefined;
  const are = running === 1 ? 'An orchestrator is running' : `${running} orchestrators are running`;
  switch (orchestrator?.chosen) {
    case 'stop':
      return `${are}: stopped before the rollback and started again after it.`;
    case 'wait':
      return `${are}. A rollback cannot begin while it works.`;
    case undefined:
      return `${are}, and only somebody at the computer can tell whether to stop it. Stop it there, then look again.`;
  }
}

function orchestratorRow(
  { buttons }: MigrationState,
  { running, choices: { orchestrator } }: RollbackSummary,
) {
  if (running === 0) return undefined;
  if (orchestrator?.chosen === 'stop')
    return row(button('Do not stop the orchestrator', buttons['wait-orchestrator']));
  return row(
    orchestrator && button('Stop it, and start it again afterwards', buttons['stop-orchestrator'], 'main'),
    button('It is stopped: look again', buttons['rollback']),
  );
}

export function rolledBackCard(state: MigrationState, result: RollbackResult): Card {
  const {
    restored,
    unchanged,
    moved_aside: aside,
    verified,
    carried,
    stopped,
    started,
    milliseconds,
  } = result;
  const kept = state.preview?.summary.kept ?? 0;
  const exception = carried + kept === 0 ? '' : ', but for newer work';
  const isWhole = result.outcome === 'rolled-back' || result.outcome === 'complete';
  return card(
    text(
      `## ${isWhole ? `Rolled back: everything is as before${exception}` : 'The rollback is not complete'}`,
      `${state.machineName}, in ${durationInWords(milliseconds)}`,
    ),
    text(
      `Restored: ${counted(restored, 'file')}, unchanged: ${unchanged}`,
      `Verified: ${verified.done} of ${verified.of}`,
      aside === 0 ? undefined : `Moved aside, not deleted: ${counted(aside, 'entry', 'entries')}`,
      kept === 0 ? undefined : `Kept as they are now: ${counted(kept, 'newer file')}`,
      carried === 0
        ? undefined
        : `Carried over: ${counted(carried, 'newer project or secret', 'newer projects and secrets')}`,
      stopped === 0 ? undefined : `Orchestrator: stopped, ${started} of ${stopped} started again`,
      started < stopped ? 'The computer says why the others were not started, and how.' : undefined,
    ),
    text('To take the rollback back, at the computer: `migration-agent restore-migration-backup --undo`'),
    lookAgain(state),
  );
}
