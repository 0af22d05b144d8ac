import { AppError } from '../../shared/errors.ts';
import { shortPath } from '../paths.ts';
import { workingOn } from '../run/lock.ts';
import { phaseStates, standing } from '../run/phase-states.ts';
import { loadRun, newestRun } from '../run/run-record.ts';
import type { Answer, Call, Verb } from './verb.ts';
import { inWords, phaseLines } from './views/run.ts';
import { facts } from './views/table.ts';
import { type Sight, watchRun } from './watch-run.ts';

export const migrateStatus: Verb = {
  name: 'migrate-status',
  summary: 'show how far a run is',
  usage: '[RUN] [--watch]',
  options: {
    watch: {
      type: 'boolean',
      about: 'look until the run ends: drawn anew on a terminal, else a line for each step',
    },
  },
  arguments: 1,
  async run(call) {
    const { system, settings, args, flags } = call;
    const [id] = args;
    const run = id === undefined ? newestRun(system, settings.home) : loadRun(system, settings.home, id);
    if (run === undefined) {
      return { exit: 0, result: { run: null }, text: ['No migration has been run on this machine yet.'] };
    }
    if (flags['watch'] === true) return watch(call, run.record.id);
    const pid = run.state.outcome === undefined ? workingOn(system, run.record.target) : undefined;
    return { exit: 0, result: resultOf({ run, pid }), text: linesOf({ run, pid }, system.home) };
  },
};

/** Ends with the run: by its exit code, so that a script can wait for it. */
async function watch(call: Call, id: string): Promise<Answer> {
  const screen = call.json ? undefined : new Screen(call);
  const last = await watchRun(call, id, (sight) => {
    if (screen === undefined) call.progress({ type: 'status', ...resultOf(sight) });
    else screen.show(sight);
  });
  const exit = last.run.state.outcome === undefined ? 5 : 0;
  return { exit, result: resultOf(last), text: screen?.rest(last) ?? [] };
}

/** On a terminal the whole status in one place; elsewhere one line for each new record. */
class Screen {
  readonly #call: Call;
  #told = 0;
  #height = 0;

  constructor(call: Call) {
    this.#call = call;
  }

  show(sight: Sight): void {
    const { run } = sight;
    if (this.#call.terminal) {
      this.#redraw(linesOf(sight, this.#call.system.home));
      return;
    }
    for (const entry of run.entries.slice(this.#told)) {
      const what = 'step' in entry ? `${entry.type} ${entry.step}` : entry.type;
      this.#call.say(`${entry.at} ${what}`);
    }
    this.#told = run.entries.length;
  }

  /** What is not on the screen yet at the end. */
  rest(sight: Sight): readonly string[] {
    return this.#call.terminal ? [] : ['', ...linesOf(sight, this.#call.system.home)];
  }

  #redraw(lines: readonly string[]): void {
    this.#call.redraw(lines, this.#height);
    this.#height = lines.length;
  }
}

function resultOf({ run: { record, state, entries }, pid }: Sight): object {
  return {
    run: record.id,
    kind: record.kind,
    outcome: standing(state, pid !== undefined),
    started: record.started,
    last: entries.at(-1)?.at ?? null,
    target: record.target,
    phases: record.kind === 'migrate' ? phaseStates(state) : [],
    failure: state.failure ?? null,
  };
}

function linesOf({ run, pid }: Sight, home: string): string[] {
  const { record, state, entries } = run;
  const outcome = standing(state, pid !== undefined);
  const phases = record.kind === 'migrate' ? phaseStates(state) : [];
  const { failure } = state;
  return [
    `Run ${record.id}`,
    '',
    ...facts([
      ['Kind', record.kind === 'migrate' ? 'migration' : 'rollback'],
      ['State', `${inWords(run, outcome)}${pid === undefined ? '' : ` (process ${pid})`}`],
      ['Target', shortPath(record.target, home)],
      ['Started', record.started],
      ['Last record', entries.at(-1)?.at ?? 'none'],
      ...(failure === undefined ? [] : [['Failed', `${failure.step}: ${failure.reason}`] as const]),
    ]),
    // Of a run that was taken back no phase stands, which is not the same as never begun.
    ...(phases.length === 0 || outcome === 'undone' ? [] : ['', ...phaseLines(phases)]),
    ...(outcome === 'unfinished' || outcome === 'paused'
      ? ['', ...new AppError('RUN_OPEN', { run: record.id }).hint.split('\n')]
      : []),
  ];
}
