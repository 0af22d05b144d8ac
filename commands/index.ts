import { assess, assessButton } from './assess.ts';
import { check, checkButton } from './check.ts';
import type { Command, ComponentHandler } from './command.ts';
import { help } from './help.ts';
import { machine, machinesButton, revokeButton } from './machine.ts';
import { migrate, migrateButton } from './migrate.ts';
import { pairButton } from './pairing.ts';
import { recover, recoverButton } from './recover.ts';
import { rollback, rollbackButton } from './rollback.ts';
import { status } from './status.ts';
import { approveButton, storyButton } from './story-buttons.ts';

/** Every slash command. `npm run deploy` tells Discord of them. */
export const COMMANDS: readonly Command[] = [
  assess,
  migrate,
  status,
  check,
  recover,
  rollback,
  machine,
  help,
];

/** What every button and menu does, by its route. */
export const HANDLERS: readonly ComponentHandler[] = [
  storyButton,
  approveButton,
  assessButton,
  migrateButton,
  checkButton,
  recoverButton,
  rollbackButton,
  revokeButton,
  machinesButton,
  pairButton,
];
