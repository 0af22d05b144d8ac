import { nextStage, STAGES, type Stage, type StageName } from '../../../shared/stages.ts';
import { readManifestFile } from '../../backup/read.ts';
import type { VerifyReport } from '../../backup/verify.ts';
import type { PlanContent } from '../../plan/plan.ts';
import { evidenceOf } from '../../run/journal.ts';
import type { RunHooks } from '../../run/migrate.ts';
import type { Phase, RunEvent } from '../../run/phases.ts';
import { loadRun, type Run } from '../../run/run-record.ts';
import { checksFromJson } from '../../run/step.ts';
import type { Call } from '../verb.ts';
import {
  backupLines,
  conversionLines,
  progressBar,
  stageHeading,
  validationLines,
} from '../views/guided-stages.ts';
import { keptLines } from '../views/kept.ts';

/** Tells a run by its stages: a heading as each begins, its figures once it is done. */
export class StageReports {
  readonly #call: Call;
  readonly #content: PlanContent;
  /** Its heading was said already. */
  #said: StageName | undefined;

  constructor(call: Call, content: PlanContent, said?: StageName) {
    this.#call = call;
    this.#content = content;
    this.#said = said;
  }

  /** For a run that goes on until the end of this stage, or to its own end. */
  hooks(pauseAfter: Stage['pauseAfter']): RunHooks {
    return {
      emit: (event) => this.#emit(event),
      stopAsked: () => this.#call.stopAsked(),
      pauseAfter,
    };
  }

  #emit(event: RunEvent): void {
    const { say, sayNow, progress, system } = this.#call;
    progress(event);
    switch (event.type) {
      case 'undoing':
        say('Taking everything back');
        break;
      case 'kept':
        for (const line of keptLines([event], system.home)) say(line);
        break;
      case 'progress':
        sayNow(progressBar(event.n, event.of, event.bytes));
        break;
      case 'phase':
        if (event.state === 'started') this.#head(stageOf(event.phase).name);
        if (event.state === 'done') this.#done(event.phase);
    }
  }

  #head(name: StageName): void {
    if (this.#said === name) return;
    this.#said = name;
    for (const line of stageHeading(name)) this.#call.say(line);
  }

  #done(phase: Phase): void {
    const stage = stageOf(phase);
    if (stage.phases.at(-1) !== phase) return;
    const { system, settings } = this.#call;
    const run = loadRun(system, settings.home, this.#content.run);
    for (const line of [...doneLines(this.#call, stage.name, this.#content, run), '']) this.#call.say(line);
  }
}

export function stageOf(phase: string): (typeof STAGES)[number] {
  return STAGES.find(({ phases }: Stage) => phases.includes(phase)) ?? nextStage(undefined);
}

/** What a stage came to, out of the run's journal, so that it can be told again at any time. */
export function doneLines(
  { system }: Call,
  stage: StageName,
  content: PlanContent,
  { entries }: Run,
): string[] {
  switch (stage) {
    case 'Analysis':
      return ['', 'Everything is still as it was planned.'];
    case 'Backup': {
      const { path } = evidenceOf(entries, 'make-backup') as { readonly path: string };
      const report = evidenceOf(entries, 'verify-backup') as unknown as VerifyReport;
      return backupLines(readManifestFile(system, path).manifest, path, report, system.home);
    }
    case 'Conversion':
      return conversionLines(content);
    case 'Validation':
      return validationLines(checksFromJson(evidenceOf(entries, 'check-staged')));
    case 'Final setup':
      return ['  Everything is in its place.'];
  }
}
