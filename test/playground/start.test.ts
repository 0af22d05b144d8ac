import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { useTempFolder } from '../helpers/temp.ts';

const PROGRAM = join(import.meta.dirname, '../../src/playground.ts');
const folder = useTempFolder();

it('prints one line, the address of a page that works, and leaves nothing behind when it is stopped', async () => {
  const program = spawn(process.execPath, [PROGRAM], {
    env: { ...process.env, DISPLAY: ':0', TMPDIR: folder() },
  });
  const ended = once(program, 'close');
  const printed: string[] = [];
  const firstLine = new Promise<string>((resolve) => {
    createInterface({ input: program.stdout }).on('line', (line) => {
      printed.push(line);
      resolve(line);
    });
    createInterface({ input: program.stderr }).on('line', (line) => {
      printed.push(line);
      resolve(line);
    });
  });
  expect(await firstLine).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?key=\S+$/);
  const [address = ''] = printed;
  expect((await fetch(address)).status).toBe(200);
  const [made = ''] = readdirSync(folder());
  expect(existsSync(join(folder(), made, 'home/agent-workflow/orchestrator.yaml'))).toBe(true);

  program.kill('SIGINT');

  const [code] = await ended;
  expect(code).toBe(0);
  expect(printed).toHaveLength(1);
  expect(readdirSync(folder())).toEqual([]);
  await expect(fetch(address)).rejects.toThrow();
});
