import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeClone } from './clone.ts';
import { inventedLog } from './invented.ts';
import { writeProjects } from './projects.ts';
import { writeFiles } from './repository.ts';
import { secretFiles, settingsFiles } from './settings.ts';

export interface Sample {
  /** The person's home folder. */
  readonly home: string;
  /** The legacy installation. */
  readonly clone: string;
  /** Where the package will look for its configuration; not there yet. */
  readonly target: string;
}

export interface SampleOptions {
  /** Megabytes of the orchestrator's state, of all projects together; 3 when left out. */
  readonly stateMegabytes?: number;
}

/**
 * Writes a home folder with a legacy installation that a small bakery might have: a clone of six weeks ago, settings of
 * three versions, secrets in `.env`, three projects with their state. The same files for the same `home`.
 */
export async function writeSample(home: string, { stateMegabytes = 3 }: SampleOptions = {}): Promise<Sample> {
  const clone = join(home, 'agent-workflow');
  await mkdir(clone, { recursive: true, mode: 0o700 });
  await Promise.all([
    writeClone(clone, new Date(Date.now() - SIX_WEEKS_MS)).then(() => writeOwnFiles(home, clone)),
    writeProjects(home, (stateMegabytes * (1 << 20)) / 3),
    writeFiles(home, {
      '.bash_aliases': `alias ovens='cd ${clone} && python3 scripts/orchestrator.py'\n`,
    }),
  ]);
  return { home, clone, target: join(home, '.agent-workflow') };
}

const SIX_WEEKS_MS = 42 * 86_400_000;

/** After the commit: these are files that git ignores, or that the person never added. */
async function writeOwnFiles(home: string, clone: string): Promise<void> {
  await writeFiles(clone, settingsFiles(home));
  await writeFiles(clone, secretFiles(), 0o600);
  await writeFiles(clone, { 'logs/orchestrator.log': inventedLog('orchestrator', 20_000) });
}
