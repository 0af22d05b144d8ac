import type { Card } from '../../src/shared/card.ts';
import { errorLabel } from '../../src/shared/errors.ts';
import { nextStage } from '../../src/shared/stages.ts';
import {
  failedInRollback,
  type MigrationState,
  type ShownFailure,
  type Step,
} from '../wizards/migration-state.ts';
import { withoutDetails } from './error.ts';
import { button, card, row, text } from './parts.ts';
import { noteText } from './plan.ts';
import { lookAgain } from './run.ts';

const LEFT = {
  unchanged: 'Nothing was changed.',
  undone: 'What was begun was taken back: everything is as before.',
  resumable: 'It stopped half-way and nothing is lost.',
  paused: 'It is paused as before.',
  unknown: 'How far it came is not known here: `migration-agent migrate-status` at the computer tells.',
} as const satisfies Record<ShownFailure['left'], string>;

const RUNNING = errorLabel('ORCHESTRATOR_RUNNING');
/** What started since the preview is another program than the one that was agreed to, if any. */
const STOP_OR_CHOOSE =
  'Nothing stops it unasked. Stop it at the computer, or look again below: what is shown then says whether it can be stopped for the rollback, and you choose.';

const DOING: Partial<Record<Step, string>> = {
  assessing: 'looking at the installation',
  planning: 'making the plan',
  running: 'migrating',
  previewing: 'looking what a rollback would do',
  'rolling-back': 'rolling back',
  undoing: 'taking the run back',
};

/** A failure: what was being done, why it failed, how the computer was left, what to do. */
export function failureCard(state: MigrationState, failure: ShownFailure): Card {
  return card(
    text(...failureLines('Failed', state, failure)),
    failedInRollback(state)
      ? row(button('Roll back: look again', state.buttons['rollback'], 'main'))
      : row(button('Assess again', state.buttons['again'], 'main')),
    lookAgain(state),
  );
}

/** A run that stopped half-way: finish it, or take it back. */
export function interruptedCard(state: MigrationState, failure: ShownFailure): Card {
  const { resume, undo } = state.slots;
  return card(
    text(...failureLines('Interrupted', state, failure)),
    noteText(state),
    row(
      button(goOn(state), resume && `v1:approve:${resume}`, 'main'),
      button('Take it back, as before', undo && `v1:approve:${undo}`, 'danger'),
    ),
    lookAgain(state),
  );
}

/** A guided run does not finish at once: it waits again after the phase in which it stopped. */
function goOn({ method, paused }: MigrationState): string {
  return method === 'guided' ? `Continue: ${nextStage(paused?.after).name}` : 'Finish the migration';
}

function failureLines(title: string, state: MigrationState, failure: ShownFailure): string[] {
  const { code, message, hint } = withoutDetails(failure.code);
  return [
    `## ${title} while ${DOING[failure.during] ?? 'working'}`,
    `${state.machineName}: ${message}`,
    LEFT[failure.left],
    `What to do: ${failedInRollback(state) && code === RUNNING ? STOP_OR_CHOOSE : asPressed(hint)}`,
    `-# ${code}, \`/help code:${code}\`. The computer keeps the details.`,
  ];
}

/** What failed was asked for by a button, and hints are written for the terminal. */
function asPressed(hint: string): string {
  return hint.replace(/run the (same )?command again/, 'try again');
}
