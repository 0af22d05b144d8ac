import { hash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/agent/plan/plan.ts';
import { planMigration } from '../../../src/agent/run/plan-migration.ts';
import {
  hashFile,
  stageConfig,
  stageCredentials,
  stageRegistry,
  syncFolders,
} from '../../../src/agent/run/staging.ts';
import type { System } from '../../../src/agent/system.ts';
import {
  buildTinyInstallation,
  type TinyInstallation,
  type TinyTarget,
} from '../../fixtures/tiny-installation.ts';
import { put } from '../../fixtures/write-files.ts';
import { faultySystem, SimulatedCrash, WRITING_CALLS } from '../../helpers/faulty-system.ts';
import { normalisedHome } from '../../helpers/normalised-home.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { freshSystem } from '../../helpers/tiny-migration.ts';

const folder = useTempFolder();
let tiny: TinyInstallation;
let staging: string;
beforeEach(() => {
  staging = join(folder(), 'staging');
});

function planFor(kind: TinyTarget, prepare: (tiny: TinyInstallation) => void = () => {}): Plan {
  tiny = buildTinyInstallation(join(folder(), 'tiny'), kind);
  prepare(tiny);
  const request = { source: tiny.clone, target: tiny.target, backups: tiny.backups, answers: new Map() };
  return planMigration(freshSystem(tiny), request);
}

function stageAll(system: System, plan: Plan): void {
  stageConfig(system, staging, plan);
  stageCredentials(system, staging, plan);
  stageRegistry(system, staging, plan);
  syncFolders(system, staging);
}

describe('Staging', () => {
  test('prepares a new home whole, with private settings and secrets', () => {
    const plan = planFor('none');
    stageAll(freshSystem(tiny), plan);
    expect(fs.readdirSync(staging).sort()).toEqual([
      'agents',
      'config.yaml',
      'credentials.enc',
      'credentials.key',
      'custom',
      'global',
      'logs',
      'migration',
      'projects',
      'templates',
    ]);
    for (const name of ['config.yaml', 'credentials.enc', 'credentials.key', 'projects/registry.yaml'])
      expect(fs.statSync(join(staging, name)).mode & 0o777, name).toBe(0o600);
    expect(fs.existsSync(tiny.target)).toBe(false);
  });

  test('copies an agent with its mode and time, and prepares nothing that the home has already', () => {
    const has = (one: TinyInstallation) => put(one.target, 'agents/agent-poet.yaml', 'name: poet\n');
    const fresh = planFor('none');
    expect(stageConfig(freshSystem(tiny), staging, fresh)).toEqual({ files: 1 });
    const copy = fs.statSync(join(staging, 'agents/agent-poet.yaml'));
    const original = fs.statSync(join(tiny.clone, 'agent-poet.yaml'));
    expect([copy.mode & 0o777, copy.mtimeMs]).toEqual([0o640, original.mtimeMs]);

    fs.rmSync(staging, { recursive: true });
    fs.rmSync(tiny.root, { recursive: true });
    const again = planFor('existing', has);
    expect(stageConfig(freshSystem(tiny), staging, again)).toEqual({ files: 0 });
    expect(fs.existsSync(join(staging, 'agents'))).toBe(false);
  });

  test('makes no new key where the home has one', () => {
    const plan = planFor('existing');
    expect(stageCredentials(freshSystem(tiny), staging, plan)).toEqual({ secrets: 2 });
    expect(fs.readdirSync(staging)).toEqual(['credentials.enc']);
  });

  test('copies a file of several pieces whole', () => {
    const big = Buffer.alloc((2 << 20) + 17, 'poem ');
    const plan = planFor('none', ({ clone }) => fs.writeFileSync(join(clone, 'agent-long.yaml'), big));
    stageConfig(freshSystem(tiny), staging, plan);
    expect(fs.readFileSync(join(staging, 'agents/agent-long.yaml')).equals(big)).toBe(true);
    expect(hashFile(freshSystem(tiny), join(staging, 'agents/agent-long.yaml'))).toBe(hash('sha256', big));
  });

  test.each<TinyTarget>(['none', 'existing'])(
    'that was interrupted at any call is done again with the same result, with the target: %s',
    (kind) => {
      const plan = planFor(kind);
      const counting = faultySystem(freshSystem(tiny), { calls: WRITING_CALLS, at: 0, fault: 'crash' });
      stageAll(counting.system, plan);
      const prepared = stagedHome();
      for (let n = 1; n <= counting.count(); n++) {
        fs.rmSync(staging, { recursive: true, force: true });
        const faulty = faultySystem(freshSystem(tiny), { calls: WRITING_CALLS, at: n, fault: 'crash' });
        expect(() => stageAll(faulty.system, plan)).toThrowError(SimulatedCrash);
        stageAll(freshSystem(tiny), plan);
        expect(stagedHome(), `call ${n}: ${faulty.failed()}`).toEqual(prepared);
      }
    },
  );
});

/** The staged files; where the key stays in the home, the secrets are opened with that. */
function stagedHome(): string[] {
  const key = join(staging, 'credentials.key');
  const isBorrowed = !fs.existsSync(key);
  if (isBorrowed) fs.copyFileSync(join(tiny.target, 'credentials.key'), key);
  const lines = normalisedHome(staging);
  if (isBorrowed) fs.rmSync(key);
  return lines;
}
