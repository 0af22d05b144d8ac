import { nextStage, type StageName } from '../../../shared/stages.ts';
import type { PlanContent } from '../../plan/plan.ts';
import type { Choose } from './prompts.ts';

/** What a person wants between two phases. */
export type Between = 'go on' | 'pause' | 'cancel';

/** `after`: the phase of the run that it waits after. A cancel is asked about twice. */
export async function askBetween(choose: Choose, after: string, trouble: boolean): Promise<Between> {
  const { name } = nextStage(after);
  for (;;) {
    const next = await choose<Between>({
      text: trouble ? `It waits before "${name}", as it was. What next?` : `Go on with "${name}"?`,
      options: [
        { value: 'go on', name: trouble ? 'Try again' : `Go on: ${name}`, about: ABOUT[name] },
        {
          value: 'pause',
          name: 'Pause here',
          about: 'Everything that is done stays. `migrate-resume` goes on, now or in some days.',
        },
        { value: 'cancel', name: 'Cancel, and take everything back' },
      ],
    });
    if (next !== 'cancel' || (await isSure(choose))) return next;
  }
}

const ABOUT: Readonly<Record<StageName, string>> = {
  Analysis: 'Looks at everything once more.',
  Backup: 'Copies everything of yours, and reads every byte of it back.',
  Conversion: 'Settings, secrets and projects are prepared beside the new home; nothing is in its place yet.',
  Validation: 'What was prepared is read and checked; nothing is in its place yet.',
  'Final setup':
    'Puts everything in its place, then looks at the command, and at what still starts the clone.',
};

function isSure(choose: Choose): Promise<boolean> {
  return choose<boolean>({
    text: 'Take everything back? The new home becomes as it was before; the backup stays.',
    options: [
      { value: false, name: 'No, back to the question' },
      { value: true, name: 'Take everything back' },
    ],
  });
}

/** Where a paused run stands, in words: what is done, and what is untouched. */
export function pausedLines(after: string, { run }: Pick<PlanContent, 'run'>): string[] {
  const { name } = nextStage(after);
  return [
    '',
    `Paused before "${name}". The new home is as it was, and the old installation works as before.`,
    `  Go on with       migration-agent migrate-resume ${run}`,
    `  Take it back     migration-agent recover --issue partial_migration --option 2`,
  ];
}
