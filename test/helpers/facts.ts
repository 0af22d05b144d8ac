import type {
  Assessment,
  PausedRun,
  PlanSummary,
  RollbackResult,
  RollbackSummary,
  RunResult,
} from '../../commands/wizards/migration-state.ts';

/** Facts as a machine tells them, of one installation. */
export const ASSESSMENT: Assessment = {
  version: '0.9.2',
  method: 'git clone',
  layouts: ['documented'],
  compatible: 'yes',
  complexity: { level: 'moderate', score: 12 },
  segment: 'intermediate',
  usage: 'regular',
  age_months: 7,
  projects: { total: 5, existing: 4, shown: [] },
  integrations: ['discord', 'claude'],
  own: { agents: 1, changed_files: 2, files: 43, settings_files: 3, commits: 0 },
  volume: { state_files: 120, state_bytes: 45_100_000, own_bytes: 9_000 },
  risk: { level: 'low', open_decisions: 0, warnings: 2, target_exists: false, ready: true },
  recommended: 'automated',
  reasons: ['simple-setup'],
  stops: [],
  estimate: { seconds: { from: 1, to: 14 }, disk_bytes: { from: 45_100_000, to: 61_000_000 } },
  findings: [{ code: 'env-world-readable', level: 'warning', times: 2, places: ['<clone>'] }],
};

const LEDGER: PlanSummary['ledger'] = {
  key: { total: 182, in_effect: 150, not_in_effect: 30, needs_you: 1 },
  file: { total: 43, in_effect: 43, not_in_effect: 0, needs_you: 0 },
  secret: { total: 21, in_effect: 21, not_in_effect: 0, needs_you: 0 },
  project: { total: 5, in_effect: 4, not_in_effect: 0, needs_you: 1 },
};

export const PLAN: PlanSummary = {
  actions: { write: 12, copy: 31, patch: 2, store: 21, register: 4 },
  ledger: LEDGER,
  open_decisions: 0,
  backup_bytes: 47_800_000,
};

export const RUN: RunResult = {
  run: 'run-20240115-143045-3f9a',
  outcome: 'complete',
  milliseconds: 14_000,
  ledger: LEDGER,
  checks: [
    { name: 'config-syntax', status: 'ok', done: 3, of: 3 },
    { name: 'command-functionality', status: 'skipped', done: 0, of: 1 },
  ],
  backup: 7,
};

const { run, ledger, checks } = RUN;
const BACKUP = { backup: 7, files: 294, bytes: 47_800_000, verified: { done: 315, of: 315 } };
const HELD = { cron_lines: 2, timers: 1 };

/** The same run while it waits after each phase that a guided migration waits after, in order. */
export const PAUSES: readonly PausedRun[] = [
  { run, outcome: 'paused', after: 'analyze', milliseconds: 900, ledger, checks: [] },
  {
    run,
    outcome: 'paused',
    after: 'backup',
    milliseconds: 6_000,
    ledger,
    checks: [],
    backup: BACKUP,
    held_back: HELD,
  },
  {
    run,
    outcome: 'paused',
    after: 'register',
    milliseconds: 9_000,
    ledger,
    checks: [],
    backup: BACKUP,
    prepared: { files: 43, secrets: 21, projects: 4 },
    held_back: HELD,
  },
  {
    run,
    outcome: 'paused',
    after: 'validate',
    milliseconds: 12_000,
    ledger,
    checks: checks.slice(0, 1),
    backup: BACKUP,
    prepared: { files: 43, secrets: 21, projects: 4 },
    held_back: HELD,
  },
];

export const ROLLBACK_PREVIEW: RollbackSummary = {
  backup: 7,
  restored: 12,
  unchanged: 280,
  removed: 33,
  newer: 1,
  kept: 0,
  carried: 0,
  left: 0,
  conflicts: 0,
  state_changed: 2,
  running: 0,
  choices: {},
};

export const ROLLED_BACK: RollbackResult = {
  run: 'run-20240115-150000-aaaa',
  outcome: 'rolled-back',
  milliseconds: 2_300,
  restored: 12,
  unchanged: 280,
  moved_aside: 3,
  verified: { done: 292, of: 292 },
  carried: 0,
  stopped: 0,
  started: 0,
};
