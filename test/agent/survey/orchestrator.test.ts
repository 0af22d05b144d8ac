import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findRunning, unclearPrograms } from '../../../src/agent/survey/orchestrator.ts';
import { put } from '../../fixtures/write-files.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { makeClone, systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
});

describe('a running orchestrator', () => {
  it('is noticed where it was started from inside the clone', async () => {
    const clone = cloneWithProgram();
    const pid = await start(['scripts/orchestrator.py'], clone);

    expect(find(clone)).toEqual({ pid, from: 'the list of processes' });
  });

  it('is noticed by the full path of its program', async () => {
    const clone = cloneWithProgram();
    const pid = await start([join(clone, 'scripts/orchestrator.py')], '/');

    expect(find(clone)?.pid).toBe(pid);
  });

  it('of another clone is none of ours', async () => {
    const clone = cloneWithProgram();
    const other = makeClone(join(temp(), 'clone-2'), { 'scripts/orchestrator.py': PROGRAM });
    await start(['scripts/orchestrator.py'], other);

    expect(find(clone)).toBe(undefined);
  });

  it('is noticed by its pid file', async () => {
    const clone = cloneWithProgram();
    const pid = await start(['-c', 'import sys; print("ready", flush=True); sys.stdin.read()'], '/');
    put(clone, '.orchestrator.pid', `${pid}\n`);

    expect(find(clone)).toEqual({ pid, from: join(clone, '.orchestrator.pid') });
  });

  it('is not made up from a pid file of a process that is another program', async () => {
    const clone = cloneWithProgram();
    const child = spawn('cat', [], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    await once(child, 'spawn');
    put(clone, 'orchestrator.pid', String(child.pid));

    expect(find(clone)).toBe(undefined);
  });

  it.each([
    ['/home/a/.local/bin/agent-orch start --discord', true],
    ['/usr/bin/python3 /home/a/.local/bin/agent-orch start', true],
    ['python3 -u -m agent_workflow.orchestrator', true],
    ['bash -c migration-agent exec -- agent-orch start', false],
    ['vim notes about agent-orch start', false],
    ['/usr/bin/agent-orch status', false],
  ])('of the package is a program, not words in the arguments of another: %s', (command, isOne) => {
    const system = withOverrides(systemAt(temp()), {
      processes: () => [{ pid: 4_194_299, command, cwd: '/' }],
    });

    const found = findRunning(system, cloneWithProgram(), join(temp(), '.agent-workflow'));

    expect(found !== undefined).toBe(isOne);
  });

  describe('of the package', () => {
    const FAKE = 4_194_299;
    const home = () => join(temp(), '.agent-workflow');
    const findWith = (
      variables: Record<string, string> | undefined,
      { command = '/usr/bin/agent-orch start', cwd = '/', owner = process.getuid?.() ?? 0 } = {},
    ) => {
      const base = systemAt(temp());
      const system = withOverrides(base, {
        processes: () => [{ pid: FAKE, command, cwd }],
        processVariables: () => variables,
        stat: (path) => (path === `/proc/${FAKE}` ? { ...base.stat('/')!, uid: owner } : base.stat(path)),
      });
      const clone = cloneWithProgram();
      return {
        isOurs: findRunning(system, clone, home()) !== undefined,
        unclear: unclearPrograms(system, clone, home()),
      };
    };

    it('counts with this configuration home, by its variable or by its home folder', () => {
      expect(findWith({ AGENT_WORKFLOW_CONFIG_DIR: home() }).isOurs).toBe(true);
      expect(findWith({ AGENT_WORKFLOW_CONFIG_DIR: `${home()}/` }).isOurs).toBe(true);
      expect(findWith({ HOME: temp() }).isOurs).toBe(true);
      expect(findWith({ AGENT_WORKFLOW_CONFIG_DIR: '.agent-workflow' }, { cwd: temp() }).isOurs).toBe(true);
    });

    it('is none of ours with another configuration home', () => {
      expect(findWith({ AGENT_WORKFLOW_CONFIG_DIR: '/elsewhere', HOME: temp() }).isOurs).toBe(false);
      expect(findWith({ HOME: '/home/other' }).isOurs).toBe(false);
    });

    it('counts whatever its home when it runs from the clone', () => {
      const command = `${join(temp(), 'clone')}/venv/bin/python ${join(temp(), 'clone')}/venv/bin/agent-orch start`;
      expect(findWith({ HOME: '/home/other' }, { command }).isOurs).toBe(true);
      expect(findWith({ HOME: '/home/other' }, { cwd: join(temp(), 'clone') }).isOurs).toBe(true);
    });

    it('counts where nobody can tell and it is of this user; of another it is said, with a command to look', () => {
      expect(findWith(undefined)).toMatchObject({ isOurs: true, unclear: [] });
      const other = findWith(undefined, { owner: 4_000_000 });
      expect(other.isOurs).toBe(false);
      expect(other.unclear).toMatchObject([{ run: expect.stringContaining(`/proc/${FAKE}/environ`) }]);
    });

    it('is told apart by the environment of a real process', async () => {
      const pid = await start(['-c', 'print("ready", flush=True); import sys; sys.stdin.read()'], '/', {
        AGENT_WORKFLOW_CONFIG_DIR: '/elsewhere',
        SECRET: 'x',
      });
      expect(systemAt(temp()).processVariables(pid, ['AGENT_WORKFLOW_CONFIG_DIR'])).toEqual({
        AGENT_WORKFLOW_CONFIG_DIR: '/elsewhere',
      });
      expect(systemAt(temp()).processVariables(4_194_300, ['HOME'])).toBe(undefined);
    });
  });

  it.each([
    ['of a process that ended', '4194300'],
    ['without a number', 'gone'],
    ['that is empty', ''],
  ])('is not made up from a pid file %s', (_, content) => {
    const clone = cloneWithProgram();
    put(clone, 'orchestrator.pid', content);

    expect(find(clone)).toBe(undefined);
  });
});

const PROGRAM = 'import sys\nprint("ready", flush=True)\nsys.stdin.read()\n';

function cloneWithProgram(): string {
  return makeClone(join(temp(), 'clone'), { 'scripts/orchestrator.py': PROGRAM });
}

/** Starts Python, which says when it runs and then waits until its input ends. */
async function start(args: string[], cwd: string, env = process.env): Promise<number> {
  const child = spawn('/usr/bin/python3', args, { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout!, 'data');
  return child.pid!;
}

function find(clone: string) {
  return findRunning(systemAt(temp()), clone, join(temp(), '.agent-workflow'));
}
