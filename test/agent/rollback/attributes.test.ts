import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { previewRollback } from '../../../src/agent/rollback/preview.ts';
import { rollBack } from '../../../src/agent/rollback/rollback.ts';
import type { System } from '../../../src/agent/system.ts';
import { buildTinyInstallation, type TinyInstallation } from '../../fixtures/tiny-installation.ts';
import {
  attributesOf,
  folderWithAttributes,
  giveAcl,
  giveAttribute,
} from '../../helpers/extended-attributes.ts';
import { faultySystem, SimulatedCrash, withOverrides } from '../../helpers/faulty-system.ts';
import {
  describeHome,
  freshSystem,
  homeOf,
  migrateTiny,
  newestBackup,
} from '../../helpers/tiny-migration.ts';

let root: string;
let tiny: TinyInstallation;
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(join(folderWithAttributes(), 'awm-rollback-')));
  tiny = buildTinyInstallation(root, 'existing');
  fs.mkdirSync(join(root, 'bin'));
  for (const program of ['xargs', 'getfattr', 'setfattr'])
    fs.symlinkSync(`/usr/bin/${program}`, join(root, 'bin', program));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

/** A process on a machine that has the programs for attributes and no others. */
function machine(): System {
  return withOverrides(freshSystem(tiny), { env: { HOME: tiny.home, PATH: join(root, 'bin') } });
}

async function rollBackTo(kind: 'before-migration' | 'before-rollback', system = machine()) {
  const preview = await previewRollback(system, homeOf(tiny), newestBackup(tiny, kind));
  return { preview, report: await rollBack(system, homeOf(tiny), tiny.backups, preview) };
}

test('A rollback gives the home its attributes and ACLs again, and is taken back with those it met', async () => {
  const at = (name: string) => join(tiny.target, name);
  giveAttribute(at('config.yaml'), 'user.note', 'mine');
  giveAcl(at('config.yaml'), '-m', 'u:12345:r');
  giveAttribute(tiny.target, 'user.home', 'yes');
  const untouched =
    fs.readdirSync(tiny.target).find((name) => !/^(config|credentials|projects)/.test(name)) ?? '';
  giveAttribute(at(untouched), 'user.kept', 'yes');
  const [before, attributes] = [describeHome(tiny), attributesOf(tiny.target)];
  expect(await migrateTiny(machine(), tiny)).toMatchObject({ outcome: 'not-yet-usable' });
  giveAttribute(at(untouched), 'user.kept', 'no');
  giveAttribute(at('config.yaml'), 'user.later', 'new');
  const met = attributesOf(tiny.target);

  const { preview, report } = await rollBackTo('before-migration');

  expect(preview.home.difference.restore.map(({ rel }) => rel)).toContain(untouched);
  expect(report).toMatchObject({ outcome: 'rolled-back', failures: [] });
  expect(describeHome(tiny)).toEqual(before);
  expect(attributesOf(tiny.target)).toBe(attributes);

  expect((await rollBackTo('before-rollback')).report).toMatchObject({
    outcome: 'rolled-back',
    failures: [],
  });
  expect(attributesOf(tiny.target)).toBe(met);
});

test('An ACL that came after the migration goes, though nothing had attributes before', async () => {
  const [before, attributes] = [describeHome(tiny), attributesOf(tiny.target)];
  expect(attributes).toBe('');
  await migrateTiny(machine(), tiny);
  const untouched =
    fs.readdirSync(tiny.target).find((name) => !/^(config|credentials|projects)/.test(name)) ?? '';
  giveAcl(join(tiny.target, untouched), '-m', 'u:12345:rwx');
  expect((await rollBackTo('before-migration')).report).toMatchObject({
    outcome: 'rolled-back',
    failures: [],
  });
  expect(describeHome(tiny)).toEqual(before);
  expect(attributesOf(tiny.target)).toBe('');
});

test('A rollback that died at any call of a program gives the attributes again when it is gone on with', async () => {
  giveAttribute(join(tiny.target, 'config.yaml'), 'user.note', 'mine');
  giveAcl(join(tiny.target, 'projects'), '-d', '-m', 'g:12345:rx');
  const [before, attributes] = [describeHome(tiny), attributesOf(tiny.target)];
  for (let n = 1; ; n++) {
    await migrateTiny(machine(), tiny);
    const faulty = faultySystem(machine(), { calls: ['run'], at: n, fault: 'crash' });
    const ended = await rollBackTo('before-migration', faulty.system).catch((error: unknown) => error);
    if (faulty.failed() === undefined) {
      expect(n).toBeGreaterThan(5);
      break;
    }
    const at = `call ${n}: ${faulty.failed()}`;
    expect(ended, at).toBeInstanceOf(SimulatedCrash);
    expect((await rollBackTo('before-migration')).report, at).toMatchObject({
      outcome: 'rolled-back',
      failures: [],
    });
    expect(describeHome(tiny), at).toEqual(before);
    expect(attributesOf(tiny.target), at).toBe(attributes);
  }
});
