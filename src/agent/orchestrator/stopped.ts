import { isDeepStrictEqual } from 'node:util';
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
    const earlier = stoppedBefore(journal).filter((one) => !present.some((now) => isStill(one, now)));
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
    const tell = (program: Program, reason: string | undefined) => {
      if (reason === undefined) started.push(nameOf(program));
      else left.push({ program: nameOf(program), reason });
    };
    const isKnown = ({ unit, launch }: Program) => unit !== undefined || launch !== undefined;
    const before = this.#running();
    for (const program of this.#programs.filter(isKnown)) {
      const again = before.findIndex((one) => isSame(program, one));
      // Each that runs stands for one of them.
      if (again >= 0) before.splice(again, 1);
      tell(
        program,
        again >= 0
          ? undefined
          : (keepDown(program) ?? (await startProgram(this.#system, program, this.#runFolder))),
      );
    }
    const after = this.#running();
    for (const program of this.#programs.filter((one) => !isKnown(one))) {
      const alike = after.find((one) => nameOf(one) === nameOf(program));
      tell(
        program,
        keepDown(program) ??
          (alike === undefined
            ? await startProgram(this.#system, program, this.#runFolder)
            : `process ${alike.pid} looks like it, and nobody but you can tell whether it is the same`),
      );
    }
    this.#journal.add({ type: 'done', step: START, data: { started, left } });
    return { stopped, started, left };
  }

  #running(): Program[] {
    const { clone, target } = this.#places;
    return findAllRunning(this.#system, clone, target).map((one) => describeProgram(this.#system, one));
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

/** Whether a program of an earlier try, of which no arguments are kept, runs on or, as a service, again. */
function isStill(earlier: Program, now: Program): boolean {
  if (earlier.unit !== undefined) return isDeepStrictEqual(earlier.unit, now.unit);
  return earlier.pid === now.pid && earlier.start !== undefined && earlier.start === now.start;
}

/** By its service, else by its whole command line and folder: two can look alike, since arguments are not shown. */
function isSame({ unit, launch }: Program, now: Program): boolean {
  if (unit !== undefined) return isDeepStrictEqual(unit, now.unit);
  return launch?.cwd === now.launch?.cwd && isDeepStrictEqual(launch?.args, now.launch?.args);
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
