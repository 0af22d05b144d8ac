import { randomUUID } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { chooseBackup } from '../backup-index.ts';
import type { Facts } from '../conversions/defaults.ts';
import { shortPath } from '../paths.ts';
import { type Damage, findDamage } from '../recovery/damage.ts';
import { anew, lastMigration, type Place } from '../recovery/regenerate.ts';
import { type Rewrite, repairFile } from '../recovery/rewrite.ts';
import { rewriteHome } from '../recovery/rewrite-home.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import { targetPath } from '../survey/target.ts';
import type { Issue, WayOut } from './recover.ts';
import { restoreMigrationBackup } from './restore-migration-backup.ts';
import type { Answer, Call } from './verb.ts';
import { damageLines, rewriteLines } from './views/recovery.ts';

/** A configuration home that the package cannot use as it is (mission §5.2). */
export const configCorruption: Issue = {
  name: 'config_corruption',
  otherwise: 'the configuration home is whole or not there',
  async find(call) {
    const { system, settings } = call;
    const target = realPathSoFar(system, targetPath(system, settings.target));
    const damage = findDamage(system, target);
    if (damage.length === 0) return undefined;
    return {
      title: 'Configuration Recovery',
      lines: damageLines(damage, shortPath(target, system.home)),
      facts: {
        target,
        damage: damage.map(({ file, reason, line }) => ({ file, reason, line: line ?? null })),
      },
      ways: waysOut(call, { target, backups: settings.backups }, damage),
    };
  },
};

function waysOut(call: Call, place: Place, damage: readonly Damage[]): WayOut[] {
  const { system, settings } = call;
  const facts = factsOf(call, place);
  const repairs = damage.flatMap((one) => repairFile(one, facts) ?? []);
  const newly = anew(system, settings.home, place, damage, facts);
  return [
    ...(hasBackup(call, place) ? [RESTORE] : []),
    ...(repairs.length === 0
      ? []
      : [
          rewriting(
            repairs.length === damage.length
              ? 'Repair'
              : `Repair ${repairs.length} of ${damage.length} files`,
            'The smallest change that makes it readable. Every other line stays, and what cannot be read becomes a comment. The present is backed up first.',
            { place, damage, rewrites: () => repairs },
          ),
        ]),
    ...(newly === undefined
      ? []
      : [
          rewriting(
            'Write the damaged files anew',
            `From ${newly.from}. What you changed in them after the migration is then only in the backup that is made first.`,
            { place, damage, rewrites: () => newly.rewrites() },
          ),
        ]),
  ];
}

const RESTORE: WayOut = {
  title: 'Restore from the migration backup',
  keeps:
    'The whole migration is taken back: everything becomes as it was before it. The present is backed up first. Then migrate again.',
  take: (call) => restoreMigrationBackup.run({ ...call, args: [], flags: {} }),
};

interface Writing {
  readonly place: Place;
  readonly damage: readonly Damage[];
  rewrites(): readonly Rewrite[];
}

function rewriting(title: string, keeps: string, { place, damage, rewrites: make }: Writing): WayOut {
  return { title, keeps, take };

  async function take(call: Call): Promise<Answer> {
    const { system, settings } = call;
    const rewrites = make();
    for (const line of rewriteLines(rewrites)) call.say(line);
    const names = rewrites.map(({ file }) => file).join(', ');
    if (!(await call.confirm(`Write ${names} in ${shortPath(place.target, system.home)}?`)))
      return { exit: 0, result: { outcome: 'declined' }, text: ['Nothing was changed.'] };
    const report = await rewriteHome(system, settings.home, place, damage, rewrites);
    const left = report.left.map(({ file, reason, line }) => ({ file, reason, line: line ?? null }));
    const undo = `To take it back: migration-agent restore-migration-backup ${report.backup}`;
    const result = { ...report, left };
    const [first] = report.left;
    if (first !== undefined) {
      const error = new AppError('HOME_STILL_DAMAGED', { file: first.file, reason: first.reason });
      return { exit: 1, result, text: ['Written, and not all is mended.', undo], error };
    }
    return { exit: 0, result, text: ['Mended: the package can read its configuration again.', undo] };
  }
}

function factsOf({ system, settings }: Call, { target }: Place): Facts {
  const last = lastMigration(system, settings.home, target);
  return {
    now: system.now(),
    installationId: last?.migrate?.installationId ?? randomUUID(),
    packageVersion: undefined,
    platform: system.platform,
    registryPath: `${target}/projects/registry.yaml`,
  };
}

function hasBackup({ system, settings }: Call, { target, backups }: Place): boolean {
  try {
    chooseBackup(system, settings.home, backups, undefined, { kind: 'before-migration', target });
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOTHING_TO_ROLL_BACK') return false;
    throw error;
  }
}
