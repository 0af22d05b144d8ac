import type { DurableEvent } from '../src/protocol/messages.ts';
import { errorNameOf } from '../src/protocol/reject-codes.ts';
import { errorLabel } from '../src/shared/errors.ts';
import type { JobState } from './store/records/database.ts';
import type { Ending } from './store/records/jobs.ts';

/** Where an event takes its job, and what is kept of it: the body as it is, and the number of the error. */
export interface Step {
  readonly to: JobState;
  readonly ending: Ending;
}

/** `plan.ready` ends its job only when the plan's bytes are there, `policy.changed` and `unpaired` belong to none. */
export type MovingEvent = Exclude<DurableEvent, { readonly t: 'plan.ready' | 'policy.changed' | 'unpaired' }>;

export function stepOf(event: MovingEvent): Step {
  switch (event.t) {
    case 'job.accepted':
      return { to: 'accepted', ending: {} };
    case 'job.waiting_local':
      return { to: 'waiting', ending: {} };
    case 'job.rejected': {
      const errorCode = errorLabel(errorNameOf(event.body.code));
      return { to: 'rejected', ending: { result: event.body, errorCode } };
    }
    case 'job.done':
      return { to: 'done', ending: { result: event.body } };
    case 'job.failed':
      return { to: 'failed', ending: { result: event.body, errorCode: event.body.failure.error } };
    case 'job.cancelled':
      return { to: 'cancelled', ending: { result: event.body } };
    case 'job.interrupted':
      return { to: 'interrupted', ending: { result: event.body } };
  }
}
