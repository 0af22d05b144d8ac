import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rehearse } from '../../../src/agent/rehearsal/rehearse.ts';
import type { System } from '../../../src/agent/system.ts';
import {
  buildTinyInstallation,
  type TinyInstallation,
  type TinyTarget,
} from '../../fixtures/tiny-installation.ts';
import { put } from '../../fixtures/write-files.ts';
import { canariesIn } from '../../helpers/canaries.ts';
import { describeTree } from '../../helpers/digest.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { freshSystem, homeOf, QUIET } from '../../helpers/tiny-migration.ts';

const temp = useTempFolder();

describe('A rehearsal', () => {
  it.each(['none', 'existing'] as const)(
    'runs a whole migration and its rollback on a copy and changes nothing: target %s',
    async (target) => {
      const tiny = build(target);
      const before = describeTree(tiny.root);

      const rehearsal = await tryOut(tiny);

      expect(rehearsal).toMatchObject({
        outcome: 'not-yet-usable',
        source: tiny.clone,
        target: tiny.target,
        checks: { errors: [] },
        rollback: { exact: true, differing: [], sourceUnchanged: true },
        notCopied: [],
      });
      expect(rehearsal.rollback?.before).toBe(rehearsal.rollback?.after);
      expect(rehearsal.rollback?.before === 'absent').toBe(target === 'none');
      expect(rehearsal.times.map(({ part }) => part)).toEqual([
        ...['copy', 'plan', 'analyze', 'backup', 'convert', 'credentials', 'register', 'validate'],
        ...['finalize', 'rollback'],
      ]);
      expect(rehearsal.disk.backup).toBeGreaterThan(0);
      expect(rehearsal.disk.home).toBeGreaterThan(0);
      expect(rehearsal.disk.fits).toBe(true);
      expect(canariesIn(JSON.stringify(rehearsal), tiny.canaries)).toEqual([]);
      expect(describeTree(tiny.root).filter(isNoTime)).toEqual(before.filter(isNoTime));
    },
  );

  it('says so where the rollback did not bring back every byte', async () => {
    const tiny = build('existing');
    const system = freshSystem(tiny);
    // A disk that gives one file another mode whenever it is put into its place.
    const lossy = withOverrides(system, {
      rename: (from, to) => {
        system.rename(from, to);
        if (String(to).endsWith('/home/config.yaml')) system.chmod(to, 0o604);
      },
    });

    const { rollback } = await tryOut(tiny, lossy);

    expect(rollback).toMatchObject({ exact: false, differing: ['config.yaml'] });
  });

  it('is told as stopped when somebody asks for it, and leaves nothing behind either', async () => {
    const tiny = build('none');
    let phases = 0;

    const rehearsal = await rehearse(freshSystem(tiny), homeOf(tiny), requestOf(tiny), {
      emit: (event) => {
        if (event.type === 'phase') phases++;
      },
      stopAsked: () => phases > 3,
    });

    expect(rehearsal).toMatchObject({ outcome: 'interrupted', rollback: undefined });
    expect(rehearsal.error).toMatchObject({ code: 'INTERRUPTED' });
    expect(existsSync(tiny.agentHome)).toBe(false);
  });

  it('removes what an ended one left, closed folders included, and leaves those of running processes', async () => {
    const tiny = build('none');
    const system = freshSystem(tiny);
    const running = withOverrides(system, { isAlive: (pid) => pid === system.pid || pid === 7 });
    const folder = (pid: number) => join(tiny.agentHome, 'rehearsals', `${pid}..${system.bootId}.1`);
    put(folder(6), 'home/config.yaml', 'a: 1\n');
    mkdirSync(join(folder(6), 'home/closed'), { mode: 0o500 });
    put(folder(7), 'home/config.yaml', 'a: 1\n');

    await tryOut(tiny, running);

    expect(existsSync(folder(6))).toBe(false);
    expect(existsSync(folder(7))).toBe(true);
  });

  it('is refused where it would write into the installation', async () => {
    const tiny = { ...build('none'), agentHome: '' };
    const inClone = { ...tiny, agentHome: join(tiny.clone, 'agent') };
    const before = describeTree(tiny.clone);

    await expect(tryOut(inClone)).rejects.toMatchObject({ code: 'BACKUP_PLACE' });

    expect(describeTree(tiny.clone)).toEqual(before);
  });
});

function build(target: TinyTarget): TinyInstallation {
  return buildTinyInstallation(join(temp(), 'tiny'), target);
}

function requestOf({ clone, target, backups }: TinyInstallation) {
  return { source: clone, target, backups, answers: new Map() };
}

function tryOut(tiny: TinyInstallation, system: System = freshSystem(tiny)) {
  return rehearse(system, homeOf(tiny), requestOf(tiny), QUIET);
}

/** The folder that held the scratch folder was written to: its own time moved. */
function isNoTime(line: string): boolean {
  return !line.startsWith('. ');
}
