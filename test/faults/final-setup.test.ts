import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { AgentHome } from '../../src/agent/agent-home.ts';
import { RealSystem } from '../../src/agent/real-system.ts';
import { hashFile } from '../../src/agent/run/staging.ts';
import { doActions } from '../../src/agent/setup/do-actions.ts';
import type { MoveAction, SetupAction } from '../../src/agent/setup/setup-run.ts';
import { setupRunsOf } from '../../src/agent/setup/setup-run.ts';
import { takeBackSetupFor } from '../../src/agent/setup/take-back.ts';
import type { System } from '../../src/agent/system.ts';
import { AppError } from '../../src/shared/errors.ts';
import { buildTinyInstallation } from '../fixtures/tiny-installation.ts';
import { put } from '../fixtures/write-files.ts';
import { runAgent } from '../helpers/agent.ts';
import { describeTree } from '../helpers/digest.ts';
import { putFakeUv } from '../helpers/fake-uv.ts';
import {
  faultySystem,
  REFUSABLE_CALLS,
  SimulatedCrash,
  WRITING_CALLS,
  withOverrides,
} from '../helpers/faulty-system.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { makeWheel } from '../helpers/wheel.ts';

/** With AWM_DEEP at every call; else at every third one. */
const STEP = process.env['AWM_DEEP'] === '1' ? 1 : 3;
/** What installs is a program: its call is one more point to be stopped at. */
const CALLS = [...WRITING_CALLS, 'run'] as const;
const ERRNOS = ['ENOSPC', 'EACCES', 'EIO'] as const;
const folder = useTempFolder('file');

let pid = 300_000;
let places = 0;

/** A home with a wheel that was proven, a `uv` and two commands that start the clone. */
class Place {
  readonly home: string;
  readonly agent: AgentHome;
  readonly places: { readonly source: string; readonly target: string };
  readonly actions: readonly SetupAction[];
  readonly before: readonly string[];

  constructor() {
    const root = join(folder(), `place-${++places}`);
    this.home = join(root, 'home');
    this.agent = new AgentHome(join(root, 'agent'));
    this.places = { source: join(this.home, 'clone'), target: join(this.home, '.agent-workflow') };
    putFakeUv(join(root, 'tools'), 'quick');
    put(root, 'agent_workflow-1.0-py3-none-any.whl', 'a wheel');
    const own = join(this.home, 'bin');
    const moves = ['start', 'stop'].map((name): MoveAction => {
      put(own, name, `#!/bin/sh\nexec python3 ${this.places.source}/${name}.py\n`, 0o755);
      const from = join(own, name);
      return { kind: 'move', what: 'leftover', from, to: `${from}.old-clone`, note: `${from}.moved.txt` };
    });
    put(this.home, '.config/mine', 'mine\n');
    const environment = join(this.home, '.local/share/uv/tools/agent-workflow');
    const wheel = join(root, 'agent_workflow-1.0-py3-none-any.whl');
    const system = this.process();
    const local = ['.local/share/uv/tools', '.local/share/uv', '.local/share', '.local/bin', '.local'];
    this.actions = [
      ...moves,
      {
        kind: 'install',
        method: 'uv',
        name: 'agent-workflow',
        version: '1.0',
        wheel,
        sha256: hashFile(system, wheel),
        environment,
        bin: join(this.home, '.local/bin'),
        commands: ['agent-orch', 'aw'],
        folders: local.map((rel) => join(this.home, rel)),
      },
    ];
    this.before = this.now();
  }

  /** A process of its own, and a disk that is never waited for. */
  process(): System {
    const mine = ++pid;
    const root = join(this.home, '..');
    return withOverrides(new RealSystem({ HOME: this.home, PATH: `${join(root, 'tools')}:/usr/bin:/bin` }), {
      pid: mine,
      isAlive: (other) => other === mine,
      processStart: (other) => (other === mine ? `start of ${mine}` : undefined),
      syncData: () => {},
      syncFolder: () => {},
    });
  }

  do(system: System): void {
    doActions(system, this.agent, this.places, this.actions, {
      python: '/usr/bin/python3',
      wheels: '/nowhere',
    });
  }

  takeBack() {
    return takeBackSetupFor(this.process(), this.agent, this.places.target);
  }

  outcome(): string | undefined {
    return setupRunsOf(this.process(), this.agent, this.places.target)[0]?.state.outcome;
  }

  /** Everything in the home but the times of folders, and the lock that a dead process leaves. */
  now(): string[] {
    const lines = describeTree(this.home).filter((line) => !line.includes('.migration-lock'));
    return lines.map((line) => (/ folder /.test(line) ? line.replace(/ \d+ \d+ $/, '') : line));
  }

  /** The same without times: what is installed twice is not installed at the same time. */
  settled(): string[] {
    return this.now().map((line) => line.replace(/ \d{19} /, ' '));
  }
}

function callsOf(calls: readonly (keyof System)[]): number {
  const place = new Place();
  const counted = faultySystem(place.process(), { calls, at: 0, fault: 'crash' });
  place.do(counted.system);
  return counted.count();
}

describe('a final setup, ended at any call', () => {
  it('by the death of the process is taken back to every byte, or done anew to the same result', () => {
    const calls = callsOf(CALLS);
    expect(calls).toBeGreaterThan(30);
    for (let at = 1; at <= calls; at += 1) {
      if (at % STEP !== 0) continue;
      const place = new Place();
      const faulty = faultySystem(place.process(), { calls: CALLS, at, fault: 'crash' });
      expect(() => place.do(faulty.system), `call ${at}`).toThrow(SimulatedCrash);
      const said = `call ${at}: ${faulty.failed()}`;
      const isDone = place.outcome() === 'complete';
      if ((at / STEP) % 2 === 0) {
        if (!isDone) place.do(place.process());
        const anew = place.settled();
        expect(place.takeBack().left, said).toEqual([]);
        place.do(place.process());
        expect(anew, said).toEqual(place.settled());
      }
      expect(place.takeBack().left, said).toEqual([]);
      expect(place.now(), said).toEqual(place.before);
    }
  });

  it('by the death of the installer half-way is taken back to every byte', () => {
    const place = new Place();
    const { environment } = place.actions[2] as { environment: string };
    const dying = withOverrides(place.process(), {
      run: () => {
        put(environment, 'lib/half', 'half of it');
        put(environment, 'bin/agent-orch', '#!/bin/sh\n', 0o755);
        throw new SimulatedCrash('kill -9 of everything');
      },
    });
    expect(() => place.do(dying)).toThrow(SimulatedCrash);

    expect(place.takeBack().left).toEqual([]);
    expect(place.now()).toEqual(place.before);
  });

  it('and ended again at any call while it is taken back, comes to the same bytes', () => {
    const taken = new Place();
    taken.do(taken.process());
    const counted = faultySystem(taken.process(), { calls: CALLS, at: 0, fault: 'crash' });
    takeBackSetupFor(counted.system, taken.agent, taken.places.target);
    expect(counted.count()).toBeGreaterThan(15);
    for (let at = 1; at <= counted.count(); at += 1) {
      if (at % STEP !== 1 % STEP) continue;
      const place = new Place();
      place.do(place.process());
      const faulty = faultySystem(place.process(), { calls: CALLS, at, fault: 'crash' });
      expect(() => takeBackSetupFor(faulty.system, place.agent, place.places.target), `call ${at}`).toThrow(
        SimulatedCrash,
      );
      expect(place.takeBack().left, `call ${at}: ${faulty.failed()}`).toEqual([]);
      expect(place.now(), `call ${at}: ${faulty.failed()}`).toEqual(place.before);
    }
  });

  it('by an error of the system says so, and everything is as it was', () => {
    const calls = callsOf(REFUSABLE_CALLS);
    for (let at = 1; at <= calls; at += STEP) {
      const place = new Place();
      const fault = ERRNOS[at % ERRNOS.length] as (typeof ERRNOS)[number];
      const faulty = faultySystem(place.process(), { calls: REFUSABLE_CALLS, at, fault });
      let thrown: unknown;
      try {
        place.do(faulty.system);
      } catch (error) {
        thrown = error;
      }
      const said = `call ${at}: ${fault} at ${faulty.failed()}`;
      if (thrown !== undefined) expect(thrown, said).toBeInstanceOf(AppError);
      expect(place.takeBack().left, said).toEqual([]);
      expect(place.now(), said).toEqual(place.before);
      for (const run of setupRunsOf(place.process(), place.agent, place.places.target))
        expect(run.state.outcome, said).not.toBeUndefined();
      rmSync(join(place.home, '..'), { recursive: true });
    }
  });
});

describe('the real program, killed in its final setup', () => {
  const PRELOAD = pathToFileURL(join(import.meta.dirname, '..', 'helpers', 'kill-at.ts')).href;

  it('is rolled back to every byte, or installs anew', () => {
    const root = join(folder(), 'real');
    const tiny = buildTinyInstallation(root, 'none');
    const tools = join(root, 'tools');
    const wheels = join(root, 'wheels');
    const { pin } = makeWheel(wheels);
    putFakeUv(tools, 'quick');
    const env = {
      PATH: `${tools}:/usr/bin:/bin`,
      PACKAGE_SPEC: pin,
      MIGRATION_AGENT_HOME: tiny.agentHome,
      MIGRATION_BACKUP_DIR: tiny.backups,
    };
    const args = ['migrate-from-git', tiny.clone, '--automated', '--yes', '--install-package'];
    const install = [...args, '--install-with', 'uv', '--wheels', wheels];
    const now = () =>
      describeTree(tiny.home)
        .slice(1)
        .filter((line) => !line.includes('.migration-lock'));
    const rollBack = () => runAgent(tiny.home, ['restore-migration-backup', '--yes'], env);
    const before = now();
    expect(runAgent(tiny.home, install, env).exit).toBe(0);
    const { moved, settled } = recordsIn(tiny.agentHome);
    expect(rollBack().exit).toBe(0);
    expect(now()).toEqual(before);
    // After the intent and before uv; after uv and before its record; while the run notes the package.
    for (const [record, when, next] of [
      [moved + 2, 'after', 'back'],
      [moved + 3, 'before', 'again'],
      [moved + 3, 'before', 'back'],
      [moved + settled + 2, 'after', 'back'],
    ] as const) {
      const kill = { NODE_OPTIONS: `--import ${PRELOAD}`, AWM_KILL_AT: `${record} ${when} SIGKILL` };
      const said = `killed ${when} record ${record}`;
      expect(runAgent(tiny.home, install, { ...env, ...kill }).exit, said).toBe(-1);
      if (next === 'again') {
        const again = runAgent(tiny.home, install, env);
        expect(again.exit, `${said}: ${again.stderr}`).toBe(0);
        expect(existsSync(join(tiny.home, '.local/bin/agent-orch')), said).toBe(true);
      }
      const back = rollBack();
      expect(back.exit, `${said}: ${back.stderr}`).toBe(0);
      expect(now(), said).toEqual(before);
    }
  });
});

/** Records of the migration up to its first end, and of its setup run. */
function recordsIn(agentHome: string): { moved: number; settled: number } {
  const journals = (name: string) =>
    readdirSync(join(agentHome, name)).map((run) =>
      readFileSync(join(agentHome, name, run, 'journal.ndjson'), 'utf8')
        .trim()
        .split('\n'),
    );
  const [run = []] = journals('runs');
  const [setup = []] = journals('setup');
  return { moved: run.findIndex((line) => line.includes('"type":"end"')) + 1, settled: setup.length };
}
