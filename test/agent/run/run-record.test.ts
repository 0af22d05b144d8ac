import { hash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AgentHome } from '../../../src/agent/agent-home.ts';
import { RealSystem } from '../../../src/agent/real-system.ts';
import { type Entry, Journal, type JournalRecord } from '../../../src/agent/run/journal.ts';
import { MIGRATION_STEPS } from '../../../src/agent/run/migration-steps.ts';
import { phaseStates } from '../../../src/agent/run/phase-states.ts';
import { PHASES } from '../../../src/agent/run/phases.ts';
import { openRunFor } from '../../../src/agent/run/refuse.ts';
import {
  createRun,
  damagedRecords,
  listRuns,
  loadPlan,
  loadRun,
  newestRun,
  type RunRecord,
  readRecords,
  stateOf,
} from '../../../src/agent/run/run-record.ts';
import { faultySystem, WRITING_CALLS } from '../../helpers/faulty-system.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const PLAN = Buffer.from('{"schema": "awm/plan/1"}');

const folder = useTempFolder();
const system = new RealSystem();
const home = () => new AgentHome(join(folder(), 'agent'));

function record(id: string, more: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 'awm/run/1',
    id,
    kind: 'migrate',
    started: '2025-05-01T00:00:00.000Z',
    tool: 'test',
    target: join(folder(), 'home'),
    targetPresent: false,
    backups: join(folder(), 'backups'),
    migrate: {
      source: join(folder(), 'clone'),
      installationId: 'test',
      answers: {},
      probe: { installed: false },
      planDigest: hash('sha256', PLAN, 'hex'),
      allowUnreadable: false,
    },
    ...more,
  };
}

function entries(...records: JournalRecord[]): Entry[] {
  return records.map((one, at) => ({ n: at + 1, at: '2025-05-01T00:00:00.000Z', ...one }));
}

function addRun(id: string, ...records: JournalRecord[]): void {
  const path = createRun(system, home(), record(id));
  const journal = Journal.open(system, path, id);
  for (const one of records) journal.add(one);
  journal.close();
}

describe('The state of a run', () => {
  test('tells done steps, announced ones, the last one and the failure from the journal', () => {
    const state = stateOf(
      entries(
        { type: 'begin' },
        { type: 'intent', step: 'a' },
        { type: 'done', step: 'a' },
        { type: 'intent', step: 'b' },
        { type: 'failed', step: 'b', code: 'IO_ERROR', reason: 'broken' },
      ),
    );
    expect(state).toEqual({
      outcome: undefined,
      undoing: false,
      done: new Set(['a']),
      open: ['b'],
      lastStep: 'b',
      failure: { step: 'b', code: 'IO_ERROR', reason: 'broken' },
    });
  });

  test('forgets a failure when the run goes on, and a step when it is taken back', () => {
    const state = stateOf(
      entries(
        { type: 'begin' },
        { type: 'done', step: 'a' },
        { type: 'failed', step: 'b', code: 'IO_ERROR', reason: 'broken' },
        { type: 'resume' },
        { type: 'undo' },
        { type: 'undone', step: 'a' },
        { type: 'end', outcome: 'undone' },
      ),
    );
    expect(state).toMatchObject({ outcome: 'undone', undoing: true, done: new Set(), failure: undefined });
  });

  test('of an empty journal is that nothing has begun', () => {
    expect(stateOf([])).toMatchObject({ outcome: undefined, lastStep: undefined, open: [] });
  });
});

describe('The runs of an agent home', () => {
  test('are listed newest first, and a folder without a record is none', () => {
    addRun('run-20250501-000000-aaaa', { type: 'begin' });
    addRun('run-20250502-000000-aaaa', { type: 'begin' }, { type: 'end', outcome: 'complete' });
    fs.mkdirSync(home().run('run-20250503-000000-aaaa'));
    expect(listRuns(system, home())).toEqual(['run-20250502-000000-aaaa', 'run-20250501-000000-aaaa']);
    expect(newestRun(system, home())?.record.id).toBe('run-20250502-000000-aaaa');
    expect(newestRun(system, home(), 'open')?.record.id).toBe('run-20250501-000000-aaaa');
  });

  test('are none where there is no home yet', () => {
    expect(listRuns(system, home())).toEqual([]);
    expect(newestRun(system, home())).toBeUndefined();
  });

  test('stay open at their end as long as their folders lie beside the target', () => {
    const id = 'run-20250501-000000-aaaa';
    addRun(id, { type: 'begin' }, { type: 'end', outcome: 'complete' });
    const aside = join(folder(), `home.${id}.aside`);
    fs.mkdirSync(aside);
    expect(loadRun(system, home(), id).state.outcome).toBeUndefined();
    fs.rmdirSync(aside);
    expect(loadRun(system, home(), id).state.outcome).toBe('complete');
  });

  test.each([
    ['cut in half', (text: string) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['no object', () => '"run"'],
    ['of another run', (text: string) => text.replaceAll('-bbbb', '-cccc')],
    ['of another kind', (text: string) => text.replace('awm/run/1', 'awm/setup/1')],
    ['without its facts', (text: string) => text.replace('"migrate": {', '"migrate": null, "more": {')],
  ])('are listed without one whose record is %s, which is named beside them', (_, damage) => {
    const [whole, damaged] = ['run-20250501-000000-aaaa', 'run-20250502-000000-bbbb'] as const;
    addRun(whole, { type: 'begin' });
    addRun(damaged, { type: 'begin' });
    const path = join(home().run(damaged), 'run.json');
    fs.writeFileSync(path, damage(fs.readFileSync(path, 'utf8')));
    expect(readRecords(system, home()).map(({ id }) => id)).toEqual([whole]);
    expect(damagedRecords(system, home())).toEqual([{ id: damaged, folder: home().run(damaged), path }]);
    expect(newestRun(system, home())?.record.id).toBe(whole);
    const named = expect.objectContaining({ code: 'RUN_RECORD_DAMAGED', file: path });
    expect(() => loadRun(system, home(), damaged)).toThrowError(named);
    expect(() => openRunFor(system, home(), join(folder(), 'another home'))).toThrowError(named);
  });

  test('name a record that is a folder as damaged', () => {
    fs.mkdirSync(join(home().run('run-1'), 'run.json'), { recursive: true });
    expect(damagedRecords(system, home())).toMatchObject([{ id: 'run-1' }]);
  });

  test.each(['run-1', '', '.', '..', '../run-1', 'a/b', 'a\\b'])('hold no run %j: RUN_NOT_FOUND', (id) => {
    expect(() => loadRun(system, home(), id)).toThrowError(
      expect.objectContaining({ code: 'RUN_NOT_FOUND' }),
    );
  });

  test('keep the plan of a migration byte for byte, private', () => {
    const path = createRun(system, home(), record('run-1'), PLAN);
    const run = loadRun(system, home(), 'run-1');
    expect(loadPlan(system, run)).toEqual({ schema: 'awm/plan/1' });
    expect(fs.readFileSync(join(path, 'plan.json'))).toEqual(PLAN);
    expect(fs.statSync(path).mode & 0o777).toBe(0o700);
    for (const name of fs.readdirSync(path)) expect(fs.statSync(join(path, name)).mode & 0o777).toBe(0o600);
  });

  test('are not begun at all where the disk refuses to keep their record', () => {
    for (let n = 1; ; n++) {
      const faulty = faultySystem(system, { calls: WRITING_CALLS, at: n, fault: 'ENOSPC' });
      try {
        createRun(faulty.system, home(), record(`run-${n}`), Buffer.from('{}'));
        break;
      } catch {
        expect(fs.existsSync(home().run(`run-${n}`)), `call ${n}: ${faulty.failed()}`).toBe(false);
      }
    }
  });
});

describe('The phases of a migration', () => {
  const before = (step: string) =>
    MIGRATION_STEPS.slice(
      0,
      MIGRATION_STEPS.findIndex(({ id }) => id === step),
    );
  const doneBefore = (step: string) =>
    before(step).map(({ id }): JournalRecord => ({ type: 'done', step: id }));

  test('all have a step, in the order in which people see them', () => {
    const order = MIGRATION_STEPS.map(({ phase }) => phase);
    expect([...new Set(order)]).toEqual(Object.keys(PHASES));
    expect(order.filter((phase, at) => phase !== order[at - 1])).toEqual(Object.keys(PHASES));
  });

  test('have not started before the first record', () => {
    expect(new Set(phaseStates(stateOf([])).map(({ state }) => state))).toEqual(new Set(['not started']));
  });

  test('are complete, incomplete or not started after an interruption in the middle', () => {
    const state = stateOf(entries(...doneBefore('verify-backup'), { type: 'intent', step: 'verify-backup' }));
    const states = Object.fromEntries(phaseStates(state).map((one) => [one.phase, one.state]));
    expect(states).toMatchObject({ analyze: 'complete', backup: 'incomplete', convert: 'not started' });
  });

  test('name the one that failed', () => {
    const state = stateOf(
      entries(
        ...doneBefore('check-staged'),
        { type: 'intent', step: 'check-staged' },
        { type: 'failed', step: 'check-staged', code: 'VALIDATION_FAILED', reason: 'wrong' },
      ),
    );
    expect(phaseStates(state).find(({ phase }) => phase === 'validate')).toEqual({
      phase: 'validate',
      state: 'failed',
      done: 0,
      of: 1,
    });
  });
});
