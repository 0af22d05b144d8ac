import { bytesInWords, counted } from '../../shared/words.ts';
import type { CheckResult } from '../checks/check.ts';
import { shortPath } from '../paths.ts';
import type { Method, PlanContent } from '../plan/plan.ts';
import type { RunReport } from '../run/execute.ts';
import { evidenceOf } from '../run/journal.ts';
import type { RunHooks } from '../run/migrate.ts';
import { PHASES, type PhaseSummary, type RunEvent } from '../run/phases.ts';
import type { Run } from '../run/run-record.ts';
import { checksFromJson } from '../run/step.ts';
import { contentNow } from '../setup/package-now.ts';
import { targetPath } from '../survey/target.ts';
import { exitOf } from './exits.ts';
import type { Answer, Call } from './verb.ts';
import { keptLines } from './views/kept.ts';
import { resultLines } from './views/result.ts';

const TITLES = {
  automated: 'Automated Migration',
  guided: 'Guided Migration',
  manual: 'Import of an Export',
} as const satisfies Record<Method, string>;

/** One line for each phase as it ends, with the time of day. */
export class ProgressLines {
  readonly #call: Call;
  readonly #started: number;

  constructor(call: Call) {
    this.#call = call;
    this.#started = call.system.elapsed();
  }

  start(content: PlanContent): void {
    const { home } = this.#call.system;
    this.#call.say(TITLES[content.method]);
    this.#call.say('');
    this.#call.say(`Source: ${shortPath(content.source, home)} (will not be modified)`);
    this.#call.say(`Target: ${shortPath(content.target, home)}`);
    this.#call.say('');
  }

  /** Milliseconds since the start. */
  get elapsed(): number {
    return this.#call.system.elapsed() - this.#started;
  }

  get hooks(): RunHooks {
    return { emit: (event) => this.#emit(event), stopAsked: () => this.#call.stopAsked() };
  }

  #emit(event: RunEvent): void {
    this.#call.progress(event);
    const time = this.#call.system.now().toTimeString().slice(0, 8);
    if (event.type === 'undoing') this.#call.say(`[${time}] Taking everything back`);
    if (event.type === 'kept') {
      this.#call.say(`[${time}] Kept in ${shortPath(event.path, this.#call.system.home)}: ${event.what}`);
    }
    if (event.type === 'progress')
      this.#call.sayNow(
        `           ${PHASES[event.phase]}: ${event.n} of ${event.of} files, ${bytesInWords(event.bytes)}`,
      );
    if (event.type !== 'phase' || event.state !== 'done') return;
    this.#call.say(`[${time}] ${PHASES[event.phase].padEnd(28)}✓ ${summaryWords(event.summary)}`);
  }
}

/** The end of a run: what a person reads, and the same as data. */
export function answerFor(
  call: Call,
  run: Run,
  planned: PlanContent,
  report: RunReport,
  elapsed: number,
): Answer {
  const content = contentNow(planned, run.entries);
  const checks = [...checksFromJson(evidenceOf(run.entries, 'check-staged')), ...packageCheck(run)];
  const backup = evidenceOf(run.entries, 'make-backup') as { id: string; path: string } | undefined;
  const result = {
    run: report.run,
    outcome: report.outcome,
    milliseconds: Math.round(elapsed),
    steps: report.steps,
    counts: content.counts,
    checks,
    backup: backup ?? null,
    source: content.source,
    target: content.target,
    kept: report.kept,
  };
  if (report.error !== undefined) {
    const said =
      report.outcome === 'undone'
        ? 'The run was taken back: everything is as it was before.'
        : 'The run stopped half-way; nothing is lost, and it can be finished or taken back.';
    return {
      exit: report.outcome === 'interrupted' ? 5 : exitOf(report.error.code),
      result,
      text: ['', said, ...keptLines(report.kept, call.system.home)],
      error: report.error,
    };
  }
  const { home } = call.system;
  const text = resultLines({
    content,
    checks,
    backup: backup?.path ?? '',
    complete: run.state.outcome === 'complete',
    elapsed,
    defaultTarget: targetPath(call.system, undefined),
    home,
  });
  return { exit: 0, result, text: [...text, ...keptLines(report.kept, home)] };
}

/** What the package answered, where it was asked. */
export function packageCheck(run: Run): CheckResult[] {
  const result = evidenceOf(run.entries, 'ask-package');
  return result === undefined || result === null ? [] : [result as unknown as CheckResult];
}

function summaryWords(summary: PhaseSummary): string {
  const {
    projects,
    settings,
    secrets,
    files,
    bytes,
    verified,
    verifiedOf,
    checks,
    of,
    usable,
    commands,
    commandsOf,
  } = summary as Record<string, number>;
  if (verified !== undefined)
    return `${counted(files ?? 0, 'file')}, ${bytesInWords(bytes ?? 0)}, verified ${verified} of ${verifiedOf}`;
  if (checks !== undefined) return `${checks} of ${of} checks without an error`;
  if (usable !== undefined)
    return commands === undefined
      ? 'done'
      : `done, ${commands} of ${commandsOf} commands of the package answer`;
  const parts = [
    ...(projects === undefined ? [] : [counted(projects, 'project')]),
    ...(settings === undefined ? [] : [counted(settings, 'setting')]),
    ...(secrets === undefined ? [] : [counted(secrets, 'secret')]),
    ...(files === undefined ? [] : [counted(files, 'own file')]),
  ];
  return parts.length === 0 ? 'done' : parts.join(', ');
}
