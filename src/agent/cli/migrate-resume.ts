import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import type { NamedSecret } from '../export/names.ts';
import { openImport } from '../export/open-import.ts';
import { readExport } from '../export/read-export.ts';
import { previewOf, rollBack } from '../rollback/rollback.ts';
import { resumeMigration } from '../run/migrate.ts';
import { standsAt } from '../run/phase-states.ts';
import { refuseDamaged } from '../run/record-folders.ts';
import { damagedRecords, loadPlan, loadRun, newestRun, type Run } from '../run/run-record.ts';
import { exportPassphrase } from './export-passphrase.ts';
import { canAsk, resumeGuided } from './guided/guided.ts';
import { terminalPrompts } from './guided/prompts.ts';
import { typedSecrets } from './import-interactively.ts';
import { rollbackAnswer } from './rollback-answer.ts';
import { answerFor, ProgressLines } from './run-answer.ts';
import { consentToStop, STOPPING } from './stop-orchestrator.ts';
import { passwordAgain } from './store-password.ts';
import type { Answer, Call, Verb } from './verb.ts';

export const migrateResume: Verb = {
  name: 'migrate-resume',
  summary: 'go on with an interrupted or paused run',
  usage: '[RUN] [--stop-orchestrator]',
  options: STOPPING,
  arguments: 1,
  async run(call) {
    const { system, settings, args } = call;
    const [id] = args;
    const run =
      id === undefined ? newestRun(system, settings.home, 'open') : loadRun(system, settings.home, id);
    if (run === undefined) {
      refuseDamaged(damagedRecords(system, settings.home));
      throw new AppError('NO_ISSUE_FOUND', { found: 'no run is unfinished' });
    }
    return resume(call, run);
  },
};

/** Goes on with a run from where its journal ends. @throws RUN_NOT_RESUMABLE */
export async function resume(call: Call, run: Run): Promise<Answer> {
  const { system, settings } = call;
  const { record, state } = run;
  if (state.outcome !== undefined)
    throw new AppError('RUN_NOT_RESUMABLE', { run: record.id, state: state.outcome });
  if (record.kind === 'rollback') {
    const preview = await previewOf(system, settings.home, record);
    const consent = await consentToStop(call, preview);
    if (consent === 'declined')
      return { exit: 0, result: { outcome: 'declined' }, text: ['Nothing was changed.'] };
    const options = { resumed: record, consent };
    return rollbackAnswer(call, await rollBack(system, settings.home, record.backups, preview, options));
  }
  const content = loadPlan(system, run);
  if (content === undefined)
    throw new AppError('RUN_NOT_RESUMABLE', { run: record.id, state: 'without its plan' });
  const needsPassword = record.migrate?.storePassword === true && !state.undoing;
  const masterPassword = needsPassword ? await passwordAgain(call, record.migrate.source) : undefined;
  const imported = state.undoing ? undefined : await importOf(call, run, masterPassword);
  const given = { masterPassword, imported };
  const isGuided = record.migrate?.method === 'guided' && !state.undoing && canAsk(call);
  if (isGuided) return resumeGuided(call, run, given);
  const progress = new ProgressLines(call);
  call.say(`Going on with ${record.id}, which ${standsAt(run)}`);
  call.say('');
  const report = await resumeMigration(system, settings.home, run, progress.hooks, given);
  return answerFor(call, loadRun(system, settings.home, record.id), content, report, progress.elapsed);
}

/** The export that a run was made from; its passphrase is asked for again where it was needed. */
async function importOf(call: Call, { record }: Run, masterPassword: Secret | undefined) {
  const { imported, source } = record.migrate ?? {};
  if (imported === undefined || source === undefined) return undefined;
  const { folder, withoutSecrets } = imported;
  const passphrase = imported.passphrase
    ? async () => {
        const typed = await exportPassphrase(call, folder);
        if (typed === undefined) throw new AppError('EXPORT_PASSPHRASE_NEEDED', { run: record.id });
        return typed;
      }
    : undefined;
  if (imported.typed === true && !canAsk(call))
    throw new AppError('EXPORT_VALUES_NEEDED', { run: record.id });
  const choose = imported.typed === true ? await terminalPrompts(() => call.stopAsked()) : undefined;
  const typed = choose && ((missing: readonly NamedSecret[]) => typedSecrets(call, choose, missing));
  const options = { typed, source, target: record.target, withoutSecrets, masterPassword, passphrase };
  return openImport(call.system, readExport(call.system, folder), options);
}
