import { AppError } from '../../shared/errors.ts';
import { counted } from '../../shared/words.ts';
import { rehearse } from '../rehearsal/rehearse.ts';
import type { MigrationRequest } from '../run/plan-migration.ts';
import { exitOf } from './exits.ts';
import { ProgressLines } from './run-answer.ts';
import type { Answer, Call } from './verb.ts';
import { rehearsalLines } from './views/rehearsal.ts';

/** Tries everything on a copy and tells what was measured. */
export async function rehearseAnswer(call: Call, request: MigrationRequest): Promise<Answer> {
  call.say('Rehearsal: the whole migration and its rollback, on a copy. Nothing of yours is changed.');
  call.say('');
  const { hooks } = new ProgressLines(call);
  const { error, ...rehearsal } = await rehearse(call.system, call.settings.home, request, hooks);
  const result = { outcome: 'rehearsed', rehearsal };
  const text = rehearsalLines(rehearsal, call.system.home);
  if (error !== undefined) return { exit: exitOf(error.code), result, text, error };
  const { rollback, disk } = rehearsal;
  if (rollback?.exact !== true) {
    const reason = `${counted(rollback?.differing.length ?? 0, 'entry', 'entries')} of the home would differ`;
    const inexact = new AppError('REHEARSAL_INEXACT', { reason });
    return { exit: exitOf(inexact.code), result, text, error: inexact };
  }
  if (disk.fits) return { exit: 0, result, text };
  const full = new AppError('REHEARSAL_NO_ROOM', { needed: disk.backup + disk.home });
  return { exit: exitOf(full.code), result, text, error: full };
}
