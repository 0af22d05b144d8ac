import { AppError } from '../../../shared/errors.ts';
import { shortPath } from '../../paths.ts';
import type { RunReport } from '../../run/execute.ts';
import { loadRun } from '../../run/run-record.ts';
import { offerRecoveryKit } from '../backups/recovery-kit.ts';
import type { Call } from '../verb.ts';
import { sayError } from './approve.ts';
import { confirmWith } from './confirm.ts';
import type { Choose } from './prompts.ts';

/** Right after the backup was made and proven: the moment to keep its key. What goes wrong is told and stops nothing. */
export async function offerKit(call: Call, choose: Choose, report: RunReport): Promise<void> {
  const { system, settings } = call;
  if (report.outcome !== 'paused') return;
  if (loadRun(system, settings.home, report.run).state.paused !== 'backup') return;
  try {
    const kit = await offerRecoveryKit(confirmWith(call, choose));
    if (kit !== undefined)
      call.say(`Recovery kit: ${shortPath(kit, system.home)}. Keep the words apart from it.`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    sayError(call, error);
    call.say('No recovery kit was written; `migration-agent backups recovery-kit` makes one at any time.');
  }
}
