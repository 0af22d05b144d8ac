import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { workingOn } from '../../../src/agent/run/lock.ts';
import { resumeMigration, undoMigration } from '../../../src/agent/run/migrate.ts';
import { phaseStates, standing, standsAt } from '../../../src/agent/run/phase-states.ts';
import { PHASES, type Phase } from '../../../src/agent/run/phases.ts';
import { newestRun, type Run } from '../../../src/agent/run/run-record.ts';
import { workedMs } from '../../../src/agent/run/worked.ts';
import { buildTinyInstallation, type TinyInstallation } from '../../fixtures/tiny-installation.ts';
import { put } from '../../fixtures/write-files.ts';
import { treeDigest } from '../../helpers/digest.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { describeHome, freshSystem, homeOf, migrateTiny, QUIET } from '../../helpers/tiny-migration.ts';

const folder = useTempFolder();
let tiny: TinyInstallation;

beforeEach(() => {
  tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
});

const ALL = Object.keys(PHASES) as Phase[];
const PAUSES = ALL.slice(0, -1);

function newest(): Run {
  const run = newestRun(freshSystem(tiny), homeOf(tiny));
  if (run === undefined) throw new Error('there is no run');
  return run;
}

async function pausedAfter(phase: Phase): Promise<Run> {
  const report = await migrateTiny(freshSystem(tiny), tiny, { ...QUIET, pauseAfter: phase });
  expect(report).toMatchObject({ outcome: 'paused' });
  return newest();
}

function done(run: Run): Phase[] {
  return phaseStates(run.state).flatMap(({ phase, state }) => (state === 'complete' ? [phase] : []));
}

function goOn(run: Run, pauseAfter?: Phase) {
  return resumeMigration(freshSystem(tiny), homeOf(tiny), run, { ...QUIET, pauseAfter });
}

describe('A run that is told to pause', () => {
  test.each(PAUSES)('after "%s" waits there, holds no lock, and has not touched the home', async (phase) => {
    const before = describeHome(tiny).filter((line) => !line.includes('.agent-workflow.'));
    const target = treeDigest(tiny.target);

    const run = await pausedAfter(phase);

    expect(done(run)).toEqual(ALL.slice(0, ALL.indexOf(phase) + 1));
    expect(run.state).toMatchObject({ paused: phase, outcome: undefined, open: [], failure: undefined });
    expect(workingOn(freshSystem(tiny), tiny.target)).toBeUndefined();
    expect(treeDigest(tiny.target)).toBe(target);
    undoMigration(freshSystem(tiny), homeOf(tiny), run, QUIET);
    expect(describeHome(tiny)).toEqual(before);
    expect(newest().state).toMatchObject({ outcome: 'undone', paused: undefined });
  });

  test('after each phase in turn ends like one that goes through, each process a new one', async () => {
    await pausedAfter('analyze');
    for (const phase of PAUSES.slice(1)) {
      expect(await goOn(newest(), phase)).toMatchObject({ outcome: 'paused' });
      expect(newest().state.paused).toBe(phase);
    }
    expect(await goOn(newest())).toMatchObject({ outcome: 'not-yet-usable' });
    expect(newest().state).toMatchObject({ outcome: 'not-yet-usable', paused: undefined });
    expect(newest().entries.filter(({ type }) => type === 'pause')).toHaveLength(PAUSES.length);
  });

  test('goes on to the end of a phase that it is in the middle of', async () => {
    const stopped = await migrateTiny(freshSystem(tiny), tiny, {
      ...QUIET,
      stopAsked: () => newestRun(freshSystem(tiny), homeOf(tiny))?.state.done.has('make-backup') === true,
    });
    expect(stopped.outcome).toBe('interrupted');

    await goOn(newest(), 'analyze');

    expect(newest().state.paused).toBe('backup');
  });

  test('and to stop at the same moment is stopped', async () => {
    const run = await pausedAfter('analyze');
    const report = await resumeMigration(freshSystem(tiny), homeOf(tiny), run, {
      emit: () => {},
      stopAsked: () => newest().state.done.has('verify-backup'),
      pauseAfter: 'backup',
    });
    expect(report.outcome).toBe('interrupted');
    expect(newest().state.paused).toBeUndefined();
  });

  test('tells in words where it waits, and that a process is at it where one is', async () => {
    const run = await pausedAfter('backup');
    expect(standsAt(run)).toBe('paused after "Creating backup"');
    expect(standing(run.state, false)).toBe('paused');
    expect(standing(run.state, true)).toBe('running');
  });
});

describe('A paused run', () => {
  const stays = async (run: Run, code: string, system = freshSystem(tiny)) => {
    const before = newest().entries;
    await expect(resumeMigration(system, homeOf(tiny), run, QUIET)).rejects.toMatchObject({ code });
    expect(newest().entries).toEqual(before);
    expect(newest().state.paused).toBe(run.state.paused);
    expect(workingOn(freshSystem(tiny), tiny.target)).toBeUndefined();
  };

  test.each(['analyze', 'register', 'validate'] as const)(
    'after "%s" does nothing and waits on when a file was added meanwhile, and goes on when it is gone again',
    async (phase) => {
      const run = await pausedAfter(phase);
      put(tiny.clone, 'agent-painter.yaml', 'name: painter\n');
      await stays(run, 'PLAN_STALE');

      rmSync(join(tiny.clone, 'agent-painter.yaml'));
      expect(await goOn(newest())).toMatchObject({ outcome: 'not-yet-usable' });
    },
  );

  test('whose source was changed can be taken back, and the new plan has the change in it', async () => {
    const run = await pausedAfter('register');
    put(tiny.clone, 'agent-poet.yaml', 'name: painter\n', 0o640);
    await stays(run, 'PLAN_STALE');

    undoMigration(freshSystem(tiny), homeOf(tiny), run, QUIET);
    expect(await migrateTiny(freshSystem(tiny), tiny)).toMatchObject({ outcome: 'not-yet-usable' });
  });

  test('does nothing and waits on while the orchestrator runs', async () => {
    const run = await pausedAfter('backup');
    const busy = withOverrides(freshSystem(tiny), {
      processes: () => [
        { pid: 7, command: `python3 ${tiny.clone}/scripts/orchestrator.py`, cwd: tiny.clone },
      ],
    });
    await stays(run, 'ORCHESTRATOR_RUNNING', busy);
  });

  test('keeps a second migration out, in words that fit', async () => {
    const run = await pausedAfter('backup');
    await expect(migrateTiny(freshSystem(tiny), tiny)).rejects.toMatchObject({
      code: 'RUN_OPEN',
      message: expect.stringContaining(`${run.record.id} is not finished: it was interrupted or paused`),
    });
  });
});

describe('The time of a run', () => {
  test('leaves out what it waited, and what it was interrupted', () => {
    const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000).toISOString();
    const entries = [
      { n: 1, at: at(0), type: 'begin' },
      { n: 2, at: at(1), type: 'intent', step: 'a' },
      { n: 3, at: at(4), type: 'done', step: 'a' },
      { n: 4, at: at(4), type: 'pause', after: 'analyze' },
      { n: 5, at: at(90_000), type: 'resume' },
      { n: 6, at: at(90_002), type: 'intent', step: 'b' },
      // The process ended here.
      { n: 7, at: at(99_000), type: 'resume' },
      { n: 8, at: at(99_003), type: 'done', step: 'b' },
      // Somebody set the clock back.
      { n: 9, at: at(50_000), type: 'end', outcome: 'complete' },
    ] as const;
    expect(workedMs(entries)).toBe(9_000);
  });
});
