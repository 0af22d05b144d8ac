import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { pausedRun } from '../../../src/agent/jobs/paused-run.ts';
import { SCHEDULED_STARTS } from '../../../src/agent/plan/timers.ts';
import { rehearse } from '../../../src/agent/rehearsal/rehearse.ts';
import type { RunReport } from '../../../src/agent/run/execute.ts';
import { heldBack } from '../../../src/agent/run/held-back.ts';
import {
  type RunHooks,
  resumeMigration,
  runMigration,
  undoMigration,
} from '../../../src/agent/run/migrate.ts';
import { planMigration } from '../../../src/agent/run/plan-migration.ts';
import { newestRun, type Run } from '../../../src/agent/run/run-record.ts';
import { suspendedLines } from '../../../src/agent/run/scheduled-starts.ts';
import { suspendedTimers } from '../../../src/agent/run/suspended-timers.ts';
import { readSettings } from '../../../src/agent/settings.ts';
import { closeSurvey } from '../../../src/agent/survey/survey.ts';
import type { System } from '../../../src/agent/system.ts';
import { buildTinyInstallation, type TinyInstallation } from '../../fixtures/tiny-installation.ts';
import { put } from '../../fixtures/write-files.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { putCrontabProgram } from '../../helpers/reference-home.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { describeHome, freshSystem, homeOf, QUIET } from '../../helpers/tiny-migration.ts';

const folder = useTempFolder();
let tiny: TinyInstallation;

beforeEach(() => {
  tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
});

/** In UTC, with a `crontab` program that keeps its crontab in this test's folder. */
function systemAt(now: string, options: { readonly refuses?: () => boolean } = {}): System {
  const real = freshSystem(tiny);
  return withOverrides(real, {
    now: () => new Date(now),
    realPath: (path) => (path === '/etc/localtime' ? '/usr/share/zoneinfo/Etc/UTC' : real.realPath(path)),
    run: (command, args, given) => {
      if (command === 'systemctl')
        return real.run(join(folder(), 'bin/systemctl'), args, { ...given, env: { PATH: '/usr/bin:/bin' } });
      if (command !== 'crontab') return real.run(command, args, given);
      if (args[0] === '-' && options.refuses?.() === true)
        return { status: 1, stdout: Buffer.alloc(0), stderr: Buffer.from('not allowed\n'), notFound: false };
      return real.run(join(folder(), 'bin/crontab'), args, { ...given, env: { PATH: '/usr/bin:/bin' } });
    },
  });
}

const NOON = '2025-06-01T12:00:00.000Z';

function tabWith(schedule: string): string {
  const tab = `MAILTO=me\n${schedule} cd ${tiny.clone} && python3 scripts/orchestrator.py\n0 5 * * * true\n`;
  putCrontabProgram(join(folder(), 'bin'), tab);
  return tab;
}

/** A `systemctl` that knows one timer, which runs while the file `runs` is there, and writes down what it was asked. */
function timerAt(next: string, last?: string): { asked: () => string[]; runs: () => boolean } {
  const bin = join(folder(), 'bin');
  const units = join(tiny.home, '.config/systemd/user');
  const micros = (time: string | undefined) => (time === undefined ? 'null' : Date.parse(time) * 1000);
  const listed = `[{"next":${micros(next)},"last":${micros(last)},"unit":"aw.timer","activates":"aw.service"}]`;
  put(units, 'aw.timer', '[Timer]\nOnCalendar=hourly\n');
  put(units, 'aw.service', `[Service]\nExecStart=python3 ${tiny.clone}/scripts/orchestrator.py\n`);
  put(bin, 'runs', '');
  put(
    bin,
    'systemctl',
    `#!/bin/sh
cd ${bin}
case "$*" in
*list-timers*) if test -e runs; then echo '${listed}'; else echo '[]'; fi ;;
*" stop "*) echo "$*" >> asked; test -e refuses && exit 1; rm -f runs ;;
*" start "*) echo "$*" >> asked; test -e refuses && exit 1; touch runs ;;
esac
`,
    0o755,
  );
  return {
    asked: () =>
      existsSync(join(bin, 'asked')) ? readFileSync(join(bin, 'asked'), 'utf8').trim().split('\n') : [],
    runs: () => existsSync(join(bin, 'runs')),
  };
}

function tab(): string {
  return readFileSync(join(folder(), 'bin/the-crontab'), 'utf8');
}

function edit(change: (text: string) => string): void {
  writeFileSync(join(folder(), 'bin/the-crontab'), change(tab()));
}

function requestWith(answer?: string) {
  const answers = new Map(answer === undefined ? [] : [[SCHEDULED_STARTS, answer]]);
  return { source: tiny.clone, target: tiny.target, backups: tiny.backups, answers };
}

function planned(answer?: string, now = NOON) {
  const plan = planMigration(systemAt(now), requestWith(answer));
  closeSurvey(plan.survey);
  return plan;
}

function migrate(answer?: string, hooks: RunHooks = QUIET, system = systemAt(NOON)): Promise<RunReport> {
  return runMigration(system, homeOf(tiny), requestWith(answer), planned(answer), hooks);
}

function newest(): Run {
  const run = newestRun(freshSystem(tiny), homeOf(tiny));
  if (run === undefined) throw new Error('there is no run');
  return run;
}

/** Stops once the backup is made, and looks at the crontab there. */
function stopAfterBackup(seen: string[] = []): RunHooks {
  return {
    emit: () => {},
    stopAsked: () => {
      if (newestRun(freshSystem(tiny), homeOf(tiny))?.state.done.has('make-backup') !== true) return false;
      seen.push(tab());
      return true;
    },
  };
}

describe('A plan', () => {
  test('asks nothing where no start comes due while its run is at work', () => {
    tabWith('30 * * * *');
    const { decisions } = planned().content;
    expect([...decisions.open, ...decisions.safe]).toEqual([]);
  });

  test('asks where one does, and waits where nobody answers', () => {
    tabWith('4 * * * *');
    const [decision] = planned().content.decisions.safe;
    expect(decision).toMatchObject({ id: SCHEDULED_STARTS, safe: 'wait' });
    expect(decision?.options.map(({ id }) => id)).toEqual(['wait', 'suspend', 'go-on']);
    expect(decision?.question).toContain('next at 2025-06-01 12:04 by line 2');
    expect(decision?.options[0]?.outcome).toContain('from 2025-06-01 12:05 on');
  });

  test('does not offer to wait for what comes all the time', () => {
    tabWith('*/5 * * * *');
    const [decision] = planned().content.decisions.open;
    expect(decision?.options.map(({ id }) => id)).toEqual(['suspend', 'go-on']);
  });

  test('takes an answer about starts that are over, and about lines that are gone', () => {
    tabWith('30 * * * *');
    expect(planned('go-on').content.decisions.answered).toEqual([{ id: SCHEDULED_STARTS, option: 'go-on' }]);
    edit(() => '0 5 * * * true\n');
    expect(planned('go-on').content.decisions.answered).toEqual([]);
  });
});

describe('A run that waits', () => {
  test('is refused before anything is written, and told when to begin', async () => {
    const text = tabWith('4 * * * *');
    const before = describeHome(tiny);
    await expect(migrate()).rejects.toMatchObject({
      code: 'SCHEDULED_START_DUE',
      message: expect.stringMatching(/^Line 2 .* 2025-06-01 12:04/),
      hint: expect.stringContaining('Begin again at 2025-06-01 12:05'),
    });
    expect(describeHome(tiny)).toEqual(before);
    expect(newestRun(freshSystem(tiny), homeOf(tiny))).toBeUndefined();
    expect(tab()).toBe(text);
  });

  test('is looked at again when it begins: a start may have come near, or be over', async () => {
    tabWith('30 * * * *');
    const late = systemAt('2025-06-01T12:26:00.000Z');
    await expect(migrate(undefined, QUIET, late)).rejects.toMatchObject({ code: 'SCHEDULED_START_DUE' });
    tabWith('4 * * * *');
    const over = systemAt('2025-06-01T12:04:30.000Z');
    expect(await migrate(undefined, QUIET, over)).toMatchObject({ outcome: 'not-yet-usable' });
  });

  test('and was paused is refused, too, and stays paused', async () => {
    tabWith('30 * * * *');
    expect(await migrate(undefined, { ...QUIET, pauseAfter: 'backup' })).toMatchObject({ outcome: 'paused' });
    const goOn = (now: string) => resumeMigration(systemAt(now), homeOf(tiny), newest(), QUIET);
    await expect(goOn('2025-06-01T12:28:00.000Z')).rejects.toMatchObject({ code: 'SCHEDULED_START_DUE' });
    expect(newest().state.paused).toBe('backup');
    expect(await goOn('2025-06-01T12:31:00.000Z')).toMatchObject({ outcome: 'not-yet-usable' });
  });
});

describe('A run that goes on', () => {
  test('leaves the crontab alone, and is taken back when the orchestrator comes', async () => {
    const text = tabWith('*/5 * * * *');
    const before = describeHome(tiny);
    let runs = false;
    const busy = withOverrides(systemAt(NOON), {
      processes: () =>
        runs ? [{ pid: 7, command: `python3 ${tiny.clone}/scripts/orchestrator.py`, cwd: tiny.clone }] : [],
    });
    const hooks: RunHooks = {
      ...QUIET,
      emit: (event) => {
        if (event.type === 'phase' && event.phase === 'convert') runs = true;
      },
    };
    expect(await migrate('go-on', hooks, busy)).toMatchObject({
      outcome: 'undone',
      error: { code: 'ORCHESTRATOR_RUNNING' },
    });
    expect(describeHome(tiny)).toEqual(before);
    runs = false;
    expect(await migrate('go-on')).toMatchObject({ outcome: 'not-yet-usable' });
    expect(tab()).toBe(text);
  });
});

describe('A run that suspends', () => {
  test('comments out its lines only while it is at work', async () => {
    const text = tabWith('*/5 * * * *');
    const seen: string[] = [];
    await migrate('suspend', stopAfterBackup(seen));
    const [first, suspended, last] = (seen[0] ?? '').split('\n');
    expect([first, last]).toEqual(['MAILTO=me', '0 5 * * * true']);
    expect(suspendedLines(freshSystem(tiny), newest().folder, newest().record.id)).toEqual([2]);
    expect(suspended).toBe(`#suspended by migration-agent, ${newest().record.id}: ${text.split('\n')[1]}`);

    const report = await resumeMigration(systemAt(NOON), homeOf(tiny), newest(), QUIET);

    expect(report).toMatchObject({ outcome: 'not-yet-usable', kept: [] });
    expect(tab()).toBe(text);
    expect(readdirSync(newest().folder)).not.toContain('suspended-crontab.json');
  });

  test('tells Discord while it is paused how much it holds back, and nothing once it is at its end', async () => {
    tabWith('*/5 * * * *');
    timerAt('2025-06-01T12:04:00.000Z');
    const { counts } = planned('suspend').content;
    await migrate('suspend', { ...QUIET, pauseAfter: 'backup' });
    const work = { system: systemAt(NOON), settings: readSettings(systemAt(NOON), {}) };
    const settings = { ...work.settings, home: homeOf(tiny), backups: tiny.backups };
    expect(pausedRun({ ...work, settings }, newest(), counts)).toMatchObject({
      after: 'backup',
      held_back: { cron_lines: 1, timers: 1 },
    });
    await resumeMigration(systemAt(NOON), homeOf(tiny), newest(), QUIET);
    expect(heldBack(systemAt(NOON), newest())).toEqual({ lines: [], timers: [] });
  });

  test('keeps the crontab where nobody else can read it', async () => {
    tabWith('*/5 * * * *');
    await migrate('suspend', stopAfterBackup());
    expect(lstatSync(join(newest().folder, 'suspended-crontab.json')).mode & 0o777).toBe(0o600);
  });

  test('gives them back when it is taken back, by itself or by its person', async () => {
    const text = tabWith('*/5 * * * *');
    const before = describeHome(tiny);
    await migrate('suspend', stopAfterBackup());
    expect(tab()).not.toBe(text);
    undoMigration(systemAt(NOON), homeOf(tiny), newest(), QUIET);
    expect(tab()).toBe(text);
    const edited: RunHooks = {
      ...QUIET,
      emit: (event) => {
        if (event.type === 'phase' && event.phase === 'convert')
          writeFileSync(join(tiny.clone, 'config.yml'), 'orchestrator: {}\n');
      },
    };
    const config = readFileSync(join(tiny.clone, 'config.yml'));
    expect(await migrate('suspend', edited)).toMatchObject({
      outcome: 'undone',
      error: { code: 'PLAN_STALE' },
    });
    writeFileSync(join(tiny.clone, 'config.yml'), config);
    expect(tab()).toBe(text);
    expect(describeHome(tiny).length).toBe(before.length);
  });

  test.each(['before', 'after'])('goes on after a crash just %s the crontab was written', async (when) => {
    const text = tabWith('*/5 * * * *');
    let crashes = true;
    const real = systemAt(NOON);
    const crash = (): never => {
      crashes = false;
      throw new Error('the machine stops');
    };
    const crashing = withOverrides(real, {
      run: (command, args, given) => {
        if (!crashes || args[0] !== '-') return real.run(command, args, given);
        if (when === 'after') real.run(command, args, given);
        return crash();
      },
    });
    await expect(migrate('suspend', QUIET, crashing)).rejects.toThrow('the machine stops');

    expect(await resumeMigration(systemAt(NOON), homeOf(tiny), newest(), QUIET)).toMatchObject({
      outcome: 'not-yet-usable',
      kept: [],
    });
    expect(tab()).toBe(text);
  });

  test('gives back each line that is as it was suspended, keeps other changes, and tells of the rest', async () => {
    const text = tabWith('*/5 * * * *');
    await migrate('suspend', stopAfterBackup());
    edit((now) => now.replace('0 5 * * * true', '0 6 * * * true'));
    expect(await resumeMigration(systemAt(NOON), homeOf(tiny), newest(), QUIET)).toMatchObject({ kept: [] });
    expect(tab()).toBe(text.replace('0 5', '0 6'));
  });

  test('leaves a suspended line that somebody changed, and says so', async () => {
    tabWith('*/5 * * * *');
    await migrate('suspend', stopAfterBackup());
    edit((now) => now.replace('*/5', '*/7'));
    const mine = tab();
    const { kept } = await resumeMigration(systemAt(NOON), homeOf(tiny), newest(), QUIET);
    expect(kept).toEqual([
      {
        path: join(newest().folder, 'suspended-crontab.json'),
        what: expect.stringContaining('1 of its suspended'),
      },
    ]);
    expect(tab()).toBe(mine);
  });

  test('is not undone where the crontab is not taken back at its end, but says how to do it', async () => {
    tabWith('*/5 * * * *');
    await migrate('suspend', stopAfterBackup());
    const refusing = systemAt(NOON, { refuses: () => true });
    const report = await resumeMigration(refusing, homeOf(tiny), newest(), QUIET);
    expect(report.outcome).toBe('not-yet-usable');
    expect(report.kept[0]?.what).toContain(`#suspended by migration-agent, ${newest().record.id}: `);
  });

  test('does nothing where the crontab program refuses', async () => {
    const text = tabWith('*/5 * * * *');
    const before = describeHome(tiny);
    const report = await migrate('suspend', QUIET, systemAt(NOON, { refuses: () => true }));
    expect(report).toMatchObject({ outcome: 'undone', error: { code: 'CRONTAB_REFUSED' } });
    expect(tab()).toBe(text);
    expect(describeHome(tiny)).toEqual(before);
  });
});

describe('A timer of systemd', () => {
  const SOON = '2025-06-01T12:04:00.000Z';
  const ANSWERED = [
    '--no-ask-password --user stop -- aw.timer',
    '--no-ask-password --user start -- aw.timer',
  ];
  beforeEach(() => putCrontabProgram(join(folder(), 'bin'), '0 5 * * * true\n'));

  test('is asked about like a line of the crontab, with a time to wait for where it tells how often it comes', () => {
    timerAt(SOON, '2025-06-01T11:04:00.000Z');
    const [decision] = planned().content.decisions.safe;
    expect(decision?.question).toContain('The systemd timer aw.timer starts something in the clone, next at');
    expect(decision?.options.map(({ id }) => id)).toEqual(['wait', 'suspend', 'go-on']);
    expect(decision?.options[0]?.outcome).toContain('from 2025-06-01 12:05 on');
    timerAt(SOON);
    expect(planned().content.decisions.open[0]?.options.map(({ id }) => id)).toEqual(['suspend', 'go-on']);
    timerAt('2025-06-01T13:00:00.000Z', '2025-06-01T11:00:00.000Z');
    expect(planned().content.decisions).toMatchObject({ open: [], safe: [] });
  });

  test('that is due refuses a run that waits, before anything is written', async () => {
    const timer = timerAt(SOON, '2025-06-01T11:04:00.000Z');
    await expect(migrate()).rejects.toMatchObject({
      code: 'SCHEDULED_START_DUE',
      message: expect.stringMatching(/^The systemd timer aw.timer .* 2025-06-01 12:04/),
    });
    expect(timer.asked()).toEqual([]);
  });

  test('is stopped while a run that suspends is at work, told meanwhile, and started at its end', async () => {
    const timer = timerAt(SOON);
    await migrate('suspend', stopAfterBackup());
    expect(timer.runs()).toBe(false);
    expect(suspendedTimers(freshSystem(tiny), newest().folder)).toEqual(['aw.timer']);
    expect(await resumeMigration(systemAt(NOON), homeOf(tiny), newest(), QUIET)).toMatchObject({ kept: [] });
    expect(timer.runs()).toBe(true);
    expect(timer.asked().filter((line) => !line.endsWith('daemon-reload'))).toEqual(ANSWERED);
    expect(suspendedTimers(freshSystem(tiny), newest().folder)).toEqual([]);
  });

  test.each(['backup', 'a crash'])(
    'that a restart of the machine started after %s is stopped again',
    async (after) => {
      const timer = timerAt(SOON);
      if (after === 'backup') await migrate('suspend', { ...QUIET, pauseAfter: 'backup' });
      else await migrate('suspend', stopAfterBackup());
      put(join(folder(), 'bin'), 'runs', '');
      const seen: boolean[] = [];
      const looking: RunHooks = {
        ...QUIET,
        emit: ({ type }) => {
          if (type === 'phase') seen.push(timer.runs());
        },
      };
      const late = systemAt('2025-06-01T12:01:00.000Z');
      expect(await resumeMigration(late, homeOf(tiny), newest(), looking)).toMatchObject({ kept: [] });
      expect(new Set(seen.slice(0, -1))).toEqual(new Set([false]));
      expect(timer.runs()).toBe(true);
    },
  );

  test('that a restart started and that cannot be stopped again leaves the run paused as it was', async () => {
    timerAt(SOON);
    await migrate('suspend', { ...QUIET, pauseAfter: 'backup' });
    for (const name of ['runs', 'refuses']) put(join(folder(), 'bin'), name, '');
    await expect(resumeMigration(systemAt(NOON), homeOf(tiny), newest(), QUIET)).rejects.toMatchObject({
      code: 'TIMER_NOT_STOPPED',
    });
    expect(newest().state.paused).toBe('backup');
  });

  test('that a restart started and that is gone by now keeps nothing from going on', async () => {
    timerAt(SOON);
    await migrate('suspend', stopAfterBackup());
    put(join(folder(), 'bin'), 'refuses', '');
    const report = await resumeMigration(systemAt(NOON), homeOf(tiny), newest(), QUIET);
    expect(report).toMatchObject({ outcome: 'not-yet-usable', kept: [expect.anything()] });
  });

  test('does not undo a finished run where what was kept of it cannot be read', async () => {
    timerAt(SOON);
    const damaging: RunHooks = {
      ...QUIET,
      emit: (event) => {
        if (event.type === 'phase' && event.phase === 'finalize')
          put(newest().folder, 'suspended-timers.json', '["aw');
      },
    };
    const { outcome, kept } = await migrate('suspend', damaging);
    expect(outcome).toBe('not-yet-usable');
    expect(kept[0]?.what).toContain('systemctl --user list-timers --all');
  });

  test('is started again where the run is taken back', async () => {
    const timer = timerAt(SOON);
    await migrate('suspend', stopAfterBackup());
    undoMigration(systemAt(NOON), homeOf(tiny), newest(), QUIET);
    expect(timer.runs()).toBe(true);
  });

  test.each(['before', 'after'])('is started again after a crash just %s it was stopped', async (when) => {
    const timer = timerAt(SOON);
    const real = systemAt(NOON);
    const crashing = withOverrides(real, {
      run: (command, args, given) => {
        if (!args.includes('stop')) return real.run(command, args, given);
        if (when === 'after') real.run(command, args, given);
        throw new Error('the machine stops');
      },
    });
    await expect(migrate('suspend', QUIET, crashing)).rejects.toThrow('the machine stops');
    expect(timer.runs()).toBe(when === 'before');
    undoMigration(systemAt(NOON), homeOf(tiny), newest(), QUIET);
    expect(timer.runs()).toBe(true);
  });

  test('that cannot be stopped ends the run', async () => {
    const timer = timerAt(SOON);
    put(join(folder(), 'bin'), 'refuses', '');
    expect(await migrate('suspend')).toMatchObject({
      outcome: 'undone',
      error: { code: 'TIMER_NOT_STOPPED' },
    });
    expect(timer.runs()).toBe(true);
  });

  test('that cannot be started again is told, with how to do it', async () => {
    const timer = timerAt(SOON);
    await migrate('suspend', stopAfterBackup());
    put(join(folder(), 'bin'), 'refuses', '');
    const { kept, outcome } = await resumeMigration(systemAt(NOON), homeOf(tiny), newest(), QUIET);
    expect(outcome).toBe('not-yet-usable');
    expect(kept[0]?.what).toContain('Start it by hand: `systemctl --user start aw.timer`');
    expect(timer.runs()).toBe(false);
  });
});

test('A rehearsal touches no crontab and waits for none', async () => {
  const text = tabWith('*/5 * * * *');
  const result = await rehearse(systemAt(NOON), homeOf(tiny), requestWith('suspend'), {
    ...QUIET,
    emit: () => expect(tab()).toBe(text),
  });
  expect(result.rollback?.exact).toBe(true);
});
