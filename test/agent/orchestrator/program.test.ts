import { describe, expect, it } from 'vitest';
import { describeProgram, unitOf } from '../../../src/agent/orchestrator/program.ts';
import { tokenShapes } from '../../fixtures/canaries.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('the service of a program', () => {
  it.each([
    [
      '0::/user.slice/user-1000.slice/user@1000.service/app.slice/agent-workflow.service\n',
      { name: 'agent-workflow.service', scope: 'user' },
    ],
    ['0::/system.slice/agent-workflow.service\n', { name: 'agent-workflow.service', scope: 'system' }],
    ['12:cpu:/x\n1:name=systemd:/system.slice/aw.service/child\n', { name: 'aw.service', scope: 'system' }],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-term-7.scope\n', undefined],
    ['0::/user.slice/user-1000.slice/session-3.scope\n', undefined],
    ['0::/user.slice/user-1000.slice/user@1000.service\n', undefined],
    ['0::/\n', undefined],
    ['', undefined],
  ])('is read from %j', (cgroup, unit) => {
    expect(unitOf(cgroup)).toEqual(unit);
  });
});

describe('a program that runs', () => {
  it('is described with all that it takes to start it again', () => {
    const program = describeProgram(systemAt(temp()), { pid: process.pid, from: '', command: 'node x' });
    expect(program).toMatchObject({ pid: process.pid, command: 'node x', start: expect.any(String) });
    expect(program.launch).toMatchObject({ cwd: process.cwd(), args: expect.any(Array) });
    expect(program.launch?.args.length).toBeGreaterThan(0);
    expect(program.launch?.env['PATH']).toBe(process.env['PATH']);
  });

  it.each([
    [`aw start --token ${tokenShapes.discord('x')}`],
    [`aw start --discord-token=hunter2hunter2`],
    [`aw start --token hunter2`],
    [`aw start DISCORD_BOT_TOKEN=${tokenShapes.discord('y')}`],
  ])('is shown without the secrets of its command line: %s', (command) => {
    const shown = describeProgram(systemAt(temp()), { pid: 4_194_300, from: '', command }).command;
    expect(shown).toMatch(/^aw start (--token )?…$/);
  });

  it('that is gone meanwhile has no launch', () => {
    expect(describeProgram(systemAt(temp()), { pid: 4_194_300, from: '', command: 'x' })).toMatchObject({
      launch: undefined,
      unit: undefined,
    });
  });
});
