import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import { looksSecret } from '../credentials/looks-secret.ts';
import { RealSystem } from '../real-system.ts';
import { CategoryParts } from './category-parts.ts';
import { type CopyTools, copyFile } from './copy.ts';
import type { CrewMessage, CrewTask, FileOutcome } from './copy-crew.ts';
import { fileOf, takeChunk } from './file-work.ts';
import { Pause } from './pause.ts';
import { recordLine } from './record-codec.ts';
import { SecretSearch } from './secret-search.ts';
import { SourceError } from './source-file.ts';

/**
 * A thread that copies files into parts of its own, beside the main one (`CopyCrew`). It tells of each chunk when it is
 * copied, and last of its parts when they are durable. Ended in the middle, it leaves what it wrote to the main thread.
 */
const task = workerData as CrewTask;

async function run(): Promise<void> {
  const system = new RealSystem();
  const parts = new CategoryParts(system, task.folder, task.taken, task.thread, task.zstd);
  const secrets = task.secrets.map((value) => new Secret('known', Buffer.from(value)));
  const tools: CopyTools = {
    system,
    search: new SecretSearch(secrets),
    patterns: task.patterns ? looksSecret : undefined,
    pause: new Pause(system),
  };
  try {
    for (let chunk = takeChunk(task.work); chunk !== undefined; chunk = takeChunk(task.work)) {
      const outcomes: [number, FileOutcome][] = [];
      for (const n of chunk) outcomes.push([n, await copied(tools, n, parts)]);
      tell({ outcomes });
    }
    tell({ copied: true });
    tell({ parts: parts.finish() });
  } finally {
    parts.close();
  }
}

async function copied(tools: CopyTools, n: number, parts: CategoryParts): Promise<FileOutcome> {
  const item = fileOf(task.work, n);
  try {
    const record = await copyFile(tools, item, parts.of(item.category ?? 'custom'));
    if (record === 'secret') return record;
    return { line: recordLine(record), part: record.part ?? '', size: record.size ?? 0 };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { gap: error.kind, reason: error.message };
  }
}

function tell(message: CrewMessage): void {
  parentPort?.postMessage(message);
}

run().catch((error: unknown) => {
  if (!(error instanceof Error) || error instanceof AppError) throw error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  tell({ failed: { message: error.message, ...(code && { code }), ...(syscall && { syscall }) } });
});
