import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Consent } from '../../../src/agent/orchestrator/consent.ts';
import { describeProgram } from '../../../src/agent/orchestrator/program.ts';
import { StoppedOrchestrators } from '../../../src/agent/orchestrator/stopped.ts';
import { RealSystem } from '../../../src/agent/real-system.ts';
import { Journal } from '../../../src/agent/run/journal.ts';
import { findAllRunning } from '../../../src/agent/survey/orchestrator.ts';
import type { System } from '../../../src/agent/system.ts';
import { put } from '../../fixtures/write-files.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { useOrchestrator } from '../../helpers/orchestrator-program.ts';
import { makeClone } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const start = useOrchestrator();
const RUN = 'run_1';

function places() {
  return { clone: makeClone(join(temp(), 'clone'), {}), target: join(temp(), '.agent-workflow') };
}

function journalIn(system: System): Journal {
  const folder = join(temp(), 'run');
  if (!existsSync(folder)) mkdirSync(folder);
  return Journal.open(system, folder, RUN);
}

/** A `systemctl` that writes down what it was asked; `stop` ends the process as systemd would. `main`: of the service. */
function fakeSystemctl(pid: number, main = pid): { system: System; asked: () => string[] } {
  const bin = join(temp(), 'bin');
  const log = join(temp(), 'systemctl.log');
  put(
    bin,
    'systemctl',
    `#!/bin/sh\necho "$*" >> ${log}\ncase "$*" in *" stop "*) kill ${pid} ;; *" show "*) echo MainPID=${main} ;; esac\n`,
  );
  chmodSync(join(bin, 'systemctl'), 0o755);
  const real = new RealSystem({ HOME: temp(), PATH: `${bin}:/usr/bin:/bin` });
  const cgroup = '0::/user.slice/user-7.slice/user@7.service/app.slice/aw.service\n';
  const system = withOverrides(real, {
    readFile: (path, most) =>
      path === `/proc/${pid}/cgroup` ? Buffer.from(cgroup) : real.readFile(path, most),
    run: (command, args, options) =>
      real.run(command === 'systemctl' ? join(bin, command) : command, args, options),
  });
  return { system, asked: () => readFileSync(log, 'utf8').trim().split('\n') };
}

/** A yes to all that runs now. */
function given(system: System, { clone, target }: ReturnType<typeof places>): Consent {
  const programs = findAllRunning(system, clone, target).map((one) => describeProgram(system, one));
  return { programs, waitMs: 20_000, endAtOnce: async () => false };
}

async function stopIn(system: System, where: ReturnType<typeof places>): Promise<void> {
  const journal = journalIn(system);
  try {
    await StoppedOrchestrators.stop(system, journal, temp(), where, given(system, where));
  } finally {
    journal.close();
  }
}

describe('orchestrators that are stopped for a while', () => {
  it('are stopped and started through systemd where they are a service of it', async () => {
    const where = places();
    const { pid } = await start(where.clone, join(temp(), 'log'));
    const { system, asked } = fakeSystemctl(pid);
    const journal = journalIn(system);
    const stopped = await StoppedOrchestrators.stop(system, journal, temp(), where, given(system, where));
    expect(await stopped.start(() => undefined)).toEqual({
      stopped: ['aw.service'],
      started: ['aw.service'],
      left: [],
    });
    journal.close();
    expect(asked()).toEqual([
      '--no-ask-password --user show --property=MainPID -- aw.service',
      '--no-ask-password --user stop -- aw.service',
      '--no-ask-password --user daemon-reload',
      '--no-ask-password --user start -- aw.service',
    ]);
  });

  it('are still known after a crash: a service is started, a program is told with the reason', async () => {
    const where = places();
    const program = await start(where.clone, join(temp(), 'log'));
    const system = new RealSystem({ HOME: temp(), PATH: '/usr/bin:/bin' });
    const first = journalIn(system);
    await StoppedOrchestrators.stop(system, first, temp(), where, given(system, where));
    first.close();
    expect(program.log().at(-1)).toBe('end');

    const second = journalIn(system);
    const again = await StoppedOrchestrators.stop(system, second, temp(), where, undefined);
    const { started, left } = await again.start(() => undefined);
    second.close();
    expect(started).toEqual([]);
    expect(left).toMatchObject([{ reason: expect.stringContaining('environment is kept nowhere') }]);
    expect(program.pids()).toHaveLength(1);

    const third = journalIn(system);
    const nothing = await StoppedOrchestrators.stop(system, third, temp(), where, undefined);
    expect(nothing.names).toEqual([]);
    third.close();
  });

  it('are told apart by arguments that are not shown: one that runs again does not stand for the other', async () => {
    const where = places();
    const one = await start(where.clone, join(temp(), 'one'), ['--port', '1']);
    const two = await start(where.clone, join(temp(), 'two'), ['--port', '2']);
    const system = new RealSystem({ HOME: temp(), PATH: '/usr/bin:/bin' });
    const journal = journalIn(system);
    const stopped = await StoppedOrchestrators.stop(system, journal, temp(), where, given(system, where));
    await start(where.clone, join(temp(), 'two'), ['--port', '2']);
    expect(await stopped.start(() => undefined)).toMatchObject({ left: [] });
    journal.close();
    await expect.poll(() => one.pids()).toHaveLength(2);
    expect(two.pids()).toHaveLength(2);
  });

  it('are told after a crash also where one that looks like them runs, since their arguments are kept nowhere', async () => {
    const where = places();
    await start(where.clone, join(temp(), 'one'), ['--port', '1']);
    const system = new RealSystem({ HOME: temp(), PATH: '/usr/bin:/bin' });
    await stopIn(system, where);
    const other = await start(where.clone, join(temp(), 'other'), ['--port', '2']);

    const journal = journalIn(system);
    const again = await StoppedOrchestrators.stop(system, journal, temp(), where, given(system, where));
    const { started, left } = await again.start(() => undefined);
    journal.close();
    expect(started).toHaveLength(1);
    expect(left).toMatchObject([{ reason: expect.stringMatching(/^process \d+ looks like it/) }]);
    await expect.poll(() => other.pids()).toHaveLength(2);
  });

  it('stay where only a pid file tells of them: the number may be any program’s by now', async () => {
    const where = places();
    const program = await start(join(temp(), 'elsewhere'), join(temp(), 'log'));
    put(where.clone, '.orchestrator.pid', `${program.pid}\n`);
    await expect(
      stopIn(new RealSystem({ HOME: temp(), PATH: '/usr/bin:/bin' }), where),
    ).rejects.toMatchObject({
      code: 'ORCHESTRATOR_NOT_STOPPED',
      params: { reason: expect.stringContaining('.orchestrator.pid') },
    });
    expect(program.log()).toHaveLength(1);
  });

  it('stay where they are of another user, whose program would else be started again as this one', async () => {
    const where = places();
    const program = await start(where.clone, join(temp(), 'log'));
    const real = new RealSystem({ HOME: temp(), PATH: '/usr/bin:/bin' });
    const system = withOverrides(real, {
      stat: (path) => {
        const stat = real.stat(path);
        return stat && path === `/proc/${program.pid}` ? { ...stat, uid: stat.uid + 1 } : stat;
      },
    });
    await expect(stopIn(system, where)).rejects.toMatchObject({
      params: { reason: 'it belongs to another user' },
    });
    expect(program.log()).toHaveLength(1);
  });

  it('stay where their service is another program’s, such as a terminal multiplexer', async () => {
    const where = places();
    const program = await start(where.clone, join(temp(), 'log'));
    const { system, asked } = fakeSystemctl(program.pid, 1);
    await expect(stopIn(system, where)).rejects.toMatchObject({
      params: { reason: expect.stringContaining('aw.service, which is another program’s') },
    });
    expect(asked().filter((line) => line.includes(' stop '))).toEqual([]);
    expect(program.log()).toHaveLength(1);
  });

  it('stay where they started after the yes was given: it was for those that were shown', async () => {
    const where = places();
    const shown = await start(where.clone, join(temp(), 'shown'));
    const system = new RealSystem({ HOME: temp(), PATH: '/usr/bin:/bin' });
    const consent = given(system, where);
    const later = await start(where.clone, join(temp(), 'later'));
    const journal = journalIn(system);
    await expect(StoppedOrchestrators.stop(system, journal, temp(), where, consent)).rejects.toMatchObject({
      code: 'ORCHESTRATOR_NOT_STOPPED',
      params: { pid: later.pid, reason: 'it was not running when stopping was agreed to' },
    });
    journal.close();
    expect([...shown.log(), ...later.log()].filter((line) => line === 'end')).toEqual([]);
  });

  it('stay where nobody can tell whose they are, until a yes names them', async () => {
    const where = places();
    const program = await start(join(temp(), 'elsewhere'), join(temp(), 'log'));
    const real = new RealSystem({ HOME: temp(), PATH: '/usr/bin:/bin' });
    const system = withOverrides(real, {
      processes: () =>
        real.processes().map((one) => (one.pid === program.pid ? { ...one, command: 'aw start' } : one)),
      processVariables: (pid, names) => (pid === program.pid ? undefined : real.processVariables(pid, names)),
    });
    const [found] = findAllRunning(system, where.clone, where.target);
    expect(found).toMatchObject({ pid: program.pid, isSurelyOurs: false });
    const consent = given(system, where);
    const journal = journalIn(system);
    const stop = (programs: Consent['programs']) =>
      StoppedOrchestrators.stop(system, journal, temp(), where, { ...consent, programs });
    await expect(stop([])).rejects.toMatchObject({
      params: { pid: program.pid, reason: expect.stringContaining('nobody can tell') },
    });
    expect(program.log()).toHaveLength(1);
    expect((await stop(consent.programs)).names).toEqual(['aw start']);
    expect(program.log().at(-1)).toBe('end');
    journal.close();
  });

  it('run again at once where one of them does not stop', async () => {
    const where = places();
    const gentle = await start(where.clone, join(temp(), 'gentle'));
    await start(where.clone, join(temp(), 'stubborn'), ['--stubborn']);
    const system = new RealSystem({ HOME: temp(), PATH: '/usr/bin:/bin' });
    const journal = journalIn(system);
    const stop = StoppedOrchestrators.stop(system, journal, temp(), where, {
      ...given(system, where),
      waitMs: 1_000,
    });
    await expect(stop).rejects.toMatchObject({ code: 'ORCHESTRATOR_NOT_STOPPED' });
    journal.close();
    await expect.poll(() => gentle.pids()).toHaveLength(2);
  });
});
