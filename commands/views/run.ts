import type { Card } from '../../src/shared/card.ts';
import type { MigrationState } from '../wizards/migration-state.ts';
import { button, card, row, text } from './parts.ts';
import { phaseLines, phasesDone } from './phases.ts';
import { countOf } from './plain.ts';
import { stageLines, stagesDoneWords } from './stages.ts';

/** A run while it works, redrawn in place. */
export function runCard(state: MigrationState): Card {
  const isGuided = state.method === 'guided';
  const done = isGuided ? stagesDoneWords(state) : phasesDone(state.progress);
  return card(
    text(
      `## ${isGuided ? 'Guided migration' : 'Migration'} of ${state.machineName}`,
      state.progress === undefined ? whereItIs(state) : done,
    ),
    text(...(isGuided ? stageLines(state) : phaseLines(state.progress))),
    state.isCancelling === true
      ? text('Stopping: what was begun is being taken back.')
      : row(button('Stop and take back', state.buttons['stop'], 'danger')),
    lookAgain(state),
  );
}

/** Anything else that the computer is doing. */
export function waitingCard(state: MigrationState, title: string): Card {
  const { progress } = state;
  const isLook = state.step === 'assessing' || state.step === 'planning';
  return card(
    text(`## ${title}`),
    text(
      whereItIs(state),
      progress && progress.of > 0 ? `${countOf(progress.n, progress.of)} done` : undefined,
    ),
    isLook ? row(button('Cancel', state.buttons['cancel'])) : undefined,
    lookAgain(state),
  );
}

/** A card outside of a thread cannot redraw itself. */
export function lookAgain(state: MigrationState) {
  return state.isPlaced ? undefined : row(button('Look again', state.buttons['look']));
}

function whereItIs({ job, machineName }: MigrationState): string {
  switch (job?.state) {
    case 'running':
    case 'accepted':
      return `${machineName} is working on it.`;
    case 'waiting':
      return `${machineName} waits for an answer at its terminal.`;
    default:
      return `Waiting for ${machineName}. If nothing happens, start the agent there: \`migration-agent connect\`.`;
  }
}
