import { AppError } from '../../shared/errors.ts';
import type { PlanContent } from '../plan/plan.ts';
import type { RunReport } from '../run/execute.ts';
import { loadRun, type Run, readRecords, runOf } from '../run/run-record.ts';
import { agreeOnPackage, type PackageAgreement } from '../setup/agree-on-package.ts';
import type { SetupPlaces } from '../setup/do-actions.ts';
import { type FinishedSetup, finishSetup } from '../setup/finish-setup.ts';
import { INSTALLERS, type InstallMethod } from '../setup/installers.ts';
import type { OfferedReferences } from '../setup/offer-references.ts';
import { offerWhatStartsTheClone, stillStartsTheClone } from '../setup/offer-what-starts-the-clone.ts';
import { settleSetupRuns } from '../setup/take-back.ts';
import { probePackage } from '../survey/package-probe.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import { targetPath } from '../survey/target.ts';
import { exitOf } from './exits.ts';
import { answerFor } from './run-answer.ts';
import type { Answer, Call, VerbOption } from './verb.ts';

/** Options of every command that installs the package. */
export const PACKAGE_OPTIONS: Readonly<Record<string, VerbOption>> = {
  'install-package': {
    type: 'boolean',
    about:
      'afterwards install the package that PACKAGE_SPEC pins, or that you agree to, in an environment of its own',
  },
  wheels: {
    type: 'string',
    value: 'DIR',
    about:
      'with --install-package: a folder with wheels of the package and all it needs, instead of the network',
  },
  'install-with': {
    type: 'string',
    value: 'NAME',
    about: 'with --install-package: pipx, uv or venv (default: the first that is here)',
  },
};

/**
 * What is to be installed, before anything else is begun; undefined where nobody asked for it.
 * @throws USAGE, and as `agreeOnPackage`
 */
export async function packageAgreement(call: Call, source: string): Promise<PackageAgreement | undefined> {
  const { system, settings, flags } = call;
  const [wheels, method] = [flags['wheels'], flags['install-with']];
  if (flags['install-package'] !== true) {
    if (wheels === undefined && method === undefined) return undefined;
    throw usage('--wheels and --install-with go with --install-package');
  }
  if (method !== undefined && !Object.hasOwn(INSTALLERS, method as string))
    throw usage(`--install-with knows ${Object.keys(INSTALLERS).join(', ')}`);
  settleSetupRuns(system, settings.home, realPathSoFar(system, targetPath(system, settings.target)));
  return agreeOnPackage(call, {
    source,
    wheels: wheels as string | undefined,
    method: method as InstallMethod | undefined,
    offline: flags['offline'] === true,
  });
}

/** The end of a run, after the final setup where there is something agreed to. */
export async function answerAfterSetup(
  call: Call,
  content: PlanContent,
  report: RunReport,
  elapsed: number,
  agreement: PackageAgreement | undefined,
): Promise<Answer> {
  const { system, settings } = call;
  const run = loadRun(system, settings.home, report.run);
  const isMoved = report.outcome === 'complete' || report.outcome === 'not-yet-usable';
  if (!isMoved) return answerFor(call, run, content, report, elapsed);
  if (agreement === undefined)
    return withWhatStarts(call, content, answerFor(call, run, content, report, elapsed));
  const setup = await finishSetup(call, content, run, agreement);
  const outcome = setup.usable ? 'complete' : 'not-yet-usable';
  const answer = answerFor(call, setup.run ?? run, content, { ...report, outcome }, elapsed);
  return withSetup(answer, setup);
}

/** Nothing is left to move: the final setup alone. */
export async function setupAnswer(
  call: Call,
  places: SetupPlaces,
  agreement: PackageAgreement,
): Promise<Answer> {
  const setup = await finishSetup(call, places, lastRun(call, places), agreement);
  const verdict = setup.usable ? 'Complete.' : 'Moved, not yet usable.';
  const text = ['Nothing to move: everything is in its place already.', verdict];
  return withSetup({ exit: 0, result: { outcome: 'nothing-to-do' }, text }, setup);
}

/** Without a package to install: what still starts the clone is offered at a terminal, and told everywhere else. */
export async function withWhatStarts(call: Call, places: SetupPlaces, answer: Answer): Promise<Answer> {
  const { system } = call;
  const starts = await offerWhatStartsTheClone(call, places, probePackage(system));
  const { references, leftovers, problems } = starts;
  const lines = stillStartsTheClone(starts, places.source, system.home);
  const [error] = problems;
  return {
    ...answer,
    ...(error === undefined ? {} : { exit: exitOf(error.code), error }),
    result: {
      ...answer.result,
      starts_clone: {
        references: countsOf(references),
        leftovers: { found: leftovers.found.map(({ path }) => path), moved: leftovers.moved },
      },
    },
    text: [...answer.text, ...(lines.length === 0 ? [] : ['', ...lines])],
  };
}

function lastRun({ system, settings }: Call, { source, target }: SetupPlaces): Run | undefined {
  return readRecords(system, settings.home)
    .filter((record) => record.migrate?.source === source && record.target === target)
    .map((record) => runOf(system, settings.home, record))
    .find(({ state }) => state.outcome === 'complete' || state.outcome === 'not-yet-usable');
}

/** The answer with what the final setup did. */
export function withSetup(answer: Answer, setup: FinishedSetup): Answer {
  const [error] = setup.problems;
  return {
    ...answer,
    ...(error === undefined ? {} : { exit: exitOf(error.code), error }),
    result: { ...answer.result, setup: setupResult(setup) },
    text: ['', 'Final setup', ...setup.lines.map((line) => `  ${line}`), ...answer.text],
  };
}

function setupResult({
  probe,
  usable,
  installed,
  check,
  leftovers,
  references,
  ...rest
}: FinishedSetup): object {
  return {
    usable,
    package: probe,
    installed: installed ?? null,
    check,
    leftovers,
    references: countsOf(references),
    health_checks: rest.healthChecks,
  };
}

function countsOf({ found, replaced, needYou }: OfferedReferences): object {
  return { found, replaced, needYou };
}

function usage(problem: string): AppError {
  return new AppError('USAGE', { problem, verb: 'migrate-from-git' });
}
