import {
  ASSESSMENT,
  BACKUPS_RESULT,
  CHECK_RESULT,
  EXPORT_RESULT,
  IMPORT_SUMMARY,
  INTEGRATIONS,
  integration,
  PAUSED_RUN,
  PLAN_SUMMARY,
  pausePhase,
  ROLLBACK_CHOICES,
  ROLLBACK_RESULT,
  ROLLBACK_SUMMARY,
  RUN_RESULT,
  recordNumber,
  STATUS_RESULT,
  UNDO_RESULT,
  VERIFY_RESULT,
} from './facts.ts';
import { digest, either, list, object, rootId, runId, type Schema } from './schema.ts';

/**
 * What an agent can be asked to do: this list and nothing else. There is no shell, no path, no address and no environment:
 * a root is a folder that was registered at the machine, everything else is a number or digest that the machine gave out.
 *
 * `read` looks; `write` changes files after a person approved it; `destroy` removes something for good and is only ever
 * approved at the terminal. No job of this version destroys.
 */
export type JobClass = 'read' | 'write' | 'destroy';

interface JobRow {
  readonly class: JobClass;
  readonly params: Schema<unknown>;
  /** The event that ends the job when all goes well. */
  readonly ends: 'job.done' | 'plan.ready';
  /** What `job.done` carries as its result, or `plan.ready` as its summary. */
  readonly result: Schema<unknown>;
}

/** How much of a migration an approval is used for: all of it, or up to the end of a phase. */
const UNTIL = { pause_after: pausePhase };
const RUN_END = either(RUN_RESULT, PAUSED_RUN);

export const JOBS = {
  /** Without a root: the only one that is registered. */
  assess: { class: 'read', params: object({}, { root: rootId }), ends: 'job.done', result: ASSESSMENT },
  plan: { class: 'read', params: object({}, { root: rootId }), ends: 'plan.ready', result: PLAN_SUMMARY },
  apply: { class: 'write', params: object({ plan: digest }, UNTIL), ends: 'job.done', result: RUN_END },
  status: { class: 'read', params: object({}), ends: 'job.done', result: STATUS_RESULT },
  /**
   * Without a number: the newest backup that was taken before a migration. With choices that a preview before offered, the
   * plan is one that has them in it; one that is not offered any more is left out.
   */
  'rollback-preview': {
    class: 'read',
    params: object({}, { backup: recordNumber, ...ROLLBACK_CHOICES }),
    ends: 'plan.ready',
    result: ROLLBACK_SUMMARY,
  },
  rollback: { class: 'write', params: object({ plan: digest }), ends: 'job.done', result: ROLLBACK_RESULT },
  resume: { class: 'write', params: object({ run: runId }, UNTIL), ends: 'job.done', result: RUN_END },
  undo: { class: 'write', params: object({ run: runId }), ends: 'job.done', result: UNDO_RESULT },
  check: {
    class: 'read',
    params: object({}, { integrations: list(integration, INTEGRATIONS.length, 1) }),
    ends: 'job.done',
    result: CHECK_RESULT,
  },
  backups: { class: 'read', params: object({}), ends: 'job.done', result: BACKUPS_RESULT },
  verify: {
    class: 'read',
    params: object({ backup: recordNumber }),
    ends: 'job.done',
    result: VERIFY_RESULT,
  },
  /** Into a new folder that the machine picks in its own home; secrets by name. Looks at the installation only. */
  export: { class: 'read', params: object({}, { root: rootId }), ends: 'job.done', result: EXPORT_RESULT },
  /** Of an export that this machine gave a number, with the edits that were made to it there; carried out by `apply`. */
  'import-plan': {
    class: 'read',
    params: object({ root: rootId, export: recordNumber }),
    ends: 'plan.ready',
    result: IMPORT_SUMMARY,
  },
} as const satisfies Record<string, JobRow>;

export type JobType = keyof typeof JOBS;

export const JOB_TYPES = Object.keys(JOBS) as JobType[];

/** The type of job that carries out a plan made by another. */
export const CARRIED_OUT_BY = {
  plan: 'apply',
  'rollback-preview': 'rollback',
  'import-plan': 'apply',
} as const satisfies Partial<Record<JobType, JobType>>;

/** Whether a job makes a plan, and ends when its bytes have arrived. */
export function isPlanning(type: string): type is keyof typeof CARRIED_OUT_BY {
  return Object.hasOwn(CARRIED_OUT_BY, type);
}

export function isJobType(value: unknown): value is JobType {
  return typeof value === 'string' && Object.hasOwn(JOBS, value);
}
