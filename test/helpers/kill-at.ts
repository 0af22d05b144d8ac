import { createRequire, syncBuiltinESMExports } from 'node:module';

/**
 * Loaded before the agent (`--import`): sends the agent's own process a signal at the n-th time that it makes a record of
 * a journal durable. `AWM_KILL_AT="7 before SIGKILL"`; `before`: the record's bytes are written, not yet synced.
 * SIGSTOP is announced by the line `stopped` on stderr.
 */
const fs = createRequire(import.meta.url)('node:fs') as typeof import('node:fs');
const [at = '0', when = 'after', signal = 'SIGKILL'] = (process.env['AWM_KILL_AT'] ?? '').split(' ');
const journals = new Set<number>();
let count = 0;

const { openSync, fdatasyncSync, closeSync, writeSync } = fs;

fs.openSync = (path, ...rest) => {
  const fd = openSync(path, ...rest);
  if (String(path).endsWith('journal.ndjson')) journals.add(fd);
  return fd;
};

fs.closeSync = (fd) => {
  journals.delete(fd);
  closeSync(fd);
};

fs.fdatasyncSync = (fd) => {
  const isMine = journals.has(fd) && ++count === Number(at);
  if (isMine && when === 'before') strike();
  fdatasyncSync(fd);
  if (isMine && when === 'after') strike();
};

function strike(): void {
  if (signal === 'SIGSTOP') writeSync(2, 'stopped\n');
  process.kill(process.pid, signal);
}

syncBuiltinESMExports();
