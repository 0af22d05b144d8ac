import { dirname } from 'node:path';
import { makeFolders, removeIfThere, writeFileAtomic } from '../files.ts';
import type { ReadSystem, System } from '../system.ts';
import type { ChannelHome } from './channel-home.ts';

/** Whether a person at this computer told the agent to refuse everything. A connected agent looks at each command. */
export function standsStill(system: ReadSystem, home: ChannelHome): boolean {
  return system.lstat(home.standstill) !== undefined;
}

/** From the next command on everything is refused, whatever the connection does, until `endStandstill`. */
export function beginStandstill(system: System, home: ChannelHome): void {
  makeFolders(system, dirname(home.standstill));
  writeFileAtomic(system, home.standstill, `${JSON.stringify({ since: system.now().toISOString() })}\n`);
}

export function endStandstill(system: System, home: ChannelHome): void {
  removeIfThere(system, home.standstill);
  if (system.lstat(dirname(home.standstill)) !== undefined) system.syncFolder(dirname(home.standstill));
}
