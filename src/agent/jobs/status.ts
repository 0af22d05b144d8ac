import { seconds } from '../../protocol/clock.ts';
import { AppError, errorLabel } from '../../shared/errors.ts';
import { readRoots, rootPath, whyReadOnly } from '../roots.ts';
import { workingOn } from '../run/lock.ts';
import { type RunRecord, readRecords, runOf } from '../run/run-record.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import { targetPath } from '../survey/target.ts';
import { numberedBackups } from './backup-numbers.ts';
import type { JobFunction, JobWork, ResultOf } from './job.ts';
import { labelOfName, phaseOf } from './run-facts.ts';

const MOST_RUNS = 10;
const MOST_ROOTS = 20;

export const status: JobFunction<'status'> = async (_job, work) => {
  const { system, settings } = work;
  const target = realPathSoFar(system, targetPath(system, settings.target));
  return {
    end: 'done',
    result: {
      roots: readRoots(system, settings.home)
        .slice(0, MOST_ROOTS)
        .map(({ id, path }) => ({
          root: id,
          present: rootPath(system, settings.home, id) !== undefined,
          writable: whyReadOnly(system, [path]) === undefined,
        })),
      target: system.stat(`${target}/config.yaml`) === undefined ? 'absent' : 'present',
      busy: workingOn(system, target) !== undefined,
      backups: numberedBackups(work).filter(({ backup }) => backup.complete).length,
      runs: readRecords(system, settings.home)
        .slice(0, MOST_RUNS)
        .map((record) => runFacts(work, record)),
    },
  };
};

function runFacts({ system, settings }: JobWork, record: RunRecord): ResultOf<'status'>['runs'][number] {
  const facts = { run: record.id, kind: record.kind, started: seconds(new Date(record.started)) };
  try {
    const { state } = runOf(system, settings.home, record);
    const error = state.failure && labelOfName(state.failure.code);
    return {
      ...facts,
      outcome: state.outcome ?? (state.paused === undefined ? 'unfinished' : 'paused'),
      ...(state.outcome === undefined ? phaseOf({ record, state }) : {}),
      ...(error === undefined ? {} : { error }),
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...facts, outcome: 'unfinished', error: errorLabel(error.code) };
  }
}
