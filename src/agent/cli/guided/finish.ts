import { AppError } from '../../../shared/errors.ts';
import { STAGES } from '../../../shared/stages.ts';
import type { VerifyReport } from '../../backup/verify.ts';
import type { PlanContent } from '../../plan/plan.ts';
import type { RunReport } from '../../run/execute.ts';
import { evidenceOf } from '../../run/journal.ts';
import { readBack } from '../../run/migration-steps.ts';
import { phaseTimes } from '../../run/phase-times.ts';
import type { Phase } from '../../run/phases.ts';
import type { RecordNames } from '../../run/records.ts';
import { loadRun, type Run } from '../../run/run-record.ts';
import { checksFromJson } from '../../run/step.ts';
import { workedMs } from '../../run/worked.ts';
import type { PackageAgreement } from '../../setup/agree-on-package.ts';
import { finishSetup } from '../../setup/finish-setup.ts';
import { contentNow } from '../../setup/package-now.ts';
import { probePackage } from '../../survey/package-probe.ts';
import { targetPath } from '../../survey/target.ts';
import { packageAgreement, withSetup } from '../final-setup.ts';
import { answerFor, packageCheck } from '../run-answer.ts';
import type { Answer, Call } from '../verb.ts';
import { type GuidedEnd, guidedSummary } from '../views/guided-summary.ts';
import { keptLines } from '../views/kept.ts';
import { sayError } from './approve.ts';
import { confirmWith } from './confirm.ts';
import type { Choose } from './prompts.ts';
import type { StagedRun } from './run-stages.ts';

/** The end of a run: the final setup and the summary; of one that was taken back or stopped, where it stands. */
export async function finish(call: Call, { content, choose }: StagedRun, report: RunReport): Promise<Answer> {
  const { system, settings } = call;
  const run = loadRun(system, settings.home, report.run);
  const elapsed = workedMs(run.entries);
  const isMoved = report.outcome === 'complete' || report.outcome === 'not-yet-usable';
  if (!isMoved) return answerFor(call, run, content, report, elapsed);
  const talk = choose === undefined ? call : confirmWith(call, choose);
  const setup = await finishSetup(talk, content, run, await agreement(talk, content, choose));
  for (const line of setup.lines) call.say(`  ${line}`);
  const outcome = setup.usable ? 'complete' : 'not-yet-usable';
  const ended = setup.run ?? run;
  const answer = withSetup(answerFor(call, ended, content, { ...report, outcome }, elapsed), setup);
  const text = guidedSummary(endOf(call, ended, run, contentNow(content, ended.entries), setup.usable));
  return { ...answer, text: [...text, ...keptLines(report.kept, system.home)] };
}

/** What is to be installed: as the flags say, or as the person says where the package is not here. */
async function agreement(
  call: Call,
  { source }: PlanContent,
  choose: Choose | undefined,
): Promise<PackageAgreement | undefined> {
  const isOffered =
    choose !== undefined && call.flags['install-package'] !== true && !probePackage(call.system).installed;
  const wants = isOffered
    ? await call.confirm('The package is not installed here. Find it, prove it and install it now?')
    : call.flags['install-package'] === true;
  if (!wants) return undefined;
  try {
    return await packageAgreement({ ...call, flags: { ...call.flags, 'install-package': true } }, source);
  } catch (error) {
    // Everything is moved by now: what keeps the package away is told, and can be done later.
    if (!(error instanceof AppError)) throw error;
    sayError(call, error);
    return undefined;
  }
}

function endOf(call: Call, run: Run, moved: Run, content: PlanContent, complete: boolean): GuidedEnd {
  const { entries } = run;
  const made = evidenceOf(entries, 'make-backup') as { path: string; files: number; bytes: number };
  const verified = readBack(evidenceOf(entries, 'verify-backup') as unknown as VerifyReport);
  const names = evidenceOf(entries, 'stage-records') as unknown as RecordNames;
  // What the setup did later is no part of the run's work.
  const times = phaseTimes(moved.entries);
  return {
    content,
    checks: [...checksFromJson(evidenceOf(entries, 'check-staged')), ...packageCheck(run)],
    complete,
    times: STAGES.map(({ name, phases }) => ({
      stage: name,
      milliseconds: phases.reduce((sum, phase: Phase) => sum + (times.get(phase) ?? 0), 0),
    })),
    backup: { ...made, verified },
    records: { ...names, log: names.reportOfRun.replace(/\.report\.md$/, '.log') },
    defaultTarget: targetPath(call.system, undefined),
    home: call.system.home,
  };
}
