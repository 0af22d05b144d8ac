import type { Opening, Stepped, StoryEvent, Wizard } from '../../services/story-wizard.ts';
import { drawMigration } from '../views/migration.ts';
import { onJob } from './migration-jobs.ts';
import { assessing, type Move, offerOf, planning, previewing, settled } from './migration-moves.ts';
import {
  BEFORE_WRITING,
  ENDS,
  failedInRollback,
  type MigrationState,
  PRESSES,
  type Press,
  RESTARTABLE,
  type RollbackChoices,
  readState,
  runBehind,
  UNFINISHED,
} from './migration-state.ts';

/** The story of one migration, from the first look to the rollback. */
export const migrationWizard: Wizard = {
  presses: PRESSES,
  open: (opening) => stepped(undefined, opened(opening)),
  step(stored, event) {
    const state = readState(stored);
    const moved = state && move(state, event);
    return moved && stepped(state, moved);
  },
  draw(stored, offers) {
    const state = readState(stored);
    return drawMigration(state && offers === 'without offers' ? { ...state, slots: {} } : state);
  },
  offers(stored, slot) {
    return Object.values(readState(stored)?.slots ?? {}).includes(slot);
  },
};

function stepped(before: MigrationState | undefined, { state, effect }: Move): Stepped {
  return {
    state,
    view: drawMigration(state),
    effect,
    job: state.job?.id,
    isTurn: state.step !== before?.step || state.slots !== before.slots || state.note !== before.note,
    isEnd: ENDS.includes(state.step),
  };
}

function opened({ goal, machineName, root, backup, method, buttons, isPlaced }: Opening): Move {
  const state: MigrationState = {
    v: 1,
    step: 'assessing',
    goal,
    machineName,
    root,
    backup,
    method,
    buttons,
    isPlaced,
    slots: {},
  };
  return goal === 'rollback' ? previewing(state, backup) : assessing(state);
}

function move(state: MigrationState, event: StoryEvent): Move | undefined {
  switch (event.kind) {
    case 'begin':
      return onBegin(state, event);
    case 'press':
      return onPress(state, event.press);
    case 'approve':
      return onApprove(state, event.slot);
    case 'started':
      return onStarted(state, event.job);
    case 'job':
      return onJob(state, event.job);
    case 'offered':
      return isShown(state, event.plan) ? { state: { ...state, slots: event.slots } } : undefined;
    case 'unusable':
      return onUnusable(state, event.why);
    case 'refused':
      return { state: { ...state, step: 'failed', slots: {}, failure: refusal(state, event.error) } };
    case 'shown':
      return { state, effect: offerOf(state) };
    case 'woken':
      return onWoken(state);
  }
}

function onBegin(
  state: MigrationState,
  { goal, backup, method }: Extract<StoryEvent, { kind: 'begin' }>,
): Move | undefined {
  if (!RESTARTABLE.includes(state.step)) return undefined;
  const next = { ...state, goal, backup, method, choices: undefined };
  return goal === 'rollback' ? previewing(next, backup) : assessing(next);
}

function onPress(state: MigrationState, press: string): Move | undefined {
  switch (press) {
    case 'guided':
    case 'automated':
      return state.step === 'assessed' && state.assessment?.risk.open_decisions === 0
        ? planning({ ...state, method: press })
        : undefined;
    case 'cancel':
      return onCancel(state);
    case 'stop':
      return onStop(state);
    case 'again':
      return RESTARTABLE.includes(state.step) ? assessing({ ...state, goal: 'choose' }) : undefined;
    case 'rollback':
      return onRollback(state);
    case 'carry-newer':
    case 'leave-newer':
    case 'keep-newer':
    case 'conflicts-before':
    case 'conflicts-now':
    case 'stop-orchestrator':
    case 'wait-orchestrator':
      return onChoice(state, CHOICES[press]);
    case 'keep':
      return state.step === 'preview' ? { state: kept(state) } : undefined;
    // The buttons that only look.
    default:
      return undefined;
  }
}

/** After a migration, or again: after a rollback that failed, or once nothing is in its way any more. */
function onRollback(state: MigrationState): Move | undefined {
  if (state.step === 'result') {
    const backup = state.result?.backup;
    return previewing({ ...state, backup, choices: undefined }, backup);
  }
  return failedInRollback(state) || state.step === 'preview' ? previewing(state, state.backup) : undefined;
}

const CHOICES = {
  'carry-newer': { newer: 'carry' },
  'leave-newer': { newer: 'leave' },
  'keep-newer': { newer: 'keep' },
  'conflicts-before': { conflicts: 'before' },
  'conflicts-now': { conflicts: 'now' },
  'stop-orchestrator': { orchestrator: 'stop' },
  'wait-orchestrator': { orchestrator: 'wait' },
} as const satisfies Partial<Record<Press, RollbackChoices>>;

/** A choice changes what the rollback would do: it is looked at again, and that is what can be approved then. */
function onChoice(state: MigrationState, choice: RollbackChoices): Move | undefined {
  return state.step === 'preview'
    ? previewing({ ...state, choices: { ...state.choices, ...choice } }, state.backup)
    : undefined;
}

function onCancel(state: MigrationState): Move | undefined {
  return BEFORE_WRITING.includes(state.step)
    ? { state: { ...settled(state), step: 'cancelled', job: undefined } }
    : undefined;
}

/** Whatever the story is at, it stops, and what was begun is taken back. */
function onStop(state: MigrationState): Move | undefined {
  const { job, step, slots, isCancelling } = state;
  if (UNFINISHED.includes(step) && slots['undo'] !== undefined) return onApprove(state, slots['undo']);
  if (step !== 'running') return onCancel(state);
  if (job === undefined || isCancelling === true) return undefined;
  return { state: { ...state, isCancelling: true }, effect: { kind: 'cancel', job: job.id } };
}

/** Only the button under what is shown now counts: an older one belongs to another plan. */
function onApprove(state: MigrationState, slot: string): Move | undefined {
  const job = Object.entries(state.slots).find(([, id]) => id === slot)?.[0];
  if (job === undefined) return undefined;
  const next = { ...settled(state), job: undefined, progress: undefined };
  const effect = { kind: 'approve', slot } as const;
  if (job === 'rollback') return { state: { ...next, step: 'rolling-back' }, effect };
  return { state: { ...next, step: job === 'undo' ? 'undoing' : 'running' }, effect };
}

function onStarted(
  state: MigrationState,
  job: Extract<StoryEvent, { kind: 'started' }>['job'],
): Move | undefined {
  if (state.job !== undefined) return undefined;
  // The approval is not used up then: the same question is asked again.
  if (isApproved(state) && job.state === 'rejected' && job.error?.name === 'BUSY')
    return askAgain(state, 'busy');
  const queued = { ...state, job: { id: job.id, type: job.type, state: 'queued' as const } };
  return onJob(queued, job);
}

/** The approval did not count. `stale` may mean that the plan has expired, so that it is made again. */
function onUnusable(state: MigrationState, why: 'again' | 'gone' | 'stale'): Move | undefined {
  if (why === 'again' || state.job !== undefined || !isApproved(state)) return undefined;
  const asked = askAgain(state, why);
  if (why === 'gone' || UNFINISHED.includes(asked.state.step)) return asked;
  return asked.state.step === 'plan' ? planning(state, why) : previewing(state, state.backup, why);
}

function askAgain(state: MigrationState, note: MigrationState['note']): Move {
  const back = beforeApproval(state);
  return { state: { ...back, note }, effect: offerOf(back) };
}

function isApproved({ step }: MigrationState): boolean {
  return step === 'running' || step === 'rolling-back' || step === 'undoing';
}

/** After a start of the bot: what was asked for and not queued is asked for again, by the person where it is theirs. */
function onWoken(state: MigrationState): Move | undefined {
  if (state.job !== undefined) return undefined;
  switch (state.step) {
    case 'assessing':
    case 'planning':
    case 'previewing':
      return {
        state: { ...state, step: 'failed', failure: refusal(state, { code: 'AWM-2106', name: 'TOO_SLOW' }) },
      };
    case 'running':
    case 'rolling-back':
    case 'undoing':
      return askAgain(state, 'gone');
    default:
      return { state, effect: Object.keys(state.slots).length === 0 ? offerOf(state) : undefined };
  }
}

function beforeApproval(before: MigrationState): MigrationState {
  const state = { ...before, job: undefined };
  if (state.step === 'rolling-back') return { ...state, step: 'preview', slots: {} };
  return { ...state, step: runBehind(state) ?? 'plan', slots: {} };
}

function isShown(state: MigrationState, plan: string): boolean {
  const offer = offerOf(state);
  return offer?.kind === 'offer' && offer.plan === plan;
}

/** Back to the result, or to the end where there was none. */
function kept(state: MigrationState): MigrationState {
  const step = state.result === undefined ? 'cancelled' : 'result';
  return { ...settled(state), step, preview: undefined };
}

function refusal(state: MigrationState, error: { readonly code: string; readonly name: string }) {
  const left = BEFORE_WRITING.includes(state.step) || state.step === 'previewing' ? 'unchanged' : 'unknown';
  return { ...error, during: state.step, left } as const;
}
