import { AppError } from '../../shared/errors.ts';
import { shortPath } from '../paths.ts';
import { heldBack } from '../run/held-back.ts';
import { workingOn } from '../run/lock.ts';
import { phaseStates, standing } from '../run/phase-states.ts';
import { damagedRecords, loadRun, newestRun, type Run } from '../run/run-record.ts';
import type { Answer, Call, Verb } from './verb.ts';
import { damagedRecordLines, damagedRecordsAsJson } from './views/damaged-records.ts';
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
    const damaged = damagedRecords(system, settings.home);
    const damage = damagedRecordLines(damaged, system.home);
    const damaged_records = damagedRecordsAsJson(damaged);
    if (run === undefined) {
      const text = damage.length === 0 ? ['No migration has been run on this machine yet.'] : damage;
      return { exit: 0, result: { run: null, damaged_records }, text };
    }
    if (flags['watch'] === true) return watch(call, run.record.id);
    const pid = run.state.outcome === undefined ? workingOn(system, run.record.target) : undefined;
    return {
      exit: 0,
      result: { ...resultOf(call, { run, pid }), damaged_records },
      text: [...linesOf(call, { run, pid }), ...(damage.length === 0 ? [] : ['', ...damage])],
    };
  },
};

/** Ends with the run: by its exit code, so that a script can wait for it. */
async function watch(call: Call, id: string): Promise<Answer> {
  const screen = call.json ? undefined : new Screen(call);
  const last = await watchRun(call, id, (sight) => {
    if (screen === undefined) call.progress({ type: 'status', ...resultOf(call, sight) });
    else screen.show(sight);
  });
  const exit = last.run.state.outcome === undefined ? 5 : 0;
  return { exit, result: resultOf(call, last), text: screen?.rest(last) ?? [] };
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
      this.#redraw(linesOf(this.#call, sight));
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
    return this.#call.terminal ? [] : ['', ...linesOf(this.#call, sight)];
  }

  #redraw(lines: readonly string[]): void {
    this.#call.redraw(lines, this.#height);
    this.#height = lines.length;
  }
}

function heldWords({ system }: Pick<Call, 'system'>, run: Run): string | undefined {
  const { lines, timers } = heldBack(system, run);
  const named = [
    ...(lines.length === 0 ? [] : [`line ${lines.join(', ')} of your crontab`]),
    ...timers.map((name) => `the systemd timer ${name}`),
  ];
  return named.length === 0 ? undefined : `${named.join(', ')}; as before when the run ends`;
}

function resultOf({ system }: Pick<Call, 'system'>, { run, pid }: Sight): object {
  const { record, state, entries } = run;
  const { lines, timers } = heldBack(system, run);
  return {
    run: record.id,
    kind: record.kind,
    outcome: standing(state, pid !== undefined),
    started: record.started,
    last: entries.at(-1)?.at ?? null,
    target: record.target,
    phases: record.kind === 'migrate' ? phaseStates(state) : [],
    failure: state.failure ?? null,
    suspended: { cron_lines: lines, timers },
  };
}

function linesOf(call: Pick<Call, 'system'>, { run, pid }: Sight): string[] {
  const { record, state, entries } = run;
  const outcome = standing(state, pid !== undefined);
  const phases = record.kind === 'migrate' ? phaseStates(state) : [];
  const { failure } = state;
  const held = heldWords(call, run);
  return [
    `Run ${record.id}`,
    '',
    ...facts([
      ['Kind', record.kind === 'migrate' ? 'migration' : 'rollback'],
      ['State', `${inWords(run, outcome)}${pid === undefined ? '' : ` (process ${pid})`}`],
      ['Target', shortPath(record.target, call.system.home)],
      ['Started', record.started],
      ['Last record', entries.at(-1)?.at ?? 'none'],
      ...(failure === undefined ? [] : [['Failed', `${failure.step}: ${failure.reason}`] as const]),
      ...(held === undefined ? [] : [['Suspended', held] as const]),
    ]),
    // Of a run that was taken back no phase stands, which is not the same as never begun.
    ...(phases.length === 0 || outcome === 'undone' ? [] : ['', ...phaseLines(phases)]),
    ...(outcome === 'unfinished' || outcome === 'paused'
      ? ['', ...new AppError('RUN_OPEN', { run: record.id }).hint.split('\n')]
      : []),
  ];
}
