import { AppError } from '../../shared/errors.ts';
import { shortPath } from '../paths.ts';
import { workingOn } from '../run/lock.ts';
import { phaseStates, standing } from '../run/phase-states.ts';
import { loadRun, newestRun } from '../run/run-record.ts';
import type { Verb } from './verb.ts';
import { inWords, phaseLines } from './views/run.ts';
import { facts } from './views/table.ts';

export const migrateStatus: Verb = {
  name: 'migrate-status',
  summary: 'show how far a run is',
  usage: '[RUN]',
  options: {},
  arguments: 1,
  async run({ system, settings, args }) {
    const [id] = args;
    const run = id === undefined ? newestRun(system, settings.home) : loadRun(system, settings.home, id);
    if (run === undefined) {
      return { exit: 0, result: { run: null }, text: ['No migration has been run on this machine yet.'] };
    }
    const { record, state, entries } = run;
    const last = entries.at(-1);
    const pid = state.outcome === undefined ? workingOn(system, record.target) : undefined;
    const outcome = standing(state, pid !== undefined);
    const phases = record.kind === 'migrate' ? phaseStates(state) : [];
    const error =
      state.failure === undefined
        ? []
        : [['Failed', `${state.failure.step}: ${state.failure.reason}`] as const];
    return {
      exit: 0,
      result: {
        run: record.id,
        kind: record.kind,
        outcome,
        started: record.started,
        last: last?.at ?? null,
        target: record.target,
        phases,
        failure: state.failure ?? null,
      },
      text: [
        `Run ${record.id}`,
        '',
        ...facts([
          ['Kind', record.kind === 'migrate' ? 'migration' : 'rollback'],
          ['State', `${inWords(run, outcome)}${pid === undefined ? '' : ` (process ${pid})`}`],
          ['Target', shortPath(record.target, system.home)],
          ['Started', record.started],
          ['Last record', last?.at ?? 'none'],
          ...error,
        ]),
        // Of a run that was taken back no phase stands, which is not the same as never begun.
        ...(phases.length === 0 || outcome === 'undone' ? [] : ['', ...phaseLines(phases)]),
        ...(outcome === 'unfinished' || outcome === 'paused'
          ? ['', ...new AppError('RUN_OPEN', { run: record.id }).hint.split('\n')]
          : []),
      ],
    };
  },
};
