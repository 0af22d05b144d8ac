import type { ErrorName } from '../shared/errors.ts';

/**
 * Why a message was not acted on. They travel in `job.rejected` and are what every verify function answers; they never
 * say more than this one word to whoever sent the message.
 */
export const REJECT_CODES = [
  'BAD_SIGNATURE',
  'WRONG_AUDIENCE',
  'WRONG_TYPE',
  'EXPIRED',
  'CLOCK_SKEW',
  'REPLAY',
  'EPOCH',
  'JOB_CONFLICT',
  'UNKNOWN_TYPE',
  'UNKNOWN_JOB',
  'BAD_PARAMS',
  'PATH_DENIED',
  'NOT_APPROVER',
  'PLAN_UNKNOWN',
  'PLAN_STALE',
  'PLAN_EXPIRED',
  'APPROVAL_REUSED',
  'LOCAL_DENIED',
  'LOCAL_TIMEOUT',
  'BUSY',
  'STATE_REGRESSED',
  'READ_ONLY',
  'INTERNAL',
] as const;

export type RejectCode = (typeof REJECT_CODES)[number];

/** The outcome of looking at a message: what it says, or why it is not taken. */
export type Result<Value> =
  | ({ readonly ok: true } & Value)
  | { readonly ok: false; readonly code: RejectCode };

export function reject(code: RejectCode): { readonly ok: false; readonly code: RejectCode } {
  return { ok: false, code };
}

/** Row of the error registry that tells a person about this code. Two names mean something else on the machine itself. */
export function errorNameOf(code: RejectCode): ErrorName {
  switch (code) {
    case 'PLAN_STALE':
      return 'APPROVED_PLAN_STALE';
    case 'INTERNAL':
      return 'AGENT_FAULT';
    default:
      return code;
  }
}
