import { STAGES, type Stage, stagesDone } from '../../src/shared/stages.ts';
import { bytesInWords, counted } from '../../src/shared/words.ts';
import type { MigrationState, PausedRun } from '../wizards/migration-state.ts';
import { PHASES } from './phases.ts';
import { countOf } from './plain.ts';

/** One line for each stage of a guided migration: done with its figures, now with how far it is, next, or not yet. */
export function stageLines({ paused, progress, step }: MigrationState): string[] {
  const done = stagesBehind({ paused, progress });
  return STAGES.map((stage: Stage, index) => {
    const { name } = stage;
    if (index < done) return `Done: ${[name, ...figuresOf(name, paused)].join(', ')}`;
    if (index > done) return `Not yet: ${name}`;
    if (step === 'paused') return `**Next: ${name}**`;
    return progress === undefined ? `Not yet: ${name}` : `**Now: ${name}${howFar(stage, progress)}**`;
  });
}

/** How many stages are behind, `2 of 5 phases done`. */
export function stagesDoneWords(state: Pick<MigrationState, 'paused' | 'progress'>): string {
  return `${countOf(stagesBehind(state), STAGES.length)} phases done`;
}

/** News of a phase may be late or lost; what the run waited after is sure. */
function stagesBehind({ paused, progress }: Pick<MigrationState, 'paused' | 'progress'>): number {
  const current = STAGES.findIndex(({ phases }: Stage) => phases.includes(progress?.phase ?? ''));
  return Math.max(stagesDone(paused?.after), current);
}

function howFar({ phases }: Stage, { phase, n, of }: NonNullable<MigrationState['progress']>): string {
  const words = phases.length > 1 ? PHASES[phase as keyof typeof PHASES] : undefined;
  return [...(words === undefined ? [] : [`: ${words}`]), ...(of > 1 ? [`, ${countOf(n, of)}`] : [])].join(
    '',
  );
}

/** What a stage came to, in counts. Nothing for one whose figures are not here. */
function figuresOf(stage: string, paused: PausedRun | undefined): string[] {
  if (paused === undefined) return [];
  const { ledger, backup, prepared, checks } = paused;
  switch (stage) {
    case 'Analysis':
      return [
        `found ${counted(ledger.project.total, 'project')}`,
        counted(ledger.key.total, 'setting'),
        counted(ledger.secret.total, 'secret'),
        counted(ledger.file.total, 'own file'),
      ];
    case 'Backup':
      return backup === undefined
        ? []
        : [
            `number ${backup.backup}`,
            counted(backup.files, 'file'),
            bytesInWords(backup.bytes),
            `verified ${backup.verified.done} of ${backup.verified.of}`,
          ];
    case 'Conversion':
      return prepared === undefined
        ? []
        : [
            `${settingsMoved(ledger)} of ${counted(ledger.key.total, 'setting')}`,
            counted(prepared.projects, 'project'),
            counted(prepared.secrets, 'secret'),
            counted(prepared.files, 'own file'),
          ];
    case 'Validation':
      return [
        `${checks.filter(({ status }) => status !== 'error').length} of ${checks.length} checks without an error`,
      ];
    default:
      return [];
  }
}

function settingsMoved({ key }: PausedRun['ledger']): number {
  return key.in_effect + key.not_in_effect;
}
