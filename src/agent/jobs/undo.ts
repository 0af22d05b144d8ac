import { undoMigration } from '../run/migrate.ts';
import { loadRun } from '../run/run-record.ts';
import type { JobFunction } from './job.ts';

/** Takes an interrupted migration back; the backup stays. */
export const undo: JobFunction<'undo'> = async ({ params }, work) => {
  const { system, settings } = work;
  const started = system.elapsed();
  const run = loadRun(system, settings.home, params.run);
  undoMigration(system, settings.home, run, {
    emit: (event) => work.progress(event),
    stopAsked: () => false,
  });
  const { outcome = 'undone' } = loadRun(system, settings.home, params.run).state;
  const milliseconds = Math.round(system.elapsed() - started);
  return { end: 'done', result: { run: params.run, outcome, milliseconds } };
};
