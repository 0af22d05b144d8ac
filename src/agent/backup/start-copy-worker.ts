import { basename, dirname, join } from 'node:path';
import { getAsset, isSea } from 'node:sea';
import { Worker } from 'node:worker_threads';
import type { CrewTask } from './copy-crew.ts';

/** A thread keeps little: buffers are outside of its heap. */
const SMALL = { maxYoungGenerationSizeMb: 3 };

/** The thread that copies with this task, from wherever this program has its code. */
export function startCopyWorker(task: CrewTask): Worker {
  const options = { workerData: task, execArgv: [], env: {}, resourceLimits: SMALL };
  return isSea()
    ? new Worker(getAsset('copy-worker.cjs', 'utf8'), { ...options, eval: true })
    : new Worker(workerFile(), options);
}

/** Beside this file; of the bundled program beside the program (`scripts/build.ts`). In a single file it is an asset. */
function workerFile(): string {
  const here = import.meta.dirname;
  if (import.meta.filename.endsWith('.ts')) return join(here, 'copy-worker.ts');
  return join(basename(here) === 'parts' ? dirname(here) : here, 'migration-copy-worker.cjs');
}
