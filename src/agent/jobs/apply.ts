import { AppError } from '../../shared/errors.ts';
import { isNothingToDo } from '../plan/plan.ts';
import { runMigration, undoMigration } from '../run/migrate.ts';
import { loadRun } from '../run/run-record.ts';
import { closeSurvey } from '../survey/survey.ts';
import type { JobEnd, JobFunction, JobWork } from './job.ts';
import { ledgerFacts } from './ledger-facts.ts';
import { planAgain } from './replan.ts';
import { migrationEnd, phaseOf } from './run-facts.ts';

/** Carries out an approved plan, if looking again at everything gives the same plan. */
export const apply: JobFunction<'apply'> = async ({ params }, work) => {
  const { system, settings, plan } = work;
  if (plan?.migration === undefined) throw new AppError('PLAN_UNKNOWN');
  const { source, target, backups } = plan.migration;
  const { plan: made, imported } = await planAgain(system, plan.migration, new Date(plan.created));
  try {
    const { counts, run } = made.content;
    if (isNothingToDo(made)) {
      const ledger = ledgerFacts(counts);
      return {
        end: 'done',
        result: { run, outcome: 'nothing-to-do', milliseconds: 0, ledger, checks: [] },
      };
    }
    const by = imported === undefined ? {} : ({ method: 'manual', imported } as const);
    const request = { source, target, backups, answers: new Map<string, string>(), ...by };
    const report = await runMigration(system, settings.home, request, made, {
      emit: (event) => work.progress(event),
      stopAsked: () => work.stopAsked() !== undefined,
      pauseAfter: params.pause_after,
    });
    const stopped = report.outcome === 'interrupted' ? stoppedEnd(work, report.run) : undefined;
    return stopped ?? migrationEnd(work, report, counts);
  } finally {
    closeSurvey(made.survey);
  }
};

/** A run that somebody stopped: cancelled in Discord it is taken back; stopped here, it can be gone on with later. */
export function stoppedEnd(work: JobWork, id: string): JobEnd<'apply' | 'resume'> | undefined {
  const { system, settings } = work;
  const run = loadRun(system, settings.home, id);
  switch (work.stopAsked()) {
    case undefined:
      return undefined;
    case 'stop':
      return { end: 'interrupted', run: id, ...phaseOf(run) };
    case 'cancel':
      undoMigration(system, settings.home, run, {
        emit: (event) => work.progress(event),
        stopAsked: () => false,
      });
      return { end: 'cancelled', undone: true };
  }
}
