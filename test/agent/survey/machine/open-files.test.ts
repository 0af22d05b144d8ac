import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openFiles } from '../../../../src/agent/survey/machine/open-files.ts';
import { put } from '../../../fixtures/write-files.ts';
import { systemAt } from '../../../helpers/plan.ts';
import { useTempFolder } from '../../../helpers/temp.ts';

const temp = useTempFolder();

it('names the program that writes to a file of the installation, and none that only reads', async () => {
  put(temp(), 'state/agent.log', '');
  put(temp(), 'state/read.json', '{}');
  const [log, read] = [join(temp(), 'state/agent.log'), join(temp(), 'state/read.json')];
  const code =
    'import sys; a = open(sys.argv[1], "a"); b = open(sys.argv[2]); print("ready", flush=True); sys.stdin.read()';
  const child = spawn('/usr/bin/python3', ['-c', code, log, read], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    await once(child.stdout, 'data');
    expect(openFiles(systemAt(temp()), [join(temp(), 'state')])).toEqual([
      { pid: child.pid, program: 'python3', path: log },
    ]);
    expect(openFiles(systemAt(temp()), [join(temp(), 'other')])).toEqual([]);
  } finally {
    child.stdin.end();
    await ended;
  }
});
