import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { AgentHome } from '../../src/agent/agent-home.ts';
import { chooseBackup, type KnownBackup } from '../../src/agent/backup-index.ts';
import { RealSystem } from '../../src/agent/real-system.ts';
import type { RunReport } from '../../src/agent/run/execute.ts';
import { type RunHooks, runMigration } from '../../src/agent/run/migrate.ts';
import { planMigration } from '../../src/agent/run/plan-migration.ts';
import { closeSurvey } from '../../src/agent/survey/survey.ts';
import type { System } from '../../src/agent/system.ts';
import type { TinyInstallation } from '../fixtures/tiny-installation.ts';
import { describeTree } from './digest.ts';
import { withOverrides } from './faulty-system.ts';

/** What a run tells nobody, and nobody stops it. */
export const QUIET: RunHooks = { emit: () => {}, stopAsked: () => false };

let pid = 100_000;

/**
 * The machine as a process of its own sees it: with a pid that no earlier one had, no other process alive, and no
 * package on PATH. It brings nothing to the disk: a crash in process loses no byte that was written, and hundreds of
 * runs need not wait for a disk.
 */
export function freshSystem(tiny: Pick<TinyInstallation, 'home'>): System {
  const mine = ++pid;
  return withOverrides(new RealSystem({ HOME: tiny.home, PATH: '/nonexistent' }), {
    pid: mine,
    isAlive: (other) => other === mine,
    processStart: (other) => (other === mine ? `start of ${mine}` : undefined),
    processes: () => [],
    syncData: () => {},
    syncFolder: () => {},
  });
}

/** A whole automated migration, as the command line does it. */
export async function migrateTiny(
  system: System,
  tiny: TinyInstallation,
  hooks: RunHooks = QUIET,
): Promise<RunReport> {
  const request = { source: tiny.clone, target: tiny.target, backups: tiny.backups, answers: new Map() };
  const plan = planMigration(system, request);
  try {
    return await runMigration(system, homeOf(tiny), request, plan, hooks);
  } finally {
    closeSurvey(plan.survey);
  }
}

export function homeOf(tiny: Pick<TinyInstallation, 'agentHome'>): AgentHome {
  return new AgentHome(tiny.agentHome);
}

/** Absolute path of the newest backup of this kind. @throws NOTHING_TO_ROLL_BACK */
export function newestBackup(tiny: TinyInstallation, kind: KnownBackup['kind'] = 'before-migration'): string {
  const { backups, target } = tiny;
  return chooseBackup(freshSystem(tiny), homeOf(tiny), backups, undefined, { kind, target });
}

/** The home folder with the clone, the project and the target, byte for byte; its own time moves with any sibling. */
export function describeHome(tiny: Pick<TinyInstallation, 'home'>): string[] {
  return describeTree(tiny.home).slice(1);
}

/** A new folder below `parent` for one more installation. */
export function newRoot(parent: string): string {
  return mkdtempSync(join(parent, 'tiny-'));
}
