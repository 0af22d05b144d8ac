import { nextStage, STAGES, stagesDone } from '../../../shared/stages.ts';
import { shellPath } from '../../paths.ts';
import type { PlanContent } from '../../plan/plan.ts';
import { resumeMigration, runMigration } from '../../run/migrate.ts';
import { MIGRATION_STEPS } from '../../run/migration-steps.ts';
import type { GivenAgain, MigrationRequest } from '../../run/plan-migration.ts';
import { loadPlan, loadRun, type Run } from '../../run/run-record.ts';
import { blocked, nothingToDo } from '../carry-out-plan.ts';
import { packageAgreement } from '../final-setup.ts';
import type { Answer, Call } from '../verb.ts';
import { stageTitle } from '../views/guided-stages.ts';
import { titleLines } from '../views/guided-start.ts';
import { confirmWith } from './confirm.ts';
import { Preparation, type Prepared } from './prepare.ts';
import { type Choose, Left, terminalPrompts } from './prompts.ts';
import { runStages } from './run-stages.ts';
import { doneLines, StageReports, stageOf } from './stage-reports.ts';

/**
 * A guided migration (mission §4.1): checklist, plan and decisions, then the phases with a question after each. Without a
 * terminal the answers that were given decide, and it goes to its end at once.
 */
export async function guidedAnswer(call: Call, wanted: MigrationRequest): Promise<Answer> {
  const choose = canAsk(call) ? await terminalPrompts(call.stopAsked) : undefined;
  const request: MigrationRequest = { ...wanted, method: 'guided' };
  for (const line of titleLines(request, call.system.home)) call.say(line);
  const preparation = new Preparation(call, request, choose);
  try {
    const prepared = await preparation.run();
    switch (prepared.end) {
      case 'blocked':
        return blocked(prepared.plan);
      case 'nothing-to-do':
        return await settle(choose === undefined ? call : confirmWith(call, choose), prepared.plan.content);
      case 'declined':
        return declined(call, wanted.source, preparation.answers);
      case 'approved':
        return await begin(call, prepared, choose);
    }
  } catch (error) {
    if (error instanceof Left) return declined(call, wanted.source, preparation.answers);
    throw error;
  } finally {
    preparation.close();
  }
}

function begin(call: Call, { plan, request }: Prepared, choose: Choose | undefined): Promise<Answer> {
  const { system, settings } = call;
  const { content } = plan;
  const wanted = { ...request, target: content.target };
  const { masterPassword, imported } = wanted;
  const reports = new StageReports(call, content, 'Analysis');
  const staged = { content, reports, choose, ...goingOn(call, content, { masterPassword, imported }) };
  return runStages(
    call,
    staged,
    (hooks) => runMigration(system, settings.home, wanted, plan, hooks),
    'backup',
  );
}

/**
 * Goes on with a guided run as one: what is behind it and what remains is shown, and the person is asked after each phase
 * as before. @throws as `resumeMigration`
 */
export async function resumeGuided(call: Call, run: Run, given: GivenAgain): Promise<Answer> {
  const { system } = call;
  const choose = await terminalPrompts(call.stopAsked);
  const content = loadPlan(system, run) as PlanContent;
  const { paused, lastStep } = run.state;
  const stopped = MIGRATION_STEPS.find(({ id }) => id === lastStep)?.phase;
  const stage = paused === undefined ? stageOf(stopped ?? 'analyze') : nextStage(paused);
  const behind = paused === undefined ? STAGES.indexOf(stage) : stagesDone(paused);
  for (const line of titleLines(content, system.home)) call.say(line);
  for (const [index, { name }] of STAGES.entries()) {
    const state = index < behind ? 'done' : index === behind ? 'next' : 'not yet';
    call.say(`  ${state.padEnd(8)} ${stageTitle(name)}`);
    if (index === behind - 1) for (const line of doneLines(call, name, content, run)) call.say(`  ${line}`);
  }
  call.say('');
  const reports = new StageReports(call, content);
  const staged = { content, reports, choose, ...goingOn(call, content, given) };
  // A run that waits is asked about first; one that was interrupted goes on to the end of its phase.
  return runStages(
    call,
    staged,
    (hooks) =>
      paused === undefined
        ? staged.resume(hooks)
        : Promise.resolve({ run: run.record.id, outcome: 'paused', steps: [], kept: [] }),
    stage.pauseAfter,
  );
}

function goingOn({ system, settings }: Call, content: PlanContent, given: GivenAgain) {
  return {
    resume: (hooks: Parameters<typeof resumeMigration>[3]) =>
      resumeMigration(system, settings.home, loadRun(system, settings.home, content.run), hooks, given),
  };
}

/** True where a person sits at a terminal and wants to be asked. */
export function canAsk({ terminal, json, yes }: Pick<Call, 'terminal' | 'json' | 'yes'>): boolean {
  return terminal && !json && !yes;
}

async function settle(call: Call, content: PlanContent): Promise<Answer> {
  return nothingToDo(call, content, await packageAgreement(call, content.source));
}

function declined({ system }: Call, source: string, answers: number): Answer {
  const kept = answers === 0 ? '' : ' Your answers are kept, and offered next time.';
  return {
    exit: 0,
    result: { outcome: 'declined' },
    text: [
      '',
      `Nothing was changed.${kept}`,
      `  Begin again with  migration-agent migrate-from-git ${shellPath(source, system.home)} --guided`,
    ],
  };
}
