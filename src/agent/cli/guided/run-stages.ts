import { AppError } from '../../../shared/errors.ts';
import { nextStage, type Stage } from '../../../shared/stages.ts';
import type { PlanContent } from '../../plan/plan.ts';
import type { RunReport } from '../../run/execute.ts';
import { type RunHooks, undoMigration } from '../../run/migrate.ts';
import type { Phase } from '../../run/phases.ts';
import { loadRun } from '../../run/run-record.ts';
import type { Answer, Call } from '../verb.ts';
import { keptLines } from '../views/kept.ts';
import { sayError } from './approve.ts';
import { askBetween, pausedLines } from './between.ts';
import { finish } from './finish.ts';
import { offerKit } from './offer-kit.ts';
import { type Choose, Left } from './prompts.ts';
import type { StageReports } from './stage-reports.ts';

export interface StagedRun {
  readonly content: PlanContent;
  readonly reports: StageReports;
  /** Nobody is asked where it is undefined: the run goes to its end. */
  readonly choose: Choose | undefined;
  /** Begins the run, or goes on with it. */
  resume(hooks: RunHooks): Promise<RunReport>;
}

/**
 * Brings a run to its end stage by stage. Between two of them the person goes on, pauses or cancels; a question that is
 * left is a pause, and so is what keeps a paused run from going on.
 */
export async function runStages(
  call: Call,
  staged: StagedRun,
  begin: (hooks: RunHooks) => Promise<RunReport>,
  first: Stage['pauseAfter'],
): Promise<Answer> {
  const { reports, choose, resume } = staged;
  const hooks = (pauseAfter: Stage['pauseAfter']) =>
    reports.hooks(choose === undefined ? undefined : pauseAfter);
  let report = await begin(hooks(first));
  if (choose !== undefined && first === 'backup') await offerKit(call, choose, report);
  while (report.outcome === 'paused' && choose !== undefined) {
    const next = await between(call, staged, report.run, choose, (pauseAfter) => resume(hooks(pauseAfter)));
    if ('exit' in next) return next;
    report = next;
  }
  return finish(call, staged, report);
}

/** The next stage's report, or the answer where the person does not go on. */
async function between(
  call: Call,
  staged: StagedRun,
  id: string,
  choose: Choose,
  goOn: (pauseAfter: Stage['pauseAfter']) => Promise<RunReport>,
): Promise<RunReport | Answer> {
  const { system, settings } = call;
  let trouble = false;
  for (;;) {
    const after = loadRun(system, settings.home, id).state.paused as Phase;
    const wish = await askOrPause(choose, after, trouble);
    if (wish === 'pause') return pausedAnswer(staged.content, after);
    if (wish === 'cancel') return cancel(call, staged);
    try {
      return await goOn(nextStage(after).pauseAfter);
    } catch (error) {
      // Refused before anything was done: the run waits as it was.
      if (!(error instanceof AppError)) throw error;
      sayError(call, error);
      trouble = true;
    }
  }
}

async function askOrPause(choose: Choose, after: string, trouble: boolean) {
  try {
    return await askBetween(choose, after, trouble);
  } catch (error) {
    if (error instanceof Left) return 'pause';
    throw error;
  }
}

function pausedAnswer(content: PlanContent, after: Phase): Answer {
  return { exit: 5, result: { run: content.run, outcome: 'paused' }, text: pausedLines(after, content) };
}

function cancel({ system, settings }: Call, { content, reports }: StagedRun): Answer {
  const run = loadRun(system, settings.home, content.run);
  const kept = undoMigration(system, settings.home, run, reports.hooks(undefined));
  return {
    exit: 0,
    result: { run: content.run, outcome: 'undone' },
    text: [
      '',
      'Cancelled: everything is as it was before. The backup stays.',
      ...keptLines(kept, system.home),
    ],
  };
}
