import type { Card } from '../../src/shared/card.ts';
import { counted, durationInWords } from '../../src/shared/words.ts';
import type { MigrationState, RunResult } from '../wizards/migration-state.ts';
import { fateLines } from './fates.ts';
import { button, card, row, separator, text } from './parts.ts';
import { lookAgain } from './run.ts';

const VERDICTS = {
  complete: 'Complete',
  'not-yet-usable': 'Moved, not yet usable',
  'nothing-to-do': 'Nothing to do: everything was moved before',
  undone: 'Not done: the run was taken back, everything is as before',
  'rolled-back': 'Rolled back: everything is as before',
  failed: 'Failed',
} as const satisfies Record<RunResult['outcome'], string>;

/** The end of a run: the verdict, the figures, what to do next. */
export function resultCard(state: MigrationState, result: RunResult): Card {
  const { outcome, checks, ledger, milliseconds, backup } = result;
  const remarks = checks.filter(({ status }) => status !== 'ok');
  const isMoved = outcome === 'complete' || outcome === 'not-yet-usable';
  return card(
    text(`## ${VERDICTS[outcome]}`, `${state.machineName}, in ${durationInWords(milliseconds)}`),
    text(...fateLines(ledger)),
    text(
      `Checks: ${checks.length - remarks.length} of ${checks.length} without a remark`,
      ...remarks.map(
        ({ name, status, done, of }) => `- ${statusWord(status)}: \`${name}\`, ${done} of ${of}`,
      ),
      backup === undefined
        ? 'Backup: none was made'
        : `Backup: number ${backup}, verified. The computer knows where it lies: \`migration-agent backups list\`.`,
    ),
    separator(),
    isMoved ? text(...nextSteps(result)) : undefined,
    row(
      isMoved ? button('Roll back: show what it would do', state.buttons['rollback']) : undefined,
      button('Assess again', state.buttons['again']),
    ),
    lookAgain(state),
  );
}

function statusWord(status: RunResult['checks'][number]['status']): string {
  return `${status.slice(0, 1).toUpperCase()}${status.slice(1)}`;
}

function nextSteps({ outcome, ledger }: RunResult): string[] {
  const needs =
    ledger.project.needs_you + ledger.key.needs_you + ledger.secret.needs_you + ledger.file.needs_you;
  return [
    '**Next, at the computer**',
    ...(needs > 0
      ? [`- ${counted(needs, 'item')} need you; \`migration-agent migrate-status\` names the report`]
      : []),
    ...(outcome === 'not-yet-usable' ? ['- Install the package: `pipx install agent-workflow`'] : []),
    '- `agent-orch status`',
    '- `migration-agent exec -- agent-orch start --discord`',
    '- Test each project once. Keep the old folder until everything has worked for a while.',
  ];
}
