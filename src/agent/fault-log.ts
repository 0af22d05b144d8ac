import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import type { AgentHome } from './agent-home.ts';
import { makeFolders } from './files.ts';
import type { System } from './system.ts';

/** Writes the stack of a fault of ours to the agent's log. Returns the reference under which it stands there. */
export function logFault(system: System, home: AgentHome, error: unknown): string {
  const reference = randomBytes(4).toString('hex');
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const entry = `${JSON.stringify({ at: system.now().toISOString(), reference, stack })}\n`;
  makeFolders(system, dirname(home.log));
  const fd = system.openAppend(home.log, 0o600);
  try {
    system.write(fd, Buffer.from(entry), null);
  } finally {
    system.close(fd);
  }
  return reference;
}
