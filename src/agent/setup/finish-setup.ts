import type { AppError } from '../../shared/errors.ts';
import type { CheckResult } from '../checks/check.ts';
import { checkCommands } from '../checks/command-functionality.ts';
import { shortPath } from '../paths.ts';
import { evidenceOf, Journal, type Json } from '../run/journal.ts';
import { underLock } from '../run/lock.ts';
import { loadPlan, loadRun, type Run } from '../run/run-record.ts';
import { checksFromJson } from '../run/step.ts';
import { isUsable, type PackageProbe, probePackage } from '../survey/package-probe.ts';
import type { PackageAgreement } from './agree-on-package.ts';
import { Attempts } from './attempts.ts';
import type { SetupPlaces } from './do-actions.ts';
import { healthChecksIn } from './health-checks.ts';
import { type InstalledPackageRun, installAgreed } from './install-agreed.ts';
import { type OfferedLeftovers, offerLeftovers } from './offer-leftovers.ts';
import type { OfferedReferences } from './offer-references.ts';
import { offerWhatStartsTheClone } from './offer-what-starts-the-clone.ts';
import { packageNote, withPackage } from './package-now.ts';
import { renewRecords } from './renew-records.ts';
import type { Talk } from './talk.ts';

export interface FinishedSetup {
  /** The run as its journal tells now: its outcome knows of the package. Undefined where no run is known. */
  readonly run: Run | undefined;
  readonly probe: PackageProbe;
  /** False: the result is "Moved, not yet usable". */
  readonly usable: boolean;
  readonly installed: InstalledPackageRun | undefined;
  /** What the package itself answered. */
  readonly check: CheckResult;
  readonly leftovers: { readonly found: readonly string[]; readonly moved: readonly string[] };
  readonly references: OfferedReferences;
  readonly healthChecks: 'enabled' | 'disabled' | 'unknown';
  /** What did not work; the migration itself is done all the same. */
  readonly problems: readonly AppError[];
  /** The checklist for people, one line each. */
  readonly lines: readonly string[];
}

/**
 * The final setup after a run (`run`) that moved everything: commands of the clone go aside, the package is installed, lines that
 * start the clone are replaced, each only as agreed; then the package is asked again, since what it can do decides whether
 * the result is usable. What fails is told and stops nothing.
 */
export async function finishSetup(
  talk: Talk,
  places: SetupPlaces,
  run: Run | undefined,
  agreement: PackageAgreement | undefined,
): Promise<FinishedSetup> {
  const { system, settings } = talk;
  const { target } = places;
  const attempts = new Attempts();
  const { problems } = attempts;
  const agreed = agreement?.kind === 'install' ? agreement.agreed : undefined;
  const nothingFound: OfferedLeftovers = { found: [], moved: [] };
  // A command of the clone stands in the place of the package's own.
  const inTheWay = await attempts.attempt(
    () =>
      agreed === undefined
        ? nothingFound
        : offerLeftovers(
            talk,
            places,
            agreed.facts.commands.map(({ command }) => command),
          ),
    nothingFound,
  );
  const installed =
    agreed &&
    (await attempts.attempt(() => {
      talk.say(`Installing ${agreed.facts.name} ${agreed.facts.version} with ${agreed.method}`);
      return installAgreed(system, settings.home, places, agreed);
    }, undefined));
  const probe = probePackage(system);
  const { references, leftovers: others, ...failed } = await offerWhatStartsTheClone(talk, places, probe);
  problems.push(...failed.problems);
  const moved = [...inTheWay.moved, ...others.moved];
  const leftovers = { found: [...inTheWay.moved, ...others.found.map(({ path }) => path)], moved };
  const check = checkCommands(system, target, probe);
  const noted = run && (await attempts.attempt(() => noteResult(talk, run, probe, check), run));
  const done = {
    run: noted,
    probe,
    usable: isUsable(probe),
    installed,
    check,
    leftovers,
    references,
    healthChecks: healthChecksIn(system, target),
    problems,
  };
  return { ...done, lines: checklist(done, system.home) };
}

/** Step under which a run's journal notes that its report and receipt are written anew. */
const RENEW = 'renew-records';

/** The run's own journal tells what became of it, so that whoever asks later gets the same answer. */
function noteResult({ system, settings }: Talk, run: Run, probe: PackageProbe, check: CheckResult): Run {
  const { record, folder } = run;
  return underLock(system, record.target, () => {
    const journal = Journal.open(system, folder, record.id);
    try {
      journal.add({ type: 'resume' });
      journal.add({ type: 'done', ...packageNote(probe) });
      journal.add({ type: 'done', step: 'ask-package', data: check as unknown as Json });
      journal.add({ type: 'intent', step: RENEW });
      const content = loadPlan(system, run);
      const checks = [...checksFromJson(evidenceOf(journal.entries, 'check-staged')), check];
      if (content !== undefined)
        renewRecords(
          system,
          settings.home,
          { ...run, entries: journal.entries },
          withPackage(content, probe),
          checks,
        );
      journal.add({ type: 'done', step: RENEW });
      journal.add({ type: 'end', outcome: isUsable(probe) ? 'complete' : 'not-yet-usable' });
    } finally {
      journal.close();
    }
    return loadRun(system, settings.home, record.id);
  });
}

function checklist(done: Omit<FinishedSetup, 'lines'>, home: string): string[] {
  const { probe, installed, check, leftovers, references, healthChecks } = done;
  const command = probe.installed
    ? `agent-orch ${probe.version ?? ''} at ${shortPath(probe.command, home)}`.replace('  ', ' ')
    : 'the package is not installed';
  const path =
    installed === undefined || installed.onPath
      ? ''
      : `; its folder is not on PATH yet: open a new shell, or add ${shortPath(installed.command, home).replace(/\/[^/]*$/, '')}`;
  return [
    `Command: ${command}${path}`,
    `Package: ${check.done} of ${check.of} commands answer as expected`,
    `Health checks: ${healthChecks === 'enabled' ? 'enabled' : healthChecks === 'disabled' ? 'disabled in config.yaml, as you had it' : 'config.yaml does not say'}`,
    `Lines that start the clone: ${partOf(references.replaced.length, references.found, 'replaced')}${references.needYou === 0 ? '' : `, ${references.needYou} more need you (migration-agent references)`}`,
    `Commands of the clone: ${partOf(leftovers.moved.length, leftovers.found.length, 'moved aside')}`,
  ];
}

function partOf(done: number, of: number, what: string): string {
  return of === 0 ? 'none found' : `${done} of ${of} ${what}`;
}
