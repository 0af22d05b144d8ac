import { shortPath } from '../paths.ts';
import { blockedBy } from '../plan/decision.ts';
import { isNothingToDo, type Plan, type PlanContent } from '../plan/plan.ts';
import { runMigration } from '../run/migrate.ts';
import type { MigrationRequest } from '../run/plan-migration.ts';
import type { PackageAgreement } from '../setup/agree-on-package.ts';
import { answerAfterSetup, packageAgreement, setupAnswer, withWhatStarts } from './final-setup.ts';
import { ProgressLines } from './run-answer.ts';
import type { Answer, Call } from './verb.ts';
import { adviceLines, countLines, decisionLines, warningLines } from './views/plan.ts';

/** Carries out a plan in one go, after one yes: nothing is done while a decision is open, or where nothing is to do. */
export async function carryOutPlan(call: Call, request: MigrationRequest, plan: Plan): Promise<Answer> {
  if (plan.content.decisions.open.length > 0) return blocked(plan);
  for (const line of warningLines(plan.survey.findings)) call.say(line);
  return carryOutApproved(call, request, plan, () => agreed(call, plan.content));
}

/** The same for a plan that a person went through, and said yes to unless `ask` asks for it. */
export async function carryOutApproved(
  call: Call,
  request: MigrationRequest,
  plan: Plan,
  ask: () => Promise<boolean> = async () => true,
): Promise<Answer> {
  const { system, settings } = call;
  const { content } = plan;
  const agreement = await packageAgreement(call, content.source);
  if (isNothingToDo(plan)) return nothingToDo(call, content, agreement);
  if (!(await ask())) {
    return { exit: 0, result: { outcome: 'declined' }, text: ['Nothing was changed.'] };
  }
  const progress = new ProgressLines(call);
  progress.start(content);
  const wanted = { ...request, target: content.target };
  const report = await runMigration(system, settings.home, wanted, plan, progress.hooks);
  return answerAfterSetup(call, content, report, progress.elapsed, agreement);
}

/** Everything is moved already; what starts the clone, and the package, may still be left to do. */
export async function nothingToDo(
  call: Call,
  content: PlanContent,
  agreement: PackageAgreement | undefined,
): Promise<Answer> {
  if (agreement !== undefined) return setupAnswer(call, content, agreement);
  const text = ['Nothing to do: everything is in its place already, and nothing was changed.'];
  return withWhatStarts(call, content, { exit: 0, result: { outcome: 'nothing-to-do' }, text });
}

/** What is open, and how to answer it with a file. */
export function blocked({ content, survey }: Plan): Answer {
  const { open } = content.decisions;
  const error = blockedBy(open, survey.unreadable.length);
  return { exit: 3, result: { decisions: open }, text: decisionLines(open), error };
}

/** Shows what would happen before it asks. */
function agreed(call: Call, content: PlanContent): Promise<boolean> {
  const { home } = call.system;
  for (const line of adviceLines(content.advice)) call.say(line);
  if (!call.yes) for (const line of [...countLines(content), '']) call.say(line);
  const [from, to] = [shortPath(content.source, home), shortPath(content.target, home)];
  const despite = content.advice.stops.length === 0 ? '' : ' although it is better to stay for now';
  return call.confirm(`Move ${from} to ${to}${despite}? The source is not modified.`);
}
