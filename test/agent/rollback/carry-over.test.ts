import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readVault, sealVault } from '../../../src/agent/credentials/vault.ts';
import { previewRollback } from '../../../src/agent/rollback/preview.ts';
import { resumeRollback, rollBack } from '../../../src/agent/rollback/rollback.ts';
import { type Selection, selectionFrom } from '../../../src/agent/rollback/selection.ts';
import { newestRun } from '../../../src/agent/run/run-record.ts';
import type { System } from '../../../src/agent/system.ts';
import { Secret } from '../../../src/shared/secret.ts';
import {
  buildTinyInstallation,
  type TinyInstallation,
  type TinyTarget,
} from '../../fixtures/tiny-installation.ts';
import { put } from '../../fixtures/write-files.ts';
import { describeTree } from '../../helpers/digest.ts';
import { faultySystem, SimulatedCrash, WRITING_CALLS, withOverrides } from '../../helpers/faulty-system.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { freshSystem, homeOf, migrateTiny, newestBackup } from '../../helpers/tiny-migration.ts';

const folder = useTempFolder();
let tiny: TinyInstallation;
let before: string[];

const at = (rel: string) => join(tiny.target, rel);

async function migrated(kind: TinyTarget): Promise<void> {
  tiny = buildTinyInstallation(join(folder(), 'tiny'), kind);
  before = kind === 'none' ? [] : describeTree(tiny.target);
  expect(await migrateTiny(freshSystem(tiny), tiny)).toMatchObject({ outcome: 'not-yet-usable' });
}

const preview = (system: System, selection?: Selection) =>
  previewRollback(system, homeOf(tiny), newestBackup(tiny), selection);

async function roll(
  system: System,
  {
    carry = true,
    mine,
    selection,
  }: { carry?: boolean; mine?: readonly string[]; selection?: Selection } = {},
) {
  const seen = await preview(system, selection);
  return rollBack(system, homeOf(tiny), tiny.backups, seen, { carry, mine });
}

/** Changes the status of a registered project. */
function pauseProject(name: string): void {
  const text = fs.readFileSync(at('projects/registry.yaml'), 'utf8');
  const start = text.indexOf(`\n  ${name}:`);
  expect(start).toBeGreaterThan(0);
  const paused = text.slice(start).replace(/status: (active|idle)/, 'status: paused');
  fs.writeFileSync(at('projects/registry.yaml'), text.slice(0, start) + paused);
}

/** What a person does with the package in the days after. */
function registerProject(name: string): void {
  const entry = `  ${name}:\n    name: ${name}\n    path: /srv/${name}\n    tags: ["1", 022]\n`;
  fs.writeFileSync(
    at('projects/registry.yaml'),
    fs.readFileSync(at('projects/registry.yaml'), 'utf8') + entry,
  );
}

function storeSecret(credentialKey: string, value: string): void {
  const [key, enc] = [fs.readFileSync(at('credentials.key')), fs.readFileSync(at('credentials.enc'))];
  const entry = { type: 'token', provider: 'x', description: 'of later', scope: 'global' };
  const variable = credentialKey.toUpperCase();
  const secret = { credentialKey, variable, ...entry, value: new Secret(variable, value), replace: true };
  fs.writeFileSync(at('credentials.enc'), sealVault(readVault(key, enc), key, [secret], new Date()));
}

function secretNow(name: string): string | undefined {
  return readVault(fs.readFileSync(at('credentials.key')), fs.readFileSync(at('credentials.enc')))
    .get(name)
    ?.reveal()
    .toString();
}

/** As PyYAML reads it. */
function registryNow(): Record<string, unknown> {
  const script = 'import json,sys,yaml;print(json.dumps(yaml.safe_load(open(sys.argv[1]))["projects"]))';
  const { stdout, stderr } = spawnSync('python3', ['-c', script, at('projects/registry.yaml')], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('A rollback to a home of the same form, after more work in the new one', () => {
  beforeEach(async () => {
    await migrated('existing');
    registerProject('later');
    storeSecret('new_token', 'made after the migration');
    storeSecret('sentry_auth_token', 'rotated after the migration');
  });

  test('lists what is newer and carries it over, and nothing else differs from before', async () => {
    const { newerItems } = await preview(freshSystem(tiny));
    expect(newerItems).toEqual([
      { kind: 'project', name: 'later', change: 'added', stays: undefined, isConflict: false },
      { kind: 'secret', name: 'sentry_auth_token', change: 'changed', stays: undefined, isConflict: false },
      { kind: 'secret', name: 'new_token', change: 'added', stays: undefined, isConflict: false },
    ]);

    expect(await roll(freshSystem(tiny))).toMatchObject({
      outcome: 'rolled-back',
      failures: [],
      carried: { projects: ['later'], secrets: ['sentry_auth_token', 'new_token'] },
    });

    const known = Object.keys(registryNow());
    expect(known).toEqual(['toolbox', 'later']);
    expect(registryNow()['later']).toEqual({ name: 'later', path: '/srv/later', tags: ['1', 18] });
    expect(secretNow('new_token')).toBe('made after the migration');
    expect(secretNow('sentry_auth_token')).toBe('rotated after the migration');
    const changed = describeTree(tiny.target).filter((line) => !before.includes(line));
    expect(changed.map((line) => line.split(' ')[0])).toEqual([
      '.',
      'credentials.enc',
      'projects',
      'projects/registry.yaml',
    ]);
    expect(
      fs.readdirSync(homeOf(tiny).run(newestRun(freshSystem(tiny), homeOf(tiny))?.record.id ?? '')),
    ).not.toContain('carry');
  });

  test('carries a change over where the migration left the entry as it was', async () => {
    pauseProject('toolbox');
    expect((await preview(freshSystem(tiny))).newerItems[0]).toEqual({
      kind: 'project',
      name: 'toolbox',
      change: 'changed',
      stays: undefined,
      isConflict: false,
    });
    expect(await roll(freshSystem(tiny))).toMatchObject({ carried: { projects: ['toolbox', 'later'] } });
    expect(registryNow()).toMatchObject({ toolbox: { status: 'paused' }, later: {} });
  });

  test('carries nothing over where that is not wanted: every byte is as before', async () => {
    expect(await roll(freshSystem(tiny), { carry: false })).toMatchObject({
      outcome: 'rolled-back',
      carried: { projects: [], secrets: [] },
    });
    expect(describeTree(tiny.target)).toEqual(before);
  });

  test('carries it over after a crash at any point', async () => {
    const kept = join(folder(), 'kept');
    const places = [tiny.target, tiny.agentHome, tiny.backups];
    const copy = (from: string, to: string) => {
      fs.rmSync(to, { recursive: true, force: true });
      fs.cpSync(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    };
    for (const [n, place] of places.entries()) copy(place, `${kept}-${n}`);
    let points = 0;
    for (let n = 1; ; n += process.env['AWM_DEEP'] === '1' ? 1 : 7) {
      for (const [m, place] of places.entries()) copy(`${kept}-${m}`, place);
      const faulty = faultySystem(freshSystem(tiny), { calls: WRITING_CALLS, at: n, fault: 'crash' });
      const crash = await roll(faulty.system).catch((error: unknown) => error);
      if (faulty.failed() === undefined) break;
      expect(crash).toBeInstanceOf(SimulatedCrash);
      points++;
      const system = freshSystem(tiny);
      const open = newestRun(system, homeOf(tiny), 'open');
      const report = open === undefined ? undefined : await resumeRollback(system, homeOf(tiny), open.record);
      if (open === undefined && newestRun(system, homeOf(tiny))?.record.kind !== 'rollback')
        await roll(system);
      const said = `call ${n}: ${faulty.failed()}`;
      if (report !== undefined) expect(report, said).toMatchObject({ outcome: 'rolled-back' });
      expect(Object.keys(registryNow()), said).toEqual(['toolbox', 'later']);
      expect(secretNow('new_token'), said).toBe('made after the migration');
    }
    expect(points).toBeGreaterThan(10);
  });

  test('reports a store that cannot take them, and is otherwise done', async () => {
    const real = freshSystem(tiny);
    let isRestored = false;
    const system = withOverrides(real, {
      rename: (from, to) => {
        if (isRestored && String(to).endsWith('credentials.enc'))
          throw Object.assign(new Error('EIO: made by a test'), { code: 'EIO' });
        if (String(to) === at('credentials.enc')) isRestored = true;
        real.rename(from, to);
      },
    });
    const report = await roll(system);
    expect(report).toMatchObject({
      outcome: 'failed',
      carried: { projects: ['later'], secrets: [] },
      failures: [{ path: at('credentials.enc') }],
    });
    const open = newestRun(real, homeOf(tiny), 'open');
    if (open === undefined) throw new Error('the rollback is not open');
    expect(await resumeRollback(freshSystem(tiny), homeOf(tiny), open.record)).toMatchObject({
      outcome: 'rolled-back',
    });
    expect(secretNow('new_token')).toBe('made after the migration');
  });
});

describe('A rollback to an installation without a home', () => {
  beforeEach(() => migrated('none'));

  test('says of each newer project and secret why it stays behind', async () => {
    registerProject('later');
    storeSecret('new_token', 'made after the migration');
    const { newerItems } = await preview(freshSystem(tiny));
    expect(newerItems).toMatchObject([
      { kind: 'project', name: 'later', stays: expect.stringContaining('the clone is never written to') },
      { kind: 'secret', name: 'new_token', stays: expect.stringContaining('the clone is never written to') },
    ]);
    expect(await roll(freshSystem(tiny))).toMatchObject({
      outcome: 'rolled-back',
      carried: { projects: [] },
    });
    expect(fs.existsSync(tiny.target)).toBe(false);
  });

  test('keeps as it is now what the person names, and moves the rest aside', async () => {
    put(tiny.target, 'custom/deep/mine.txt', 'mine\n');
    put(tiny.target, 'custom/deep/other.txt', 'other\n');
    const selection = selectionFrom('full', [], ['custom/deep/mine.txt']);
    expect(await roll(freshSystem(tiny), { selection })).toMatchObject({
      outcome: 'rolled-back',
      failures: [],
    });
    const left = fs.readdirSync(tiny.target, { recursive: true, encoding: 'utf8' }).sort();
    expect(left).toEqual(['custom', 'custom/deep', 'custom/deep/mine.txt']);
    expect(() => selectionFrom('config_only', [], ['x'])).toThrow('--keep needs --type full');
    await expect(preview(freshSystem(tiny), selectionFrom('full', [], ['nothing']))).rejects.toMatchObject({
      code: 'ROLLBACK_SELECTION',
    });
  });

  test('finds nothing newer where nobody did anything since', async () => {
    expect((await preview(freshSystem(tiny))).newerItems).toEqual([]);
  });
});

test('State that a project got since is listed by project, and stays', async () => {
  await migrated('none');
  put(tiny.project, '.orch-state/sprints/7.json', '{}\n');
  put(tiny.project, '.orch-state/backlog.json', '{"stories": [1]}\n');
  const { state } = await preview(freshSystem(tiny));
  expect(state).toMatchObject({
    changed: 1,
    added: 1,
    newer: [{ path: join(tiny.project, '.orch-state'), changed: 1, added: 1 }],
  });
  const now = describeTree(tiny.project);
  await roll(freshSystem(tiny));
  expect(describeTree(tiny.project)).toEqual(now);
});

test('A rollback writes only what differs: every other file keeps its inode and its times', async () => {
  await migrated('existing');
  const stamps = () =>
    new Map(
      fs
        .readdirSync(tiny.target, { recursive: true, encoding: 'utf8' })
        .map((rel) => [rel, fs.lstatSync(at(rel), { bigint: true })] as const)
        .filter(([, stat]) => stat.isFile())
        .map(([rel, { ino, ctimeNs, mtimeNs }]) => [rel, `${ino} ${ctimeNs} ${mtimeNs}`]),
    );
  const there = new Set(before.map((line) => line.split(' ')[0]));
  const then = stamps();
  const { home } = await preview(freshSystem(tiny));
  const differing = home.difference.restore.map(({ rel }) => String(rel));
  expect(differing).toContain('config.yaml');
  await roll(freshSystem(tiny));
  const now = stamps();
  const untouched = [...then.keys()].filter((rel) => there.has(rel) && !differing.includes(rel));
  expect(untouched).toContain('reminder.txt');
  for (const rel of untouched) expect(now.get(rel), rel).toBe(then.get(rel));
  for (const rel of differing.filter((one) => then.has(one)))
    expect(now.get(rel), rel).not.toBe(then.get(rel));
});

describe('A project that the migration registered and the person changed since', () => {
  beforeEach(async () => {
    tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    const bakery = join(tiny.home, 'bakery');
    fs.mkdirSync(bakery);
    fs.appendFileSync(join(tiny.clone, 'config.yml'), `  bakery:\n    path: ${JSON.stringify(bakery)}\n`);
    expect(await migrateTiny(freshSystem(tiny), tiny)).toMatchObject({ outcome: 'not-yet-usable' });
    pauseProject('bakery');
  });

  test('goes with the rollback where nobody chose otherwise', async () => {
    expect((await preview(freshSystem(tiny))).newerItems).toEqual([
      {
        kind: 'project',
        name: 'bakery',
        change: 'changed',
        stays: 'the migration registered it, and before it there was none',
        isConflict: true,
      },
    ]);
    expect(await roll(freshSystem(tiny))).toMatchObject({ carried: { projects: [] } });
    expect(Object.keys(registryNow())).toEqual(['toolbox']);
  });

  test('stays registered as it is now where the person chose so, without the rest being carried over', async () => {
    registerProject('later');
    expect(await roll(freshSystem(tiny), { carry: false, mine: ['bakery'] })).toMatchObject({
      outcome: 'rolled-back',
      carried: { projects: ['bakery'] },
    });
    expect(Object.keys(registryNow())).toEqual(['toolbox', 'bakery']);
    expect(registryNow()).toMatchObject({ bakery: { status: 'paused' } });
  });
});
