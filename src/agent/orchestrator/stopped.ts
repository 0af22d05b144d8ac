import { AppError } from '../../shared/errors.ts';
import type { Journal, Json } from '../run/journal.ts';
import { findAllRunning } from '../survey/orchestrator.ts';
import type { System } from '../system.ts';
import { type Consent, wasNamed } from './consent.ts';
import { whyNotToStop } from './not-to-stop.ts';
import { describeProgram, type Program } from './program.ts';
import { startProgram } from './start.ts';
import { notStopped, stopProgram } from './stop.ts';

/** What became of the orchestrators that ran. */
export interface OrchestratorReport {
  /** Command lines; of a service its name. */
  readonly stopped: readonly string[];
  readonly started: readonly string[];
  /** Those that do not run again, with the reason. */
  readonly left: readonly { readonly program: string; readonly reason: string }[];
}

export interface OrchestratorPlaces {
  readonly clone: string;
  readonly target: string;
}

const STOP = 'stop-orchestrator';
const START = 'start-orchestrator';

/**
 * Orchestrators that are stopped while a run works, and started again after it: only those that ran. Both are in the
 * journal before they are done, so that a run that was interrupted in between still knows what to start.
 */
export class StoppedOrchestrators {
  readonly #system: System;
  readonly #journal: Journal;
  readonly #runFolder: string;
  readonly #places: OrchestratorPlaces;
  readonly #programs: Program[];

  private constructor(
    system: System,
    journal: Journal,
    runFolder: string,
    places: OrchestratorPlaces,
    programs: Program[],
  ) {
    this.#system = system;
    this.#journal = journal;
    this.#runFolder = runFolder;
    this.#places = places;
    this.#programs = programs;
  }

  /**
   * Stops all that run, if the consent names each. Where one does not stop, those that were stopped before it run again.
   * @throws ORCHESTRATOR_RUNNING without a consent, ORCHESTRATOR_NOT_STOPPED, ORCHESTRATOR_RETURNS
   */
  static async stop(
    system: System,
    journal: Journal,
    runFolder: string,
    places: OrchestratorPlaces,
    consent: Consent | undefined,
  ): Promise<StoppedOrchestrators> {
    const running = findAllRunning(system, places.clone, places.target);
    const [first] = running;
    if (first !== undefined && consent === undefined)
      throw new AppError('ORCHESTRATOR_RUNNING', { pid: first.pid });
    const present = running.map((one) => describeProgram(system, one));
    const earlier = stoppedBefore(journal).filter(
      (one) => !present.some((now) => nameOf(now) === nameOf(one)),
    );
    const stopped = new StoppedOrchestrators(system, journal, runFolder, places, earlier);
    for (const program of present) {
      const isNamed = consent === undefined || wasNamed(consent.programs, program);
      const reason = isNamed ? whyNotToStop(system, places.clone, running, program) : whyNotNamed(program);
      if (reason !== undefined) throw notStopped(program, reason);
    }
    if (consent !== undefined && present.length > 0) await stopped.#stop(present, consent);
    return stopped;
  }

  async #stop(programs: readonly Program[], consent: Consent): Promise<void> {
    const { clone, target } = this.#places;
    this.#journal.add({ type: 'intent', step: STOP, data: toJson([...this.#programs, ...programs]) });
    try {
      for (const program of programs) {
        await stopProgram(this.#system, program, consent);
        this.#programs.push(program);
      }
      const [again] = findAllRunning(this.#system, clone, target);
      if (again !== undefined) throw new AppError('ORCHESTRATOR_RETURNS', { pid: again.pid });
    } catch (error) {
      await this.start(() => undefined);
      throw error;
    }
    this.#journal.add({ type: 'done', step: STOP });
  }

  /** Starts them again, each but those that `keepDown` gives a reason for. What fails is reported, not thrown. */
  async start(keepDown: (program: Program) => string | undefined): Promise<OrchestratorReport> {
    const stopped = this.#programs.map(nameOf);
    if (stopped.length === 0) return { stopped, started: [], left: [] };
    this.#journal.add({ type: 'intent', step: START });
    const started: string[] = [];
    const left: { program: string; reason: string }[] = [];
    const running = findAllRunning(this.#system, this.#places.clone, this.#places.target);
    const now = running.map((one) => nameOf(describeProgram(this.#system, one)));
    for (const program of this.#programs) {
      const name = nameOf(program);
      const reason = now.includes(name)
        ? undefined
        : (keepDown(program) ?? (await startProgram(this.#system, program, this.#runFolder)));
      if (reason === undefined) started.push(name);
      else left.push({ program: name, reason });
    }
    this.#journal.add({ type: 'done', step: START, data: { started, left } });
    return { stopped, started, left };
  }

  /** Names of those that are down, for a run that does not start them. */
  get names(): readonly string[] {
    return this.#programs.map(nameOf);
  }
}

function whyNotNamed({ isSurelyOurs }: Program): string {
  return isSurelyOurs
    ? 'it was not running when stopping was agreed to'
    : 'nobody can tell whether it works on this installation, and only a yes at the terminal that names it counts';
}

function nameOf({ unit, command }: Program): string {
  return unit?.name ?? command;
}

/** What is kept of a program: nothing of its environment, and no argument that looks like a secret. */
function toJson(programs: readonly Program[]): Json {
  return programs.map(({ pid, start, command, unit }) => ({
    pid,
    command,
    ...(start === undefined ? {} : { start }),
    ...(unit === undefined ? {} : { unit: { name: unit.name, scope: unit.scope } }),
  }));
}

/** Those that an earlier try of the same run stopped and did not start. */
function stoppedBefore({ entries }: Journal): Program[] {
  let programs: Program[] = [];
  for (const entry of entries) {
    if (entry.type === 'intent' && entry.step === STOP)
      programs = (entry.data as unknown as Program[]).map((one) => ({
        ...one,
        isSurelyOurs: true,
        launch: undefined,
      }));
    if (entry.type === 'done' && entry.step === START) programs = [];
  }
  return programs;
}
