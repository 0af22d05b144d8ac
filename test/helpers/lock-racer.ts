import { closeSync, openSync, rmSync } from 'node:fs';
import { RealSystem } from '../../src/agent/real-system.ts';
import { lockTarget } from '../../src/agent/run/lock.ts';
import { AppError } from '../../src/shared/errors.ts';

/**
 * A process that takes the lock of a target again and again: `lock-racer.ts TARGET TIMES`. While it holds the lock it
 * makes a file that nobody else may have at the same time; prints how often it had the lock, and fails on an overlap.
 */
const [target = '', times = '0'] = process.argv.slice(2);
const system = new RealSystem();
let held = 0;
while (held < Number(times)) {
  try {
    const lock = lockTarget(system, target);
    closeSync(openSync(`${target}.alone`, 'wx'));
    rmSync(`${target}.alone`);
    lock.release();
    held++;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'LOCKED') throw error;
  }
}
process.stdout.write(String(held));
