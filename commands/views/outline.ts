import type { Card } from '../../src/shared/card.ts';
import { card, text } from './parts.ts';

/** What a migration does, before anybody has decided for it. */
export function outlineCard(): Card {
  return card(
    text(
      '## What a migration does',
      'First the computer makes a plan and you see it: what will be in effect, what is kept without effect, what needs you. Nothing happens before you approve that plan.',
    ),
    text(
      '1. Analysis: what the plan was made from is still the same, no orchestrator is running, there is room on the disk',
      '2. Backup: everything concerned, verified before anything is written',
      '3. Conversion: settings, then secrets into the encrypted store, then projects',
      '4. Validation: each check with its figure; if one fails, the run is taken back',
      '5. Final setup: everything new is put into place in one move',
    ),
    text(
      'Automated does all of it in one go. Guided pauses after each of the five, shows what it did, and waits for your press; nothing is in its place before the fifth.',
      'The clone is never modified. Afterwards one press shows what a rollback would do, and a second one does it.',
      'The same at the computer, without Discord: `migration-agent migrate-from-git --automated`',
    ),
  );
}
