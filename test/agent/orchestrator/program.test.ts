import { describe, expect, it } from 'vitest';
import { describeProgram, unitOf } from '../../../src/agent/orchestrator/program.ts';
import { tokenShapes } from '../../fixtures/canaries.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const GONE = { pid: 4_194_300, from: '', isSurelyOurs: true } as const;

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
    const program = describeProgram(systemAt(temp()), { ...GONE, pid: process.pid, command: 'aw start' });
    expect(program).toMatchObject({ pid: process.pid, command: 'aw start', start: expect.any(String) });
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
    const shown = describeProgram(systemAt(temp()), { ...GONE, command }).command;
    expect(shown).toMatch(/^aw start (--token )?…$/);
  });

  it.each([
    ['aw start -p hunter2', 'aw start …'],
    ['aw start -phunter2 --discord', 'aw start … --discord'],
    ['aw start -H Authorization: Bearer hunter2', 'aw start …'],
    ['aw start --url https://me:hunter2@host/x.py', 'aw start --url …'],
    [
      '/usr/bin/python3 -u /home/x/clone/scripts/orchestrator.py --port 80 hunter2',
      '/usr/bin/python3 -u /home/x/clone/scripts/orchestrator.py --port …',
    ],
    ['python3 -m agent_workflow.orchestrator', 'python3 -m agent_workflow.orchestrator'],
    ['python3 /opt/venv/bin/agent-orch start', 'python3 /opt/venv/bin/agent-orch start'],
  ])('is shown by its program, its script and known words alone: %s', (command, shown) => {
    expect(describeProgram(systemAt(temp()), { ...GONE, command }).command).toBe(shown);
  });

  it('has no launch where the system tells nothing of processes: its command is told', () => {
    const elsewhere = withOverrides(systemAt(temp()), { platform: 'darwin' });
    const program = describeProgram(elsewhere, { ...GONE, pid: process.pid, command: 'aw start' });
    expect(program).toMatchObject({ command: 'aw start', launch: undefined, unit: undefined });
  });

  it('that is gone meanwhile has no launch', () => {
    expect(describeProgram(systemAt(temp()), { ...GONE, command: 'x' })).toMatchObject({
      launch: undefined,
      unit: undefined,
    });
  });
});
