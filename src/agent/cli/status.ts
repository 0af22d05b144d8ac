import { AppError } from '../../shared/errors.ts';
import { knownBackups } from '../backup-index.ts';
import { lastMigration } from '../health/last-migration.ts';
import { shortPath } from '../paths.ts';
import { damagedReferenceRecords } from '../references/reference-run.ts';
import { workingOn } from '../run/lock.ts';
import { standing } from '../run/phase-states.ts';
import { damagedRecords, newestRun } from '../run/run-record.ts';
import { probationAsJson, probationNow } from '../setup/probation-now.ts';
import { damagedSetupRecords, setupRunsOf } from '../setup/setup-run.ts';
import { isUsable, probePackage } from '../survey/package-probe.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import { targetPath } from '../survey/target.ts';
import { TARGET } from './shared-options.ts';
import type { Verb } from './verb.ts';
import { damagedOutsideLines, damagedRecordLines, damagedRecordsAsJson } from './views/damaged-records.ts';
import { probationLines } from './views/probation.ts';
import { inWords } from './views/run.ts';
import { setupRunAsJson, setupRunLines } from './views/setup.ts';
import { facts } from './views/table.ts';

export const status: Verb = {
  name: 'status',
  summary: 'show how things stand on this machine',
  usage: '[--target DIR]',
  options: {
    target: TARGET,
  },
  arguments: 0,
  async run({ system, settings }) {
    const target = targetPath(system, settings.target);
    const present = system.stat(`${target}/config.yaml`) !== undefined;
    const probe = probePackage(system);
    const run = newestRun(system, settings.home);
    const damaged = damagedRecords(system, settings.home);
    const outside = [
      ...damagedSetupRecords(system, settings.home),
      ...damagedReferenceRecords(system, settings.home),
    ];
    const backups = knownBackups(system, settings.home, settings.backups);
    const complete = backups.filter((backup) => backup.complete);
    const newest = complete[0];
    const pid =
      run === undefined || run.state.outcome !== undefined ? undefined : workingOn(system, run.record.target);
    const outcome = run === undefined ? 'unfinished' : standing(run.state, pid !== undefined);
    const real = realPathSoFar(system, target);
    const migration = lastMigration(system, settings, (record) => record.target === real);
    const probation = migration && probationNow(system, settings.home, migration);
    const setup = setupRunsOf(system, settings.home, real);
    const result = {
      target,
      target_present: present,
      package: probe,
      usable: present && isUsable(probe),
      run:
        run === undefined
          ? null
          : {
              id: run.record.id,
              kind: run.record.kind,
              outcome,
            },
      damaged_records: damagedRecordsAsJson([...damaged, ...outside]),
      backups: complete.length,
      probation: probation === undefined ? null : probationAsJson(probation),
      setup: setup.map(setupRunAsJson),
    };
    return {
      exit: 0,
      result,
      text: [
        ...facts([
          ['New home', `${shortPath(target, system.home)}${present ? '' : ' (not there yet)'}`],
          [
            'Package',
            probe.installed
              ? `${probe.version ?? 'unknown version'} at ${shortPath(probe.command, system.home)}`
              : 'not installed',
          ],
          [
            'Last run',
            run === undefined
              ? damaged.length === 0
                ? 'none'
                : 'unknown'
              : `${run.record.id}, ${inWords(run, outcome)}`,
          ],
          [
            'Backups',
            newest === undefined ? String(complete.length) : `${complete.length}, the newest is ${newest.id}`,
          ],
          ...setupRunLines(setup, system.home),
          ...(probation === undefined ? [] : probationLines(probation, system.home)),
        ]),
        ...(run !== undefined && (outcome === 'unfinished' || outcome === 'paused')
          ? ['', new AppError('RUN_OPEN', { run: run.record.id }).hint]
          : []),
        ...(damaged.length === 0 ? [] : ['', ...damagedRecordLines(damaged, system.home)]),
        ...(outside.length === 0 ? [] : ['', ...damagedOutsideLines(outside, system.home)]),
      ],
    };
  },
};
