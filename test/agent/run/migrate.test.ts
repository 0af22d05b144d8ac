import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resumeMigration, runMigration, undoMigration } from '../../../src/agent/run/migrate.ts';
import { MIGRATION_STEPS } from '../../../src/agent/run/migration-steps.ts';
import type { RunEvent } from '../../../src/agent/run/phases.ts';
import { planMigration } from '../../../src/agent/run/plan-migration.ts';
import { newestRun, type Run } from '../../../src/agent/run/run-record.ts';
import { closeSurvey } from '../../../src/agent/survey/survey.ts';
import type { System } from '../../../src/agent/system.ts';
import {
  buildTinyInstallation,
  type TinyInstallation,
  type TinyTarget,
} from '../../fixtures/tiny-installation.ts';
import { put } from '../../fixtures/write-files.ts';
import { findCanaries } from '../../helpers/canaries.ts';
import { treeDigest } from '../../helpers/digest.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import {
  describeHome,
  freshSystem,
  homeOf,
  migrateTiny,
  newestBackup,
  QUIET,
} from '../../helpers/tiny-migration.ts';

const folder = useTempFolder();

function tinyWith(target: TinyTarget): TinyInstallation {
  return buildTinyInstallation(join(folder(), 'tiny'), target);
}

/** Stops once that many steps are done, as a person does who asks for it. */
async function stoppedAfter(steps: number, tiny: TinyInstallation): Promise<Run> {
  const report = await migrateTiny(freshSystem(tiny), tiny, {
    emit: () => {},
    stopAsked: () => doneSteps(tiny) >= steps,
  });
  expect(report).toMatchObject({ outcome: 'interrupted', error: { code: 'INTERRUPTED' } });
  return openRun(tiny);
}

function doneSteps(tiny: TinyInstallation): number {
  const done = newestRun(freshSystem(tiny), homeOf(tiny))?.state.done ?? new Set();
  return MIGRATION_STEPS.filter(({ id }) => done.has(id)).length;
}

function openRun(tiny: TinyInstallation): Run {
  const run = newestRun(freshSystem(tiny), homeOf(tiny), 'open');
  if (run === undefined) throw new Error('no run is open');
  return run;
}

const STEPS = MIGRATION_STEPS.length;
const AFTER_STAGING = 7;
const AFTER_PLACING = 8;

describe('A run', () => {
  test('tells every phase in order, each begun and done', async () => {
    const events: RunEvent[] = [];
    const tiny = tinyWith('none');
    await migrateTiny(freshSystem(tiny), tiny, {
      emit: (event) => events.push(event),
      stopAsked: () => false,
    });
    const told = events.flatMap((event) => (event.type === 'phase' ? [`${event.phase} ${event.state}`] : []));
    const phases = ['analyze', 'backup', 'convert', 'credentials', 'register', 'validate', 'finalize'];
    expect(told).toEqual(phases.flatMap((phase) => [`${phase} started`, `${phase} done`]));
  });

  test.each(Array.from({ length: STEPS }, (_, n) => n))(
    'that was stopped after %i steps goes on, or is taken back',
    async (steps) => {
      for (const way of ['on', 'back'] as const) {
        const tiny = buildTinyInstallation(join(folder(), way), 'existing');
        const before = describeHome(tiny);
        const run = await stoppedAfter(steps, tiny);
        if (way === 'on') {
          const report = await resumeMigration(freshSystem(tiny), homeOf(tiny), run, QUIET);
          expect(report.steps.map(({ status }) => status)).toEqual(Array(STEPS).fill('done'));
        } else {
          undoMigration(freshSystem(tiny), homeOf(tiny), run, QUIET);
          expect(describeHome(tiny)).toEqual(before);
        }
      }
    },
  );

  test('holds no secret in its records, its report, its ledger, its log and its backup', async () => {
    const tiny = tinyWith('existing');
    await migrateTiny(freshSystem(tiny), tiny);
    const places = [join(tiny.agentHome, 'runs'), tiny.backups, tiny.target];
    const found = places.flatMap((path) => findCanaries(path, tiny.canaries));
    expect(found).toEqual([`credentials.key in ${join(tiny.target, 'credentials.key')}`]);
    const receipt = JSON.parse(fs.readFileSync(join(tiny.target, 'migration/receipt.json'), 'utf8'));
    expect(receipt).toMatchObject({ schema: 'awm/receipt/1', source: tiny.clone, target: tiny.target });
    expect(fs.readFileSync(join(tiny.target, 'migration/report.md'), 'utf8')).toContain('| shop | moved |');
  });

  test('is refused while another one of the target is not finished, whatever the newest open run is of', async () => {
    const tiny = tinyWith('none');
    await stoppedAfter(3, tiny);
    const elsewhere = { ...tiny, target: join(tiny.home, 'elsewhere') };
    await stoppedAfter(3, elsewhere);
    await expect(migrateTiny(freshSystem(tiny), tiny)).rejects.toMatchObject({ code: 'RUN_OPEN' });
  });

  test('is refused for a plan that was carried out already, and for one that is older than an hour', async () => {
    const tiny = tinyWith('none');
    const system = freshSystem(tiny);
    const request = { source: tiny.clone, target: tiny.target, backups: tiny.backups, answers: new Map() };
    const plan = planMigration(system, request);
    closeSurvey(plan.survey);
    const late = withOverrides(system, { now: () => new Date(plan.content.expires) });
    await expect(runMigration(late, homeOf(tiny), request, plan, QUIET)).rejects.toMatchObject({
      code: 'PLAN_OVERDUE',
    });
    expect(await runMigration(system, homeOf(tiny), request, plan, QUIET)).not.toHaveProperty('error');
    await expect(runMigration(system, homeOf(tiny), request, plan, QUIET)).rejects.toMatchObject({
      code: 'PLAN_USED',
    });
  });

  test('is refused where the home is not writable, where the orchestrator runs, and where backups would lie in the way', async () => {
    const tiny = tinyWith('existing');
    const before = treeDigest(tiny.root);
    const closed = withOverrides(freshSystem(tiny), { canWrite: (path) => path !== tiny.target });
    await expect(migrateTiny(closed, tiny)).rejects.toMatchObject({ code: 'TARGET_READ_ONLY' });
    const busy = withOverrides(freshSystem(tiny), {
      processes: () => [
        { pid: 7, command: `python3 ${tiny.clone}/scripts/orchestrator.py`, cwd: tiny.clone },
      ],
    });
    await expect(migrateTiny(busy, tiny)).rejects.toMatchObject({ code: 'ORCHESTRATOR_RUNNING' });
    for (const backups of [join(tiny.clone, 'b'), join(tiny.target, 'b'), tiny.target])
      await expect(migrateTiny(freshSystem(tiny), { ...tiny, backups })).rejects.toMatchObject({
        code: 'BACKUP_PLACE',
      });
    const agentHome = join(tiny.clone, 'agent');
    await expect(migrateTiny(freshSystem(tiny), { ...tiny, agentHome })).rejects.toMatchObject({
      code: 'BACKUP_PLACE',
    });
    expect(treeDigest(tiny.root)).toBe(before);
  });
});

describe('What happens between an interruption and going on', () => {
  test('to the source: PLAN_STALE, and everything is taken back', async () => {
    const tiny = tinyWith('existing');
    const run = await stoppedAfter(4, tiny);
    fs.appendFileSync(join(tiny.clone, 'config.yml'), 'edited: true\n');
    const before = describeHome(tiny).filter((line) => !line.includes('.run-'));
    const report = await resumeMigration(freshSystem(tiny), homeOf(tiny), run, QUIET);
    expect(report).toMatchObject({ outcome: 'undone', error: { code: 'PLAN_STALE' } });
    expect(describeHome(tiny)).toEqual(before);
  });

  test('to a comment of the source: the run goes on, since the source says the same', async () => {
    const tiny = tinyWith('existing');
    const run = await stoppedAfter(4, tiny);
    fs.appendFileSync(join(tiny.clone, 'config.yml'), '# edited\r\n');
    const report = await resumeMigration(freshSystem(tiny), homeOf(tiny), run, QUIET);
    expect(report.steps.map(({ status }) => status)).toEqual(Array(STEPS).fill('done'));
  });

  test('to the source while the plan waits for its run: PLAN_STALE, and nothing is placed', async () => {
    const tiny = tinyWith('none');
    const request = { source: tiny.clone, target: tiny.target, backups: tiny.backups, answers: new Map() };
    const plan = planMigration(freshSystem(tiny), request);
    fs.appendFileSync(join(tiny.project, '.orch-state/status.json'), ' ');
    const report = await runMigration(freshSystem(tiny), homeOf(tiny), request, plan, QUIET);
    closeSurvey(plan.survey);
    expect(report).toMatchObject({ outcome: 'undone', error: { code: 'PLAN_STALE' } });
    expect(fs.existsSync(tiny.target)).toBe(false);
  });

  test.each<[string, (target: string) => void]>([
    ['an edit', (target) => fs.appendFileSync(join(target, 'config.yaml'), '# my edit\n')],
    ['a new file', (target) => fs.writeFileSync(join(target, 'new.txt'), 'new\n')],
    ['a deletion', (target) => fs.rmSync(join(target, 'reminder.txt'))],
  ])('to the home, by %s: TARGET_CHANGED, and the change stays', async (_, change) => {
    const tiny = tinyWith('existing');
    const run = await stoppedAfter(AFTER_STAGING, tiny);
    change(tiny.target);
    const changed = describeHome(tiny).filter((line) => !line.includes('.run-'));
    const report = await resumeMigration(freshSystem(tiny), homeOf(tiny), run, QUIET);
    expect(report).toMatchObject({ outcome: 'undone', error: { code: 'TARGET_CHANGED' } });
    expect(describeHome(tiny)).toEqual(changed);
  });

  test('to a home that was not there: TARGET_CHANGED, and it stays', async () => {
    const tiny = tinyWith('none');
    const run = await stoppedAfter(AFTER_STAGING, tiny);
    put(tiny.target, 'config.yaml', 'mine: true\n');
    const report = await resumeMigration(freshSystem(tiny), homeOf(tiny), run, QUIET);
    expect(report).toMatchObject({ outcome: 'undone', error: { code: 'TARGET_CHANGED' } });
    expect(fs.readFileSync(join(tiny.target, 'config.yaml'), 'utf8')).toBe('mine: true\n');
  });

  test('to what was prepared, by somebody who cleans up: STEP_CONFLICT, and everything is taken back', async () => {
    const tiny = tinyWith('existing');
    const before = describeHome(tiny);
    const run = await stoppedAfter(AFTER_STAGING, tiny);
    fs.rmSync(`${tiny.target}.${run.record.id}.staging`, { recursive: true });
    const report = await resumeMigration(freshSystem(tiny), homeOf(tiny), run, QUIET);
    expect(report).toMatchObject({ outcome: 'undone', error: { code: 'STEP_CONFLICT' } });
    expect(describeHome(tiny)).toEqual(before);
  });

  test('to the backup, which is damaged: BACKUP_DAMAGED, and everything is taken back', async () => {
    const tiny = tinyWith('existing');
    const before = describeHome(tiny);
    const run = await stoppedAfter(2, tiny);
    const part = join(newestBackup(tiny), 'config-1.tar');
    fs.writeFileSync(part, fs.readFileSync(part).fill(0x78, 600, 700));
    const report = await resumeMigration(freshSystem(tiny), homeOf(tiny), run, QUIET);
    expect(report).toMatchObject({ outcome: 'undone', error: { code: 'BACKUP_DAMAGED' } });
    expect(describeHome(tiny)).toEqual(before);
  });

  test('to the clock, which jumps a day ahead or back: the run goes on', async () => {
    for (const days of [1, -1]) {
      const tiny = buildTinyInstallation(join(folder(), `days${days}`), 'existing');
      const run = await stoppedAfter(5, tiny);
      const system: System = freshSystem(tiny);
      const jumped = withOverrides(system, { now: () => new Date(Date.now() + days * 86_400_000) });
      const report = await resumeMigration(jumped, homeOf(tiny), run, QUIET);
      expect(report).toMatchObject({ outcome: 'not-yet-usable' });
    }
  });

  test.each(['none', 'existing'] as const)(
    'work in the new home is kept when the run is taken back, with the target: %s',
    async (kind) => {
      const tiny = tinyWith(kind);
      const before = describeHome(tiny);
      const run = await stoppedAfter(AFTER_PLACING, tiny);
      const later = new Date(Date.now() + 5000);
      fs.appendFileSync(join(tiny.target, 'config.yaml'), '# my new work\n');
      fs.utimesSync(join(tiny.target, 'config.yaml'), later, later);
      const events: RunEvent[] = [];
      undoMigration(freshSystem(tiny), homeOf(tiny), run, {
        emit: (event) => events.push(event),
        stopAsked: () => false,
      });
      expect(describeHome(tiny)).toEqual(before);
      const kept = events.flatMap((event) => (event.type === 'kept' ? [event.path] : []));
      expect(fs.readFileSync(join(kept[0] ?? '', 'config.yaml'), 'utf8')).toContain('# my new work');
    },
  );
});

test('A run that came to its end cannot be taken back by renaming any more: RUN_NOT_RESUMABLE', async () => {
  const tiny = tinyWith('existing');
  const run = await stoppedAfter(STEPS - 1, tiny);
  await resumeMigration(freshSystem(tiny), homeOf(tiny), run, QUIET);
  const after = describeHome(tiny);
  expect(() => undoMigration(freshSystem(tiny), homeOf(tiny), run, QUIET)).toThrowError(
    expect.objectContaining({ code: 'RUN_NOT_RESUMABLE' }),
  );
  expect(describeHome(tiny)).toEqual(after);
});
