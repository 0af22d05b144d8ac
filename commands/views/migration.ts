import type { Card } from '../../src/shared/card.ts';
import type { MigrationState } from '../wizards/migration-state.ts';
import { assessmentCard } from './assessment.ts';
import { failureCard, interruptedCard } from './migration-failure.ts';
import { button, card, row, text } from './parts.ts';
import { pausedCard } from './paused.ts';
import { planCard } from './plan.ts';
import { resultCard } from './result.ts';
import { rollbackPreviewCard, rolledBackCard } from './rollback.ts';
import { runCard, waitingCard } from './run.ts';

/** The one card of a migration, as it stands. Undefined: a state that this version does not know. */
export function drawMigration(state: MigrationState | undefined): Card {
  if (state === undefined) return card(text('## An older migration', 'Type `/assess` to begin a new one.'));
  const { assessment, plan, paused, result, preview, rollback, failure, machineName } = state;
  switch (state.step) {
    case 'assessing':
      return waitingCard(state, `Looking at ${machineName}`);
    case 'assessed':
      return assessment === undefined ? unknown(state) : assessmentCard(state, assessment);
    case 'planning':
      return waitingCard(state, `Making the plan for ${machineName}`);
    case 'plan':
      return plan === undefined ? unknown(state) : planCard(state, plan);
    case 'running':
      return runCard(state);
    case 'result':
      return result === undefined ? unknown(state) : resultCard(state, result);
    case 'previewing':
      return waitingCard(state, `Looking what a rollback of ${machineName} would do`);
    case 'preview':
      return preview === undefined ? unknown(state) : rollbackPreviewCard(state, preview);
    case 'rolling-back':
      return waitingCard(state, `Rolling back ${machineName}`);
    case 'rolled-back':
      return rollback === undefined ? unknown(state) : rolledBackCard(state, rollback);
    case 'undoing':
      return waitingCard(state, `Taking the run back on ${machineName}`);
    case 'undone':
      return closed('Taken back', 'The run was taken back: everything is as before.', state);
    case 'paused':
      return paused === undefined ? unknown(state) : pausedCard(state, paused);
    case 'interrupted':
      return failure === undefined ? unknown(state) : interruptedCard(state, failure);
    case 'failed':
      return failure === undefined ? unknown(state) : failureCard(state, failure);
    case 'cancelled':
      return closed('Cancelled', 'Nothing was changed.', state);
  }
}

function closed(title: string, verdict: string, { machineName }: MigrationState): Card {
  return card(text(`## ${title}`, `${machineName}: ${verdict}`, 'Type `/assess` to begin again.'));
}

/** A stored state that lacks what its step needs: it can only be begun again. */
function unknown(state: MigrationState): Card {
  return card(
    text(`## Migration of ${state.machineName}`, 'Where it stands cannot be shown.'),
    row(button('Assess again', state.buttons['again'])),
  );
}
