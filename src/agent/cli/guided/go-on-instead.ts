import { AppError } from '../../../shared/errors.ts';
import { workingOn } from '../../run/lock.ts';
import { standsAt } from '../../run/phase-states.ts';
import type { Run } from '../../run/run-record.ts';
import { resume } from '../migrate-resume.ts';
import type { Answer, Call } from '../verb.ts';
import { canAsk } from './guided.ts';
import { Left, terminalPrompts } from './prompts.ts';

/**
 * A run for the same new home waits already: a second one cannot begin, and its person most likely wants to go on.
 * @throws RUN_OPEN where nobody can be asked, LOCKED while a process is at it
 */
export async function goOnInstead(call: Call, run: Run): Promise<Answer> {
  const { record } = run;
  const pid = workingOn(call.system, record.target);
  if (pid !== undefined) throw new AppError('LOCKED', { pid, path: record.target });
  const open = new AppError('RUN_OPEN', { run: record.id });
  if (!canAsk(call)) throw open;
  const choose = await terminalPrompts(call.stopAsked);
  try {
    const goesOn = await choose<boolean>({
      text: `A migration to this home has begun already: ${record.id} ${standsAt(run)}.`,
      options: [
        {
          value: true,
          name: 'Go on with it',
          about: 'From where it stopped. Everything that is done stays.',
        },
        { value: false, name: 'Leave', about: '`recover` can also take it back.' },
      ],
    });
    if (goesOn) return await resume(call, run);
  } catch (error) {
    if (!(error instanceof Left)) throw error;
  }
  const text = ['', 'Nothing was changed.', ...open.hint.split('\n')];
  return { exit: 0, result: { outcome: 'declined' }, text };
}
