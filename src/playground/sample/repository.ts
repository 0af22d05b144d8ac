import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Files by their path in a folder. */
export type Files = Readonly<Record<string, string>>;

/** Writes files with the folders above them. `mode` is that of the files. */
export async function writeFiles(folder: string, files: Files, mode = 0o644): Promise<void> {
  await Promise.all(
    Object.entries(files).map(async ([path, text]) => {
      const full = join(folder, path);
      await mkdir(dirname(full), { recursive: true });
      await writeFile(full, text, { mode });
    }),
  );
}

export interface Commit {
  readonly message: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Makes a folder with these files a git repository with one commit on branch main, the same id every time. */
export async function commitFiles(folder: string, files: Files, { message, at }: Commit): Promise<void> {
  await writeFiles(folder, files);
  await git(folder, ['init', '--quiet', '--initial-branch=main', '--template=']);
  await git(folder, ['add', '--all', '--force']);
  await git(folder, ['commit', '--quiet', `--message=${message}`], at);
}

/**
 * Runs git without any configuration of this machine.
 * @throws saying that git is needed, when it is not there
 */
export async function git(
  folder: string,
  args: readonly string[],
  at = '2025-04-01T08:00:00Z',
): Promise<void> {
  const person = { NAME: 'The baker', EMAIL: 'baker@example.org', DATE: at };
  const people = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
    Object.entries(person).map(([key, value]) => [`GIT_${role}_${key}`, value]),
  );
  try {
    await execute('git', ['-c', 'maintenance.auto=false', ...args], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_NOSYSTEM: '1',
        LC_ALL: 'C',
        ...Object.fromEntries(people),
      },
    });
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing)
      throw new Error('The sample installation needs git. Install it and start again.', { cause: error });
    throw error;
  }
}
