import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { findCommand, isUsable, probePackage } from '../../../src/agent/survey/package-probe.ts';
import { put } from '../../fixtures/write-files.ts';
import { describeTree } from '../../helpers/digest.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

/** Says what the package's command says, and tries to write to its home. */
const CLI = `import os, sys
open(os.path.join(os.environ["HOME"], "was-here"), "w").close()
if "--version" in sys.argv:
    print("agent-orch, version 9.9.9")
else:
    print("Usage: agent-orch [OPTIONS] COMMAND\\n\\nCommands:\\n  init       Begin\\n  projects   List\\n             them\\n\\nMore")
`;

const STORE_READER = 'def load(home):\n    return open(home / "credentials.enc", "rb").read()\n';

describe('the installed package', () => {
  it('is missing where no command is on PATH', () => {
    expect(probe()).toEqual({ installed: false });
  });

  it('is missing where its command does not even print its help', () => {
    script('bin/agent-orch', '#!/bin/sh\nexit 3\n');

    expect(probe()).toEqual({ installed: false });
  });

  it('is described by its command and its code, which never sees the real home', () => {
    install({ '__init__.py': '__version__ = "1.0.2"\n', 'core.py': 'import asyncio\n' });
    const before = describeTree(temp());

    expect(probe()).toEqual({
      installed: true,
      command: join(temp(), 'bin/agent-orch'),
      version: '1.0.2',
      commands: ['init', 'projects'],
      location: join(temp(), 'env/lib/agent_workflow'),
      readsStore: 'no',
      runsDiscord: 'no',
      readsAgents: 'no',
    });
    expect(describeTree(temp())).toEqual(before);
  });

  it.each([
    [{ 'store.py': STORE_READER }, { readsStore: 'yes', runsDiscord: 'no', readsAgents: 'no' }],
    [{ 'cli/migrate.py': STORE_READER }, { readsStore: 'no' }],
    [{ 'bot.py': 'if True:\n    import discord\n' }, { runsDiscord: 'yes' }],
    [{ 'bot.py': '# import discord later\n' }, { runsDiscord: 'no' }],
    [{ 'roles.py': 'for a in (home / "agents").glob("*.yaml"): pass\n' }, { readsAgents: 'yes' }],
    [{ 'data.py': `x = "${'y'.repeat(1 << 20)}"\n` }, { readsStore: 'no' }],
  ])('with the code %j can do %j', (files, abilities) => {
    install({ '__init__.py': '', ...files });

    expect(probe()).toMatchObject(abilities);
  });

  it.each([
    ['env', '#!/usr/bin/env python3'],
    [
      'the two lines of pip for a path with spaces',
      `#!/bin/sh\n'''exec' "/usr/bin/python3" "$0" "$@"\n' '''`,
    ],
  ])('is found through %s', (_, start) => {
    install({ '__init__.py': '__version__ = "1.0.2"\n' }, start);

    expect(probe()).toMatchObject({ version: '1.0.2', readsStore: 'no' });
  });

  it('whose command is a program of another kind is asked for its version, and nothing else is known', () => {
    script('bin/aw', '#!/bin/sh\n[ "$1" = --version ] && echo "aw 2.0.1"\nexit 0\n');

    expect(probe()).toMatchObject({
      version: '2.0.1',
      commands: [],
      location: undefined,
      readsStore: 'unknown',
    });
  });

  it('is usable only when it reads the store', () => {
    install({ '__init__.py': '', 'store.py': STORE_READER });
    expect(isUsable(probe())).toBe(true);
    install({ '__init__.py': '', 'store.py': '' });
    expect(isUsable(probe())).toBe(false);
    expect(isUsable({ installed: false })).toBe(false);
  });
});

describe('a command', () => {
  it('is the first executable on PATH, then in ~/.local/bin, links included', () => {
    script('.local/bin/tool', '#!/bin/sh\n');
    expect(findCommand(system(), ['tool'])).toBe(join(temp(), '.local/bin/tool'));

    put(temp(), 'bin/tool', 'not executable', 0o644);
    mkdirSync(join(temp(), 'bin/other'));
    expect(findCommand(system(), ['other', 'tool'])).toBe(join(temp(), '.local/bin/tool'));

    symlinkSync('../.local/bin/tool', join(temp(), 'bin/third'));
    expect(findCommand(system(), ['third'])).toBe(join(temp(), 'bin/third'));
  });
});

/** Where the fake package's command goes. */
beforeEach(() => mkdirSync(join(temp(), 'bin')));

function install(files: Record<string, string>, start?: string): void {
  for (const [path, content] of Object.entries(files)) put(temp(), `env/lib/agent_workflow/${path}`, content);
  const wrapper = `#!/bin/sh\nPYTHONPATH="${join(temp(), 'env/lib')}" exec /usr/bin/python3 -B "$@"\n`;
  script('env/bin/python3', wrapper);
  const first = start ?? `#!${join(temp(), 'env/bin/python3')}`;
  script(
    'bin/agent-orch',
    `${first.replaceAll('/usr/bin/python3', join(temp(), 'env/bin/python3'))}\n${CLI}`,
  );
}

function script(path: string, content: string): void {
  put(temp(), path, content);
  chmodSync(join(temp(), path), 0o755);
}

/** The wrapped Python comes before the machine's own, so that `env python3` finds it too. */
function system() {
  return systemAt(temp(), { PATH: `${join(temp(), 'bin')}:${join(temp(), 'env/bin')}:/usr/bin:/bin` });
}

function probe() {
  return probePackage(system());
}
