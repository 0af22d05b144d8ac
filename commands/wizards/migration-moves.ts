import type { OfferedJob, StoryEffect } from '../../services/story-wizard.ts';
import { nextStage } from '../../src/shared/stages.ts';
import { type MigrationState, type RollbackSummary, UNFINISHED } from './migration-state.ts';

/** A state, and what is to be done to get on. */
export interface Move {
  readonly state: MigrationState;
  readonly effect?: StoryEffect | undefined;
}

/** Asks for the plan. `note`: why again. */
export function planning(state: MigrationState, note?: MigrationState['note']): Move {
  return {
    state: { ...settled(state), step: 'planning', job: undefined, plan: undefined, note },
    effect: { kind: 'start', type: 'plan', params: rootParams(state) },
  };
}

/** Looks at the installation, from the beginning. */
export function assessing(state: MigrationState): Move {
  const fresh = {
    assessment: undefined,
    plan: undefined,
    paused: undefined,
    result: undefined,
    preview: undefined,
    failure: undefined,
  };
  return {
    state: { ...settled(state), ...fresh, step: 'assessing', job: undefined },
    effect: { kind: 'start', type: 'assess', params: rootParams(state) },
  };
}

/** Asks what a rollback would do. `note`: why again. */
export function previewing(
  state: MigrationState,
  backup: number | undefined,
  note?: MigrationState['note'],
): Move {
  const { newer, conflicts, orchestrator } = state.choices ?? {};
  const params = {
    ...(backup === undefined ? {} : { backup }),
    ...(newer === undefined ? {} : { newer }),
    ...(conflicts === undefined ? {} : { conflicts }),
    ...(orchestrator === undefined ? {} : { orchestrator }),
  };
  return {
    state: {
      ...settled(state),
      step: 'previewing',
      job: undefined,
      preview: undefined,
      failure: undefined,
      note,
    },
    effect: { kind: 'start', type: 'rollback-preview', params },
  };
}

/** What the card offers to approve now, if anything. */
export function offerOf(state: MigrationState): StoryEffect | undefined {
  if (state.step === 'plan' && state.plan !== undefined)
    return { kind: 'offer', jobs: [{ type: 'apply', ...pauseOf(state) }], plan: state.plan.digest };
  if (state.step === 'preview' && state.preview !== undefined && !isInTheWay(state.preview.summary))
    return { kind: 'offer', jobs: [{ type: 'rollback' }], plan: state.preview.digest };
  if (UNFINISHED.includes(state.step) && state.plan !== undefined)
    return {
      kind: 'offer',
      jobs: [{ type: 'resume', ...pauseOf(state) }, { type: 'undo' }],
      plan: state.plan.digest,
    };
  return undefined;
}

/** A rollback cannot begin while an orchestrator writes, unless it may stop it. */
export function isInTheWay({ running, choices }: RollbackSummary): boolean {
  return running > 0 && choices.orchestrator?.chosen !== 'stop';
}

function rootParams({ root }: MigrationState): { readonly root?: string } {
  return root === undefined ? {} : { root };
}

/** Where the run is to wait next: a guided one after each stage but the last. */
function pauseOf({ method, paused }: MigrationState): Pick<OfferedJob, 'pauseAfter'> {
  const pauseAfter = method === 'guided' ? nextStage(paused?.after).pauseAfter : undefined;
  return pauseAfter === undefined ? {} : { pauseAfter };
}

/** Without what belonged to the last question. */
export function settled(state: MigrationState): MigrationState {
  return { ...state, slots: {}, note: undefined, isCancelling: undefined, progress: undefined };
}
