import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { type Lock, lockTarget } from '../run/lock.ts';
import type { System } from '../system.ts';
import type { ChannelHome } from './channel-home.ts';

/**
 * Held while somebody uses the identity of this computer: two agents with one ledger would both believe that they are the
 * one that runs a command.
 * @throws AGENT_CONNECTED naming the process that holds it
 */
export function lockIdentity(system: System, home: ChannelHome): Lock {
  try {
    return lockTarget(system, join(home.path, 'connected'));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'LOCKED') throw error;
    throw new AppError('AGENT_CONNECTED', { pid: error.params['pid'] ?? 0 }, { cause: error });
  }
}
