/**
 * The facts that may leave a machine: what jobs answer. Everything here is a count, a level, a version, a code of ours, a
 * time, or a name out of a closed list. There is no member that a path, a project's name, a setting's value, a message in
 * words or a hash of a file would fit into; adding one is a decision about people's privacy.
 */
import { REASON_CODES, STOP_CODES } from '../shared/recommendation.ts';
import {
  count,
  either,
  flag,
  list,
  object,
  oneOf,
  rootId,
  runId,
  type Schema,
  type TypeOf,
  text,
  time,
  whole,
} from './schema.ts';

/** A word of our own code, such as a finding's: short words and small numbers, too little for a token to hide in. */
const code = text('^[a-z]{1,14}([_-]([a-z]{1,14}|[0-9]{1,3})){0,4}$', 40);
/** Where a finding is, as a name that stays the same while the installation does. */
const place = text('^<(home|clone|new-home|backups|agent-home|elsewhere|project-[1-9][0-9]{0,3})>$', 20);
const range = object({ from: count, to: count });
const errorNumber = text('^AWM-[0-9]{4}$');
const version = text('^[0-9]{1,4}(\\.[0-9]{1,6}){1,3}([a-z]{1,4}[0-9]{0,4})?$', 24);
/** Number of a backup in the list that this machine keeps; it says nothing about where the backup lies. */
export const recordNumber = whole(1, 1_000_000);

export const INTEGRATIONS = ['discord', 'claude', 'openai', 'github', 'network'] as const;
export const integration = oneOf(...INTEGRATIONS);

const status = oneOf('ok', 'info', 'warning', 'error', 'postponed', 'skipped');
const check = object({ name: code, status, done: count, of: count });
const outcome = oneOf('complete', 'not-yet-usable', 'nothing-to-do', 'undone', 'rolled-back', 'failed');
export const phase = oneOf(
  'analyze',
  'backup',
  'convert',
  'credentials',
  'register',
  'validate',
  'finalize',
  'rollback',
);

/** The phases of a migration after which it can wait for a person to say go on: all but the last. */
export const pausePhase = oneOf('analyze', 'backup', 'convert', 'credentials', 'register', 'validate');
export type PausePhase = TypeOf<typeof pausePhase>;

const fates = object({ total: count, in_effect: count, not_in_effect: count, needs_you: count });
const ledger = object({ key: fates, file: fates, secret: fates, project: fates });

/** Result of `assess`: the mission's nine parts, counted. Projects are numbered in an order that only the machine knows. */
export const ASSESSMENT = object(
  {
    method: oneOf('git clone', 'folder'),
    layouts: list(oneOf('documented', 'classic', 'multi-project'), 3),
    compatible: oneOf('yes', 'probably', 'unknown'),
    complexity: object({ level: oneOf('minimal', 'basic', 'moderate', 'complex'), score: count }),
    segment: oneOf('novice', 'intermediate', 'advanced'),
    usage: oneOf('none', 'idle', 'light', 'regular'),
    projects: object({
      total: count,
      existing: count,
      /** The first of them. */
      shown: list(
        object({
          name: text('^project-[1-9][0-9]{0,3}$'),
          exists: flag,
          state_files: count,
          state_bytes: count,
        }),
        20,
      ),
    }),
    integrations: list(integration, INTEGRATIONS.length),
    own: object({ agents: count, changed_files: count, files: count, settings_files: count, commits: count }),
    volume: object({ state_files: count, state_bytes: count, own_bytes: count }),
    risk: object({
      level: oneOf('low', 'medium', 'high'),
      open_decisions: count,
      warnings: count,
      target_exists: flag,
      /** Room, permission, and no orchestrator that runs. */
      ready: flag,
    }),
    recommended: oneOf('automated', 'guided', 'manual', 'decide first'),
    reasons: list(oneOf(...REASON_CODES), REASON_CODES.length),
    /** What would stop working with the installed package: reasons to stay for now. */
    stops: list(oneOf(...STOP_CODES), STOP_CODES.length),
    /** What a migration takes of the machine. */
    estimate: object({ seconds: range, disk_bytes: range }),
    findings: list(
      object({
        code,
        level: oneOf('info', 'warning', 'decision', 'error'),
        times: count,
        places: list(place, 2),
      }),
      16,
    ),
  },
  /** Months since it was installed. */
  { version, age_months: whole(0, 1200) },
);

const PLAN_SUMMARY_MEMBERS = {
  actions: object({ write: count, copy: count, patch: count, store: count, register: count }),
  ledger,
  open_decisions: count,
  backup_bytes: count,
};

/** What a plan of a migration would do. */
export const PLAN_SUMMARY = object(PLAN_SUMMARY_MEMBERS);

/** What was written into a new export on the machine: secrets by name only. */
export const EXPORT_RESULT = object({
  export: recordNumber,
  /** To look at and to edit: settings and env files. */
  editable: count,
  /** Copies of state, to look at. */
  state: count,
  bytes: count,
  secrets: count,
  left_out: count,
});

/** What the import of an export would do, and what the person did to it. */
export const IMPORT_SUMMARY = object({
  export: recordNumber,
  edited: count,
  added: count,
  deleted: count,
  /** Lies in it and means nothing to it. */
  ignored: count,
  ...PLAN_SUMMARY_MEMBERS,
});

/**
 * What a person chooses about a rollback, by ids. `newer`: projects and secrets that are newer than the migration are
 * carried over, or left in the backup that is made first, or every newer file is kept as it is now. `conflicts`: of projects that the
 * migration and the person both changed the entries of before count, or those of now. `orchestrator`: the
 * rollback waits for somebody to stop it, or stops it and starts it again.
 */
export const ROLLBACK_CHOICES = {
  newer: oneOf('carry', 'leave', 'keep'),
  conflicts: oneOf('before', 'now'),
  orchestrator: oneOf('wait', 'stop'),
};

/** A choice that the machine offers now, and what this preview has for it. Without a member there is nothing to choose. */
const offered = <T>(option: Schema<T>) => object({ options: list(option, 3, 2), chosen: option });

/** What a rollback would do. */
export const ROLLBACK_SUMMARY = object({
  backup: recordNumber,
  restored: count,
  unchanged: count,
  removed: count,
  /** Files made or changed after the migration that are moved aside or replaced. */
  newer: count,
  /** Newer files that stay as they are now. */
  kept: count,
  /** Projects and secrets that are newer: in the restored home too, or only in the backup that is made first. */
  carried: count,
  left: count,
  /** Projects that the migration and the person both changed. */
  conflicts: count,
  /** State files of projects that changed: left as they are. */
  state_changed: count,
  /** Orchestrators that run now. */
  running: count,
  choices: object(
    {},
    {
      newer: offered(ROLLBACK_CHOICES.newer),
      conflicts: offered(ROLLBACK_CHOICES.conflicts),
      orchestrator: offered(ROLLBACK_CHOICES.orchestrator),
    },
  ),
});

/** The end of a migration that came to its end, by `apply` or `resume`. */
export const RUN_RESULT = object(
  { run: runId, outcome, milliseconds: count, ledger, checks: list(check, 16) },
  { backup: recordNumber },
);

/**
 * A migration that was told to wait after a phase: what is behind it so far. Only `resume` or `undo` of a person, or
 * somebody at the machine, moves it.
 */
export const PAUSED_RUN = object(
  {
    run: runId,
    outcome: oneOf('paused'),
    after: pausePhase,
    /** Of all phases so far, without the time that it waited. */
    milliseconds: count,
    /** What the plan says becomes of everything. */
    ledger,
    /** Those of the validation; none before it. */
    checks: list(check, 16),
  },
  {
    backup: object({
      backup: recordNumber,
      files: count,
      bytes: count,
      verified: object({ done: count, of: count }),
    }),
    /** What lies ready beside the new home, which is not touched before the last phase. */
    prepared: object({ files: count, secrets: count, projects: count }),
    /** What would start the old tool and is held back until the run ends: lines of cron, timers of systemd. */
    held_back: object({ cron_lines: count, timers: count }),
  },
);

export const UNDO_RESULT = object({ run: runId, outcome, milliseconds: count });

export const ROLLBACK_RESULT = object({
  run: runId,
  outcome,
  milliseconds: count,
  restored: count,
  unchanged: count,
  moved_aside: count,
  verified: object({ done: count, of: count }),
  /** Newer projects and secrets that are in the restored home too. */
  carried: count,
  /** Orchestrators that were stopped, and how many of them run again. */
  stopped: count,
  started: count,
});

export const STATUS_RESULT = object({
  /** Folders that were registered at the machine: what can be named in other jobs. */
  roots: list(object({ root: rootId, present: flag, writable: flag }), 20),
  target: oneOf('absent', 'present'),
  /** A run is working at this moment. */
  busy: flag,
  backups: count,
  /** The newest first. */
  runs: list(
    object(
      {
        run: runId,
        kind: oneOf('migrate', 'rollback'),
        outcome: either(outcome, oneOf('unfinished', 'paused')),
        started: time,
      },
      { phase, error: errorNumber },
    ),
    10,
  ),
});

/** Each integration layer by layer; the first that is not `ok` is the one that fails. */
export const CHECK_RESULT = object({
  integrations: list(
    object({
      integration,
      layers: list(
        object({ layer: oneOf('present', 'reachable', 'accepted'), status }, { error: errorNumber }),
        3,
      ),
    }),
    INTEGRATIONS.length,
  ),
});

export const BACKUPS_RESULT = object({
  total: count,
  /** The newest first. */
  shown: list(
    object(
      { backup: recordNumber, complete: flag, created: time },
      {
        kind: oneOf('before-migration', 'before-rollback', 'manual'),
        files: count,
        bytes: count,
      },
    ),
    25,
  ),
});

export const VERIFY_RESULT = object({
  backup: recordNumber,
  ok: flag,
  checks: list(
    object({ name: code, status: oneOf('ok', 'warning', 'failed', 'skipped'), done: count, of: count }),
    4,
  ),
});

/** How a job that could not be done left the machine. */
export const FAILURE = object(
  {
    error: errorNumber,
    /**
     * `unchanged`: nothing was touched; `undone`: all is as before; `resumable`: half-way, nothing lost; `paused`: the run
     * waits where it waited before.
     */
    left: oneOf('unchanged', 'undone', 'resumable', 'paused'),
  },
  /** `changed`: files that the plan was made from and that are not as they were. */
  { run: runId, phase, changed: count },
);

/** How far a job is. */
export const PROGRESS = object(
  { phase, n: count, of: count },
  { step: code, bytes: count, rate: count, eta_s: count },
);

export type Assessment = TypeOf<typeof ASSESSMENT>;
export type PlanSummary = TypeOf<typeof PLAN_SUMMARY>;
export type RunResult = TypeOf<typeof RUN_RESULT>;
export type PausedRun = TypeOf<typeof PAUSED_RUN>;
