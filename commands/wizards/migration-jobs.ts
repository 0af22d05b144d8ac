import type { JobNews } from '../../services/story-wizard.ts';
import { type Move, offerOf, planning, settled } from './migration-moves.ts';
import { type MigrationState, runBehind, type ShownFailure } from './migration-state.ts';

const ENDED: readonly JobNews['state'][] = [
  'done',
  'failed',
  'rejected',
  'expired',
  'cancelled',
  'interrupted',
];

/** What news of a job make of the story. Undefined when it is not the job that the story waits for. */
export function onJob(before: MigrationState, job: JobNews): Move | undefined {
  // An end is told once: what followed from it has happened.
  if (job.id !== before.job?.id || (job.state === before.job.state && ENDED.includes(job.state)))
    return undefined;
  const state = unexpired(before);
  const known = { ...state, job: { id: job.id, type: job.type, state: job.state } };
  switch (job.state) {
    case 'queued':
    case 'accepted':
    case 'waiting':
    case 'running':
      return { state: { ...known, progress: job.progress ?? state.progress } };
    case 'done':
      return onDone(known, job);
    case 'cancelled':
      return { state: { ...known, step: state.step === 'running' ? 'undone' : 'cancelled' } };
    case 'interrupted':
      return onInterrupted(known, job);
    case 'failed':
    case 'rejected':
    case 'expired':
      return onFailed(known, job);
  }
}

/** A job that was taken for expired may have been taken up in time after all: then the story goes on where it was. */
function unexpired(state: MigrationState): MigrationState {
  if (state.job?.state !== 'expired' || state.failure === undefined) return state;
  return { ...state, step: state.failure.during, failure: undefined, slots: {} };
}

function onDone(state: MigrationState, job: JobNews): Move {
  const { facts, plan } = job;
  switch (facts?.type) {
    case 'assess': {
      const assessed: MigrationState = { ...state, step: 'assessed', assessment: facts.facts };
      const goesOn = state.goal === 'plan' && facts.facts.risk.open_decisions === 0;
      // By hand is at the computer; guided is the closest to it here.
      const recommended = facts.facts.recommended === 'automated' ? 'automated' : 'guided';
      return goesOn ? planning({ ...assessed, method: state.method ?? recommended }) : { state: assessed };
    }
    case 'plan':
      return plan === undefined
        ? broken(state)
        : offering({ ...state, step: 'plan', plan: { ...plan, summary: facts.facts } });
    case 'rollback-preview':
      return plan === undefined
        ? broken(state)
        : offering({ ...state, step: 'preview', preview: { ...plan, summary: facts.facts } });
    case 'apply':
    case 'resume':
      return facts.facts.outcome === 'paused'
        ? offering({
            ...settled(state),
            step: 'paused',
            paused: facts.facts,
            failure: undefined,
            note: state.isCancelling === true ? 'late' : undefined,
          })
        : { state: { ...state, step: 'result', result: facts.facts, failure: undefined } };
    case 'undo':
      return { state: { ...state, step: 'undone', failure: undefined } };
    case 'rollback':
      return { state: { ...state, step: 'rolled-back', rollback: facts.facts } };
    default:
      return broken(state);
  }
}

function offering(state: MigrationState): Move {
  return { state: { ...state, slots: {} }, effect: offerOf(state) };
}

function onInterrupted(state: MigrationState, job: JobNews): Move {
  const failure = failed(state, job, { code: 'AWM-1507', name: 'INTERRUPTED' }, 'resumable');
  const isWrite = state.step === 'running' || state.step === 'undoing';
  // A look that was interrupted changed nothing; a rollback is begun anew from its preview.
  if (!isWrite) return { state: { ...state, step: 'failed', failure: { ...failure, left: leftOf(state) } } };
  return offering({ ...state, step: 'interrupted', failure });
}

function onFailed(state: MigrationState, job: JobNews): Move {
  const error = job.error ?? { code: 'AWM-2023', name: 'AGENT_FAULT' };
  const left = job.failure?.left ?? leftOf(state, job.state);
  const failure = { ...failed(state, job, error, left), changed: job.failure?.changed };
  const step = unfinishedStep(state, failure, job.state);
  if (step === undefined) return { state: { ...state, step: 'failed', failure } };
  return offering({
    ...settled(state),
    step,
    failure: { ...failure, left: step === 'paused' ? 'paused' : 'resumable' },
  });
}

/** Where a run is that can still be gone on with or taken back; undefined if there is none. */
function unfinishedStep(
  state: MigrationState,
  { left }: ShownFailure,
  end: JobNews['state'],
): 'paused' | 'interrupted' | undefined {
  if (state.step !== 'running' && state.step !== 'undoing') return undefined;
  if (left === 'paused') return state.paused === undefined ? 'interrupted' : 'paused';
  if (left === 'resumable') return 'interrupted';
  // What was never begun leaves the run where it was.
  const wasBegun = end !== 'rejected' && end !== 'expired';
  return wasBegun ? undefined : runBehind(state);
}

/** A job that was never begun changed nothing, whatever it was. */
function leftOf(state: MigrationState, end?: JobNews['state']): ShownFailure['left'] {
  const isWrite = ['running', 'undoing', 'rolling-back'].includes(state.step);
  return !isWrite || end === 'rejected' || end === 'expired' ? 'unchanged' : 'unknown';
}

function failed(
  state: MigrationState,
  job: JobNews,
  error: { readonly code: string; readonly name: string },
  left: ShownFailure['left'],
): ShownFailure {
  const { code, name } = job.error ?? error;
  return { code, name, during: state.step, left };
}

/** The agent's answer is not of the agreed form. */
function broken(state: MigrationState): Move {
  const failure = { code: 'AWM-2011', name: 'BAD_PARAMS', during: state.step, left: leftOf(state) } as const;
  return { state: { ...state, step: 'failed', failure } };
}
