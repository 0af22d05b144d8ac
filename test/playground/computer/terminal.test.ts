import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Terminal } from '../../../src/playground/computer/terminal.ts';
import { useTempFolder } from '../../helpers/temp.ts';

describe('the terminal', () => {
  const folder = useTempFolder();
  let terminal: Terminal;
  beforeEach(() => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder(), PS1: 'ready> ', TERM: 'xterm-256color' };
    terminal = new Terminal({ folder: folder(), env, greeting: 'Welcome.\n' });
  });
  afterEach(() => terminal.close());

  it('greets, then runs what is typed, with nothing of this process in its environment', async () => {
    await terminal.waitFor(/Welcome\.\n/);

    terminal.type('env | cut -d= -f1 | sort | tr "\\n" ","; echo\r');

    const [, names] = await terminal.waitFor(/\n(HOME,[^\n]*)\n/);
    expect(names?.split(',').filter((name) => !SHELL_OWN.includes(name))).toEqual([
      'HOME',
      'PATH',
      'PS1',
      'TERM',
      '',
    ]);
  });

  it('is as wide as it was made', async () => {
    terminal.resize(123, 45);

    terminal.type('stty size\r');

    await terminal.waitFor(/\n45 123\n/);
  });

  it('starts another shell when somebody leaves the first', async () => {
    const first = terminal.pid;
    terminal.type('exit\r');
    await terminal.waitFor(/Here is another one/);

    terminal.type('echo $((20+22))\r');

    await terminal.waitFor(/\n42\n/);
    expect(terminal.pid).not.toBe(first);
  });

  it('says what it showed when something does not come', async () => {
    await terminal.waitFor(/ready> /);

    await expect(terminal.waitFor(/never/, { deadlineMs: 50 })).rejects.toThrow(
      /did not show \/never\/[\s\S]*Welcome/,
    );
  });
});

/** What bash sets by itself. */
const SHELL_OWN = ['OLDPWD', 'PWD', 'SHLVL', '_', 'COLUMNS', 'LINES'];
