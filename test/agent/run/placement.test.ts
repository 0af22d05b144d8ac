import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RealSystem } from '../../../src/agent/real-system.ts';
import {
  type PlacementFolders,
  type PlacementPlan,
  place,
  placementFolders,
  planFromJson,
  planPlacements,
  planToJson,
  takeAllBack,
} from '../../../src/agent/run/placement.ts';
import type { System } from '../../../src/agent/system.ts';
import { settleTimes } from '../../fixtures/settle.ts';
import { put } from '../../fixtures/write-files.ts';
import { describeTree } from '../../helpers/digest.ts';
import { faultySystem, WRITING_CALLS } from '../../helpers/faulty-system.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const folder = useTempFolder();
const system = new RealSystem();

/** A new folder with what was prepared, and with a home that has some of it already. */
function workshop(name: string, home: 'none' | 'existing'): PlacementFolders {
  const root = join(folder(), name);
  const { home: folders } = placementFolders(join(root, 'home'), 'run-1');
  put(folders.staging, 'config.yaml', 'new: 1\n', 0o600);
  put(folders.staging, 'agents/poet.yaml', 'poet\n', 0o640);
  put(folders.staging, 'projects/registry.yaml', 'projects: {}\n');
  if (home === 'existing') {
    put(folders.target, 'config.yaml', 'old: 1\n', 0o644);
    put(folders.target, 'agents/writer.yaml', 'writer\n');
    put(folders.target, 'reminder.txt', 'May\n');
  }
  settleTimes(root);
  return folders;
}

function placeAll(using: System, folders: PlacementFolders, plan: PlacementPlan): void {
  for (const one of plan.placements) place(using, folders, one);
}

const rels = (plan: PlacementPlan) => plan.placements.map(({ rel }) => rel);

describe('Placing', () => {
  test('a whole new home is one rename', () => {
    const folders = workshop('a', 'none');
    const prepared = describeTree(folders.staging);
    const plan = planPlacements(system, folders);
    expect(plan).toEqual({ placements: [{ rel: '' }], folders: [] });
    placeAll(system, folders, plan);
    expect(describeTree(folders.target)).toEqual(prepared);
    expect(fs.existsSync(folders.staging)).toBe(false);
  });

  test('into a home that is there adds what is new, and what it replaces goes aside', () => {
    const folders = workshop('a', 'existing');
    const plan = planPlacements(system, folders);
    expect(rels(plan)).toEqual(['agents/poet.yaml', 'config.yaml', 'projects']);
    placeAll(system, folders, plan);
    expect(fs.readFileSync(join(folders.target, 'config.yaml'), 'utf8')).toBe('new: 1\n');
    expect(fs.readFileSync(join(folders.aside, 'config.yaml'), 'utf8')).toBe('old: 1\n');
    expect(fs.readdirSync(join(folders.target, 'agents'))).toEqual(['poet.yaml', 'writer.yaml']);
    expect(fs.readFileSync(join(folders.target, 'reminder.txt'), 'utf8')).toBe('May\n');
  });

  test('a file where the home has a folder sends the folder aside with all that it holds', () => {
    const folders = workshop('a', 'existing');
    fs.rmSync(join(folders.target, 'config.yaml'));
    put(folders.target, 'config.yaml/inner.txt', 'inner\n');
    placeAll(system, folders, planPlacements(system, folders));
    expect(fs.readFileSync(join(folders.aside, 'config.yaml/inner.txt'), 'utf8')).toBe('inner\n');
  });

  test('names that are not UTF-8 keep their bytes, through the journal too', () => {
    const folders = workshop('a', 'existing');
    const name = Buffer.from([0x6e, 0xe9, 0xff]);
    const staged = Buffer.concat([Buffer.from(`${folders.staging}/agents/`), name]);
    fs.writeFileSync(staged, 'odd\n');
    const plan = planFromJson(JSON.parse(JSON.stringify(planToJson(planPlacements(system, folders)))));
    placeAll(system, folders, plan);
    const there = Buffer.concat([Buffer.from(`${folders.target}/agents/`), name]);
    expect(fs.readFileSync(there, 'utf8')).toBe('odd\n');
    takeAllBack(system, folders, plan);
    expect(fs.existsSync(there)).toBe(false);
  });

  test.each<[string, (target: string) => void]>([
    ['was edited', (target) => fs.appendFileSync(join(target, 'config.yaml'), '# mine\n')],
    ['was replaced by equal bytes', (target) => replace(join(target, 'config.yaml'))],
    ['is gone', (target) => fs.rmSync(join(target, 'config.yaml'))],
    ['was taken by a new file', (target) => fs.writeFileSync(join(target, 'projects'), 'mine')],
  ])('is refused with TARGET_CHANGED where a place %s after it was planned', (_, change) => {
    const folders = workshop('a', 'existing');
    const plan = planPlacements(system, folders);
    change(folders.target);
    const changed = describeTree(folders.target).slice(1);
    expect(() => placeAll(system, folders, plan)).toThrowError(
      expect.objectContaining({ code: 'TARGET_CHANGED' }),
    );
    takeAllBack(system, folders, plan);
    expect(describeTree(folders.target).slice(1).filter(isFile)).toEqual(changed.filter(isFile));
  });

  test('is refused with STEP_CONFLICT where what was prepared is gone', () => {
    const folders = workshop('a', 'existing');
    const plan = planPlacements(system, folders);
    fs.rmSync(join(folders.staging, 'projects'), { recursive: true });
    expect(() => placeAll(system, folders, plan)).toThrowError(
      expect.objectContaining({
        code: 'STEP_CONFLICT',
        params: expect.objectContaining({ path: join(folders.target, 'projects') }),
      }),
    );
    fs.rmSync(folders.staging, { recursive: true });
    expect(() => planPlacements(system, folders)).toThrowError(
      expect.objectContaining({ code: 'STEP_CONFLICT' }),
    );
  });

  test('through a link in the place of a folder of the run is refused with STEP_CONFLICT', () => {
    for (const name of ['aside', 'staging'] as const) {
      const folders = workshop(`linked-${name}`, 'existing');
      const plan = planPlacements(system, folders);
      const elsewhere = join(folder(), `elsewhere-${name}`);
      fs.rmSync(folders[name], { recursive: true, force: true });
      fs.mkdirSync(elsewhere);
      fs.symlinkSync(elsewhere, folders[name]);
      const home = describeTree(folders.target);

      for (const work of [
        () => placeAll(system, folders, plan),
        () => takeAllBack(system, folders, plan),
        () => planPlacements(system, folders),
      ])
        expect(work).toThrowError(
          expect.objectContaining({
            code: 'STEP_CONFLICT',
            params: expect.objectContaining({ path: folders[name] }),
          }),
        );

      expect(fs.readdirSync(elsewhere)).toEqual([]);
      expect(describeTree(folders.target)).toEqual(home);
    }
  });

  test('twice is the same as once', () => {
    const folders = workshop('a', 'existing');
    const plan = planPlacements(system, folders);
    placeAll(system, folders, plan);
    const placed = describeTree(folders.target);
    placeAll(system, folders, plan);
    expect(describeTree(folders.target)).toEqual(placed);
  });
});

describe.each(['none', 'existing'] as const)('With the home: %s', (home) => {
  test('taking back gives bytes, modes and the times of the folders again', () => {
    const folders = workshop('a', home);
    const before = fs.existsSync(folders.target) ? describeTree(folders.target) : undefined;
    const plan = planPlacements(system, folders);
    placeAll(system, folders, plan);
    takeAllBack(system, folders, plan);
    expect(fs.existsSync(folders.target) ? describeTree(folders.target) : undefined).toEqual(before);
    takeAllBack(system, folders, plan);
    expect(fs.existsSync(folders.target) ? describeTree(folders.target) : undefined).toEqual(before);
  });

  test('placing that was interrupted at any call is finished, or taken back, with the same result', () => {
    const undisturbed = workshop('undisturbed', home);
    const before = home === 'none' ? undefined : describeTree(undisturbed.target);
    placeAll(system, undisturbed, planPlacements(system, undisturbed));
    const after = withoutTimesOfFolders(describeTree(undisturbed.target));
    for (let n = 1; ; n++) {
      const faulty = faultySystem(system, { calls: WRITING_CALLS, at: n, fault: 'crash' });
      const finished = workshop(`finished-${n}`, home);
      const plan = planPlacements(system, finished);
      ignore(() => placeAll(faulty.system, finished, plan));
      if (faulty.failed() === undefined) break;
      placeAll(system, finished, plan);
      expect(withoutTimesOfFolders(describeTree(finished.target)), `call ${n}`).toEqual(after);

      const again = faultySystem(system, { calls: WRITING_CALLS, at: n, fault: 'crash' });
      const back = workshop(`back-${n}`, home);
      const planBack = planPlacements(system, back);
      ignore(() => placeAll(again.system, back, planBack));
      takeAllBack(system, back, planBack);
      expectAsBefore(back, before, `call ${n}`);
    }
  });

  test('taking back that was interrupted at any call is finished with the same result', () => {
    const untouched = workshop('untouched', home);
    const before = home === 'none' ? undefined : describeTree(untouched.target);
    for (let n = 1; ; n++) {
      const folders = workshop(`n-${n}`, home);
      const plan = planPlacements(system, folders);
      placeAll(system, folders, plan);
      const faulty = faultySystem(system, { calls: WRITING_CALLS, at: n, fault: 'crash' });
      ignore(() => takeAllBack(faulty.system, folders, plan));
      if (faulty.failed() === undefined) break;
      takeAllBack(system, folders, plan);
      expectAsBefore(folders, before, `call ${n}: ${faulty.failed()}`);
    }
  });
});

describe('Taking back', () => {
  test('moves a file out of the way that appeared between the two renames, and tells where it is', () => {
    const folders = workshop('a', 'existing');
    const plan = planPlacements(system, folders);
    fs.mkdirSync(folders.aside);
    fs.renameSync(join(folders.target, 'config.yaml'), join(folders.aside, 'config.yaml'));
    put(folders.target, 'config.yaml', 'mine\n');
    put(folders.target, 'config.yaml.newer', 'mine, too\n');

    const moved = takeAllBack(system, folders, plan);

    expect(moved).toEqual([join(folders.target, 'config.yaml.newer.2')]);
    expect(fs.readFileSync(join(folders.target, 'config.yaml.newer.2'), 'utf8')).toBe('mine\n');
    expect(fs.readFileSync(join(folders.target, 'config.yaml'), 'utf8')).toBe('old: 1\n');
    expect(fs.readFileSync(join(folders.staging, 'config.yaml'), 'utf8')).toBe('new: 1\n');
  });

  test('gives a replaced file back also where its folder is gone', () => {
    const folders = workshop('a', 'existing');
    put(folders.target, 'agents/poet.yaml', 'mine\n');
    const plan = planPlacements(system, folders);
    placeAll(system, folders, plan);
    fs.rmSync(join(folders.target, 'agents'), { recursive: true });

    takeAllBack(system, folders, plan);

    expect(fs.readFileSync(join(folders.target, 'agents/poet.yaml'), 'utf8')).toBe('mine\n');
  });
});

/** Times follow from the path within each workshop, so all are described alike. */
function expectAsBefore(folders: PlacementFolders, before: string[] | undefined, at: string): void {
  if (before === undefined) expect(fs.existsSync(folders.target), at).toBe(false);
  else expect(describeTree(folders.target), at).toEqual(before);
}

function withoutTimesOfFolders(lines: string[]): string[] {
  return lines.map((line) => (isFile(line) ? line : line.replace(/\d{19}/, 'TIME')));
}

function isFile(line: string): boolean {
  return / file /.test(line);
}

function replace(path: string): void {
  const bytes = fs.readFileSync(path);
  const { mtime, mode } = fs.statSync(path);
  fs.writeFileSync(`${path}.new`, bytes, { mode });
  fs.chmodSync(`${path}.new`, mode);
  fs.utimesSync(`${path}.new`, mtime, mtime);
  fs.renameSync(`${path}.new`, path);
}

function ignore(work: () => void): void {
  try {
    work();
  } catch {
    // a crash that the test made
  }
}
