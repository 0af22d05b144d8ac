import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readExport } from '../../../src/agent/export/read-export.ts';
import { writeExport } from '../../../src/agent/export/write-export.ts';
import { closeSurvey, takeSurvey } from '../../../src/agent/survey/survey.ts';
import type { System } from '../../../src/agent/system.ts';
import { put } from '../../fixtures/write-files.ts';
import { treeDigest } from '../../helpers/digest.ts';
import { faultySystem, SimulatedCrash, WRITING_CALLS, withOverrides } from '../../helpers/faulty-system.ts';
import { makeClone } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { freshSystem } from '../../helpers/tiny-migration.ts';

const folder = useTempFolder();

/** A process of its own, two minutes later: nobody is still making a folder without its lock. */
function later(): System {
  const system = freshSystem({ home: folder() });
  return withOverrides(system, { now: () => new Date(system.now().getTime() + 120_000) });
}

async function exportTo(system: System, out: string): Promise<void> {
  const survey = takeSurvey(system, join(folder(), 'clone'), join(folder(), '.agent-workflow'));
  try {
    await writeExport(system, survey, { folder: out });
  } finally {
    closeSurvey(survey);
  }
}

it('An export that dies at any writing call leaves nothing but what the next one to the same place removes', async () => {
  const clone = makeClone(join(folder(), 'clone'), { '.env': 'LANGUAGE_OF_LOGS=en\n' });
  const source = treeDigest(clone);
  const undisturbed = faultySystem(freshSystem({ home: folder() }), {
    calls: WRITING_CALLS,
    at: 0,
    fault: 'crash',
  });
  await exportTo(undisturbed.system, join(folder(), 'undisturbed', 'out'));
  let abandoned = 0;
  for (let at = 1; at <= undisturbed.count(); at++) {
    const parent = join(folder(), `at-${at}`);
    const out = join(parent, 'out');
    const faulty = faultySystem(freshSystem({ home: folder() }), {
      calls: WRITING_CALLS,
      at,
      fault: 'crash',
    });
    await expect(exportTo(faulty.system, out)).rejects.toThrow(SimulatedCrash);
    const left = readdirSync(folder()).includes(`at-${at}`) ? readdirSync(parent) : [];
    abandoned += left.filter((name) => name.endsWith('.partial')).length;

    const again = exportTo(later(), out);

    if (left.includes('out'))
      await expect(again, faulty.failed()).rejects.toMatchObject({ code: 'EXPORT_PLACE' });
    else await again;
    expect(readdirSync(parent), faulty.failed()).toEqual(['out']);
    expect(
      readExport(later(), out).files.map(({ place }) => place),
      faulty.failed(),
    ).toContain('credentials/.env');
  }
  expect(abandoned).toBeGreaterThan(20);
  expect(treeDigest(clone)).toBe(source);
});

it('An export removes no folder of a process that lives, of another export or of the person', async () => {
  makeClone(join(folder(), 'clone'));
  const system = freshSystem({ home: folder() });
  const lock = { pid: system.pid, bootId: system.bootId, processStart: system.processStart(system.pid) };
  put(folder(), 'out.00000001.partial/lock.json', JSON.stringify(lock));
  put(folder(), 'out.00000002.partial/lock.json', JSON.stringify({ ...lock, pid: 99_999_999 }));
  put(folder(), 'other.00000003.partial/lock.json', JSON.stringify({ ...lock, pid: 99_999_999 }));
  put(folder(), 'out.notes.partial/mine', '');
  mkdirSync(join(folder(), 'out.00000004.partial'));

  await exportTo(system, join(folder(), 'out'));

  expect(readdirSync(folder()).filter((name) => name.includes('partial'))).toEqual([
    'other.00000003.partial',
    'out.00000001.partial',
    'out.00000004.partial',
    'out.notes.partial',
  ]);
});
