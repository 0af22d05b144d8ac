import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandFindings, commandsOnPath } from '../../../../src/agent/survey/machine/commands-on-path.ts';
import { put } from '../../../fixtures/write-files.ts';
import { systemAt } from '../../../helpers/plan.ts';
import { useTempFolder } from '../../../helpers/temp.ts';

const temp = useTempFolder();
const clone = () => join(temp(), 'clone');

describe('which agent-orch and aw a shell starts', () => {
  it.each([
    ['.bashrc', 'export PATH="$HOME/clone/bin:$PATH"', 'bash'],
    ['.zshrc', 'path=(~/clone/bin $path)', 'zsh'],
    ['.config/fish/config.fish', 'fish_add_path ~/clone/bin', 'fish'],
    ['.config/fish/config.fish', 'set -gx PATH $HOME/clone/bin $PATH', 'fish'],
    ['.profile', `PATH="$\{HOME}/clone/bin:$PATH"`, 'sh'],
    ['.bashrc', 'cd ~/clone && . ~/clone/bin/activate', 'bash'],
  ])('follows what %s does to PATH: %s', (file, line, shell) => {
    program('clone/bin/agent-orch');
    program('bin/agent-orch');
    put(temp(), file, `# PATH=/nowhere\n${line}\n`);
    expect(starts(shell, 'agent-orch')).toMatchObject({
      starts: join(clone(), 'bin/agent-orch'),
      of: 'clone',
    });
  });

  it('lets the first folder win, and knows the package by what its probe found', () => {
    program('clone/bin/agent-orch');
    const installed = program('bin/agent-orch');
    put(temp(), '.bashrc', 'export PATH="$PATH:$HOME/clone/bin"\n');
    expect(starts('bash', 'agent-orch', installed)).toMatchObject({ starts: installed, of: 'package' });
  });

  it('takes an alias before any folder, and shows only a path of its text', () => {
    program('bin/aw');
    put(temp(), '.bash_aliases', `\nalias aw='TOKEN=abc123secret python ~/clone/scripts/orchestrator.py'\n`);
    const found = starts('bash', 'aw');
    expect(found).toMatchObject({
      starts: join(clone(), 'scripts/orchestrator.py'),
      of: 'clone',
      file: join(temp(), '.bash_aliases'),
      line: 2,
    });
    expect(JSON.stringify(found)).not.toContain('abc123');
  });

  it('knows a program outside that runs with the Python of the clone, or of an editable environment', () => {
    const editable = join(temp(), 'venvs/aw');
    put(temp(), 'bin/agent-orch', `#!${clone()}/venv/bin/python\n`, 0o755);
    put(temp(), 'bin/aw', `#!${editable}/bin/python\n`, 0o755);
    put(temp(), '.bashrc', '');
    expect(starts('bash', 'agent-orch').of).toBe('clone');
    expect(all(undefined, []).find(({ command }) => command === 'aw')?.of).toBe('unknown');
    expect(all(undefined, [editable]).find(({ command }) => command === 'aw')?.of).toBe('clone');
  });

  it('is a finding once for all shells where the code of the clone would go on running', () => {
    program('clone/bin/agent-orch');
    for (const file of ['.bashrc', '.zshrc']) put(temp(), file, 'export PATH="$HOME/clone/bin:$PATH"\n');
    const findings = commandFindings(all());
    expect(findings).toMatchObject([
      { code: 'command-of-clone', level: 'warning', message: expect.stringContaining('bash, zsh') },
    ]);
  });
});

function program(path: string): string {
  put(temp(), path, '#!/bin/sh\n', 0o755);
  return join(temp(), path);
}

function all(command?: string, editable: readonly string[] = []) {
  const system = systemAt(temp(), { PATH: `${join(temp(), 'bin')}:/usr/bin:/bin` });
  return commandsOnPath(system, clone(), editable, command);
}

function starts(shell: string, command: string, probed?: string) {
  const found = all(probed).find((one) => one.shell === shell && one.command === command);
  if (found === undefined) throw new Error(`${shell} starts no ${command}`);
  return found;
}
