import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agreeOnPackage } from '../../../src/agent/setup/agree-on-package.ts';
import { installAgreed } from '../../../src/agent/setup/install-agreed.ts';
import type { InstallMethod } from '../../../src/agent/setup/installers.ts';
import { readSetupRecords } from '../../../src/agent/setup/setup-run.ts';
import { takeBackSetupFor } from '../../../src/agent/setup/take-back.ts';
import { probePackage } from '../../../src/agent/survey/package-probe.ts';
import type { System } from '../../../src/agent/system.ts';
import { put } from '../../fixtures/write-files.ts';
import { describeTree } from '../../helpers/digest.ts';
import { putFakeUv } from '../../helpers/fake-uv.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { makeWheel } from '../../helpers/wheel.ts';
import { talkAt } from './talk.ts';

describe('installing the package', () => {
  const folder = useTempFolder();
  const home = () => join(folder(), 'home');
  const bin = () => join(home(), '.local/bin');
  const places = () => ({ source: join(home(), 'clone'), target: join(home(), '.agent-workflow') });
  const system = () => systemAt(home(), { PATH: `${bin()}:${join(folder(), 'tools')}:/usr/bin:/bin` });
  const agentHome = () => talkAt(system(), {}).settings.home;
  const takeBack = () => takeBackSetupFor(system(), agentHome(), places().target);

  async function install(method: InstallMethod, on: System = system()) {
    put(home(), '.profile', '# mine\n');
    putFakeUv(join(folder(), 'tools'), 'real');
    const wheels = join(folder(), 'wheels');
    const { pin } = makeWheel(wheels);
    const got = await agreeOnPackage(talkAt(system(), { spec: pin }), { ...places(), wheels, method });
    if (got.kind !== 'install') throw new Error(`not to be installed: ${got.kind}`);
    return installAgreed(on, agentHome(), places(), got.agreed);
  }

  it.each(['venv', 'pipx', 'uv'] as const)(
    'with %s gives a command that the probe takes, and that goes away again',
    async (method) => {
      const done = await install(method);

      expect(done).toMatchObject({ command: join(bin(), 'agent-orch'), version: '1.2.0', onPath: true });
      expect(execFileSync(done.command, ['status'], { encoding: 'utf8' })).toBe('fine status\n');
      expect(probePackage(system())).toMatchObject({ installed: true, version: '1.2.0', readsStore: 'yes' });
      const again = await agreeOnPackage(talkAt(system(), {}), places());
      expect(again).toMatchObject({ kind: 'found', facts: { starts: 'agent_workflow.cli.main:main' } });

      // What Python compiles when it runs is no change.
      expect(takeBack()).toEqual({ takenBack: [done.environment], left: [] });
      expect([done.command, join(bin(), 'aw'), done.environment].filter((path) => existsSync(path))).toEqual(
        [],
      );
      expect(takeBack()).toEqual({ takenBack: [], left: [] });
    },
  );

  it('is no reason to remove what somebody changed since', async () => {
    const done = await install('venv');
    appendFileSync(join(done.environment, 'pyvenv.cfg'), '# mine\n');

    expect(takeBack()).toEqual({
      takenBack: [],
      left: [{ path: done.environment, reason: 'it was changed since it was installed' }],
    });
    expect(lstatSync(done.command).isSymbolicLink()).toBe(true);
  });

  it('that fails leaves the home folder as it was, and its run is taken back', async () => {
    const files = () =>
      describeTree(home()).filter((line) => !/^(\.|\.local.*) folder|migration-agent/.test(line));
    put(home(), '.profile', '# mine\n');
    const empty = files();
    const failing = withOverrides(system(), {
      symlink: () => {
        throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
      },
    });

    await expect(install('venv', failing)).rejects.toMatchObject({ code: 'NO_PERMISSION' });

    expect(files().map((line) => line.split(' ')[0])).toEqual(empty.map((line) => line.split(' ')[0]));
    expect(readSetupRecords(system(), agentHome())).toHaveLength(1);
    expect(takeBack()).toEqual({ takenBack: [], left: [] });
  });

  it('with uv where uv refuses leaves nothing, and says what it said', async () => {
    const late = withOverrides(system(), {
      run: (...args) => {
        put(bin(), 'aw', '# mine\n');
        return system().run(...args);
      },
    });

    await expect(install('uv', late)).rejects.toMatchObject({
      code: 'PACKAGE_INSTALL_FAILED',
      message: expect.stringContaining('Executable already exists: aw'),
    });
    expect(existsSync(join(home(), '.local/share/uv'))).toBe(false);
    expect(existsSync(join(bin(), 'agent-orch'))).toBe(false);
  });

  it('in the place of a command that is there is refused before anything is made', async () => {
    put(bin(), 'agent-orch', '# mine\n', 0o644);

    await expect(install('venv')).rejects.toMatchObject({ code: 'SETUP_CONFLICT' });
    expect(existsSync(join(home(), '.local/share'))).toBe(false);
  });
});
