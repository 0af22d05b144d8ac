import { fork } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockFile } from '../../../services/hub/socket-lock.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const folder = useTempFolder();
const uid = process.getuid?.() ?? 0;
const file = () => join(folder(), 'hub.lock');

describe('the lock', () => {
  it('of another process ends with it, even when that is killed', async () => {
    const holder = fork(join(import.meta.dirname, 'lock-holder.ts'), [file()], { stdio: 'pipe' });
    await once(holder, 'message');
    expect(() => lockFile(file(), uid)).toThrow(expect.objectContaining({ code: 'HUB_ALREADY_RUNNING' }));

    holder.kill('SIGKILL');
    await once(holder, 'exit');

    lockFile(file(), uid)();
  });

  it('is not lost when the same process asks for it again', () => {
    const release = lockFile(file(), uid);
    expect(() => lockFile(file(), uid)).toThrow(expect.objectContaining({ code: 'HUB_ALREADY_RUNNING' }));
    release();
    lockFile(file(), uid)();
  });

  it('is never taken through a link, nor on a file that is something else', () => {
    writeFileSync(join(folder(), 'other'), 'not a lock');
    symlinkSync(join(folder(), 'other'), file());
    expect(() => lockFile(file(), uid)).toThrow(expect.objectContaining({ code: 'HUB_SOCKET_UNSAFE' }));
    expect(() => lockFile(join(folder(), 'other'), uid)).toThrow(
      expect.objectContaining({ code: 'HUB_SOCKET_UNSAFE' }),
    );
  });
});
