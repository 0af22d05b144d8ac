import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** True when `pid` runs and was started, over however many processes, by `ancestor`. */
export async function descendsFrom(pid: number, ancestor: number): Promise<boolean> {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = await parentOf(at)) {
    if (at === ancestor) return true;
  }
  return false;
}

async function parentOf(pid: number): Promise<number | undefined> {
  try {
    // The name in parentheses can hold anything: what follows the last one is state and parent.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return await parentByPs(pid);
  }
}

/** For systems without /proc. */
async function parentByPs(pid: number): Promise<number | undefined> {
  try {
    const { stdout } = await execute('ps', ['-o', 'ppid=', '-p', String(pid)]);
    return Number(stdout.trim()) || undefined;
  } catch {
    return undefined;
  }
}
