import { describe, expect, it } from 'vitest';
import { drawMigration } from '../../../commands/views/migration.ts';
import { isRollbackUnfinished, type MigrationState } from '../../../commands/wizards/migration-state.ts';
import { errorLabel } from '../../../src/shared/errors.ts';

/** A story in which an orchestrator was found running. */
function meeting(failure: Pick<NonNullable<MigrationState['failure']>, 'during' | 'left'>): MigrationState {
  return {
    v: 1,
    step: 'failed',
    goal: 'rollback',
    machineName: 'Computer 1',
    buttons: { rollback: 'v1:story:rollback', again: 'v1:story:again' },
    isPlaced: true,
    slots: {},
    failure: { code: errorLabel('ORCHESTRATOR_RUNNING'), name: 'ORCHESTRATOR_RUNNING', ...failure },
  };
}

describe('an orchestrator that runs', () => {
  it('and stands in the way of a rollback is stopped by nobody unasked, and the card says how to go on', () => {
    const state = meeting({ during: 'rolling-back', left: 'resumable' });
    const shown = JSON.stringify(drawMigration(state));
    expect(shown).toContain('Nothing stops it unasked. Stop it at the computer, or look again below');
    expect(shown).toContain('Roll back: look again');
    expect(isRollbackUnfinished(state)).toBe(true);
  });

  it('and stands in the way of anything else is stopped by hand, and the button tries again', () => {
    const state = meeting({ during: 'planning', left: 'unchanged' });
    expect(JSON.stringify(drawMigration(state))).toContain('Stop it, then try again.');
    expect(isRollbackUnfinished(state)).toBe(false);
  });
});
