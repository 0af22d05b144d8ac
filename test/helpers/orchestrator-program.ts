import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach } from 'vitest';
import { put } from '../fixtures/write-files.ts';

/**
 * A real program that stands for the orchestrator: it writes `start PID TOKEN ARGUMENTS` to `LOG` when it begins and `end PID`
 * when it is asked to end, which it does unless it is started with `--stubborn`.
 */
const PROGRAM = `import os, signal, sys, time
log = open(os.environ["LOG"], "a", buffering=1)
def end(*_):
    log.write(f"end {os.getpid()}\\n")
    if "--stubborn" not in sys.argv:
        sys.exit(0)
signal.signal(signal.SIGTERM, end)
log.write(f"start {os.getpid()} {os.environ.get('TOKEN')} {' '.join(sys.argv[1:])}\\n")
print("ready", flush=True)
while True:
    time.sleep(0.02)
`;

export interface OrchestratorProgram {
  readonly pid: number;
  /** Lines of its log without the pids. */
  log(): string[];
  /** Pids of all that were started, the newest last. */
  pids(): number[];
}

/** Starts it from inside `clone`, or from `cwd`. Whatever was started is ended after each test. Call this at the top of a `describe`. */
export function useOrchestrator(): (
  clone: string,
  log: string,
  args?: readonly string[],
  cwd?: string,
) => Promise<OrchestratorProgram> {
  const logs: string[] = [];
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const pid of logs.splice(0).flatMap(pidsIn)) endIfOurs(pid);
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  return async (clone, log, args = [], cwd = clone) => {
    put(clone, 'scripts/orchestrator.py', PROGRAM);
    logs.push(log);
    const child = spawn(
      '/usr/bin/python3',
      [relative(cwd, join(clone, 'scripts/orchestrator.py')), ...args],
      {
        cwd,
        env: { PATH: '/usr/bin:/bin', LOG: log, TOKEN: 'a value of the environment' },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    children.push(child);
    await once(child.stdout, 'data');
    return {
      pid: child.pid ?? 0,
      log: () => linesOf(log).map((line) => line.replace(/^(\w+) \d+/, '$1')),
      pids: () => pidsIn(log),
    };
  };
}

function pidsIn(log: string): number[] {
  return linesOf(log).flatMap((line) => (line.startsWith('start ') ? [Number(line.split(' ')[1])] : []));
}

function linesOf(log: string): string[] {
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
}

/** A number may be another program's by now. */
function endIfOurs(pid: number): void {
  const file = join('/proc', String(pid), 'cmdline');
  if (existsSync(file) && readFileSync(file, 'utf8').includes('scripts/orchestrator.py'))
    process.kill(pid, 'SIGKILL');
}
