import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkCommands } from '../../../src/agent/checks/command-functionality.ts';
import type { InstalledPackage } from '../../../src/agent/survey/package-probe.ts';
import { put } from '../../fixtures/write-files.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { prepareHome } from './prepared-home.ts';

const temp = useTempFolder();

describe('command_functionality', () => {
  it('is content where the commands answer and the list shows every project', () => {
    expect(look('echo "api  /x  active"')).toMatchObject({ status: 'ok', done: 4, of: 4 });
  });

  it('is a warning where a project is not in the list', () => {
    expect(look('echo "no projects"')).toMatchObject({
      status: 'warning',
      done: 3,
      reason: 'agent-orch projects list (api is not in it) did not answer as expected',
    });
  });

  it('is a warning with each command that fails', () => {
    expect(look('[ "$1" = status ] && exit 1; echo api')).toMatchObject({
      status: 'warning',
      done: 3,
      reason: 'agent-orch status did not answer as expected',
    });
    expect(look('[ "$1" = configure ] && echo "Missing section: discord"; echo api')).toMatchObject({
      reason: 'agent-orch configure --validate did not answer as expected',
    });
  });

  it('takes a health command that found something wrong for one that works', () => {
    expect(
      look('[ "$1" = health ] && { echo "Configuration Health: poor"; exit 1; }; echo api'),
    ).toMatchObject({
      status: 'ok',
    });
  });

  it('asks in the new home, whatever the environment says', () => {
    const { target } = prepareHome(temp());

    look(`[ "$AGENT_WORKFLOW_CONFIG_DIR" = "${target}" ] && [ "$PWD" = "${target}" ] && echo api || exit 9`);

    expect(look(`[ "$PWD" = "${target}" ] && echo api || exit 9`)).toMatchObject({ status: 'ok' });
  });

  it('is a warning that says how to install the package where there is none', () => {
    const { target } = prepareHome(temp());

    expect(checkCommands(systemAt(temp()), target, { installed: false })).toMatchObject({
      status: 'warning',
      done: 0,
      reason: expect.stringContaining('pipx install agent-workflow'),
    });
  });
});

function look(script: string) {
  const { target } = prepareHome(temp());
  put(temp(), 'bin/agent-orch', `#!/bin/sh\n${script}\n`);
  chmodSync(join(temp(), 'bin/agent-orch'), 0o755);
  const probe: InstalledPackage = {
    installed: true,
    command: join(temp(), 'bin/agent-orch'),
    version: undefined,
    commands: [],
    location: undefined,
    readsStore: 'unknown',
    runsDiscord: 'unknown',
    readsAgents: 'unknown',
  };
  return checkCommands(systemAt(temp()), target, probe);
}
