import type { Card } from '../../src/shared/card.ts';
import { nextStage, STAGES, type Stage, stagesDone } from '../../src/shared/stages.ts';
import { counted } from '../../src/shared/words.ts';
import type { MigrationState, PausedRun, ShownFailure } from '../wizards/migration-state.ts';
import { withoutDetails } from './error.ts';
import { button, card, row, separator, text } from './parts.ts';
import { noteText, wordsLine } from './plan.ts';
import { lookAgain } from './run.ts';
import { stageLines, stagesDoneWords } from './stages.ts';

/** What the next stage will do, before anybody lets it. */
const NEXT: Readonly<Record<Stage['name'], string>> = {
  Backup: 'Everything concerned is saved, and every byte of it is read back.',
  Conversion:
    'Settings, secrets and projects are converted beside the new home; the new home is not touched.',
  Validation: 'What was prepared is checked. If a check fails, everything is taken back.',
  'Final setup': 'What was prepared is put into its place in one move. Afterwards a rollback takes it back.',
};

/** A guided run between two phases: what is behind it, what comes next, and the two ways on. */
export function pausedCard(state: MigrationState, paused: PausedRun): Card {
  const { resume, undo } = state.slots;
  const next = nextStage(paused.after).name;
  const goesOn = canGoOn(state.failure);
  return card(
    text(
      `## Paused after ${STAGES[stagesDone(paused.after) - 1]?.name ?? 'a phase'}`,
      `${state.machineName}: ${stagesDoneWords({ paused })}. Nothing happens until you press a button.`,
    ),
    noteText(state),
    state.failure === undefined ? undefined : text(...failureLines(state.failure)),
    text(...stageLines(state)),
    text(...checkLines(paused)),
    separator(),
    text(
      goesOn ? `**Next, ${next}:** ${NEXT[next] ?? ''}` : undefined,
      'It can wait as long as you like, also when the computer or the bot is started anew.',
      heldLine(paused),
      goesOn
        ? 'At the computer, `migration-agent migrate-resume` does all that is left in one go.'
        : undefined,
    ),
    text(state.plan && `-# ${wordsLine(state.plan.words)}`),
    row(
      goesOn ? button(`Continue: ${next}`, resume && `v1:approve:${resume}`, 'main') : undefined,
      button('Stop here and take it back', undo && `v1:approve:${undo}`, 'danger'),
    ),
    lookAgain(state),
  );
}

function checkLines({ checks }: PausedRun): string[] {
  return checks.map(
    ({ name, status, done, of }) =>
      `- ${status.slice(0, 1).toUpperCase()}${status.slice(1)}: \`${name}\`, ${done} of ${of}`,
  );
}

/** What the person may miss while the run waits. */
function heldLine({ held_back: held }: PausedRun): string | undefined {
  if (held === undefined) return undefined;
  const { cron_lines: lines, timers } = held;
  const named = [
    ...(lines === 0 ? [] : [counted(lines, 'cron line')]),
    ...(timers === 0 ? [] : [counted(timers, 'systemd timer')]),
  ];
  const waits =
    lines + timers === 1 ? 'waits until the migration ends and is' : 'wait until the migration ends and are';
  return `${named.join(' and ')} of the old tool ${waits} then as before; \`migration-agent migrate-status\` names them.`;
}

/** Why the last press led nowhere. The run waits as it did. */
function failureLines({ code, name, during, changed }: ShownFailure): string[] {
  const { message, hint } = withoutDetails(code);
  const title = during === 'undoing' ? 'It could not be taken back' : 'It did not go on';
  if (name !== 'APPROVED_PLAN_STALE')
    return [`**${title}: ${message}** It is paused as before.`, `What to do: ${hint}`, `-# ${code}`];
  const again = 'take it back, then assess again: the new plan takes the changes in.';
  return [
    changed === undefined
      ? `**${title}: the installation, or the new home, is not as it was when the plan was made.** Nothing more was done, it is paused as before.`
      : `**${title}: ${counted(changed, 'file')} changed since the plan was made.** Nothing more was done, it is paused as before. The terminal of the agent names what changed.`,
    `What to do: ${changed === undefined ? `undo what was added or removed and press Continue, or ${again}` : again}`,
    `-# ${code}`,
  ];
}

/** A changed file never is again what the plan was made from, whatever is written into it. */
function canGoOn(failure: ShownFailure | undefined): boolean {
  return failure?.name !== 'APPROVED_PLAN_STALE' || failure.changed === undefined;
}
