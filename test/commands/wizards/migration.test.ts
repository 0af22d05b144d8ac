import { describe, expect, it } from 'vitest';
import { migrationWizard } from '../../../commands/wizards/migration.ts';
import { readState } from '../../../commands/wizards/migration-state.ts';
import type { JobNews, StoryEvent } from '../../../services/story-wizard.ts';
import { ASSESSMENT, PAUSES, PLAN, RUN } from '../../helpers/facts.ts';

const PLANNED = { digest: 'ab'.repeat(32), words: ['anchor', 'basil', 'cedar'] };

/** A guided story at its first pause, its buttons made, after these events. */
function pausedThen(...events: readonly StoryEvent[]) {
  const opening = {
    goal: 'plan',
    method: 'guided',
    machineName: 'Computer 1',
    buttons: {},
    isPlaced: true,
  } as const;
  const before: StoryEvent[] = [
    started('assess', 'a'),
    { kind: 'job', job: done('assess', 'a', { type: 'assess', facts: ASSESSMENT }) },
    started('plan', 'p'),
    { kind: 'job', job: { ...done('plan', 'p', { type: 'plan', facts: PLAN }), plan: PLANNED } },
    offered({ apply: 'slot-1' }),
    { kind: 'approve', slot: 'slot-1' },
    started('apply', 'r1'),
    { kind: 'job', job: done('apply', 'r1', { type: 'apply', facts: PAUSES[0] as never }) },
    offered({ resume: 'slot-2', undo: 'slot-3' }),
  ];
  const steps = [...before, ...events];
  return steps.reduce(
    (now, event) => {
      const next = migrationWizard.step(now.stored, event);
      return { stored: next?.state ?? now.stored, effect: next?.effect, hasMoved: next !== undefined };
    },
    { stored: migrationWizard.open(opening).state, effect: undefined as unknown, hasMoved: true },
  );
}

function started(type: JobNews['type'], id: string): StoryEvent {
  return { kind: 'started', job: { id, type, state: 'queued' } };
}

function done(type: JobNews['type'], id: string, facts: JobNews['facts']): JobNews {
  return { id, type, state: 'done', facts };
}

function offered(slots: Record<string, string>): StoryEvent {
  return { kind: 'offered', plan: PLANNED.digest, slots };
}

const goOn: StoryEvent[] = [{ kind: 'approve', slot: 'slot-2' }, started('resume', 'r2')];
const news = (job: Partial<JobNews>): StoryEvent => ({
  kind: 'job',
  job: { id: 'r2', type: 'resume', state: 'running', ...job },
});

describe('a guided story that waits', () => {
  it('offers to go on to the end of the next phase, or to take the run back, by the same plan', () => {
    const { effect } = pausedThen({ kind: 'shown' });
    expect(effect).toEqual({
      kind: 'offer',
      jobs: [{ type: 'resume', pauseAfter: 'backup' }, { type: 'undo' }],
      plan: PLANNED.digest,
    });
  });

  it('takes no button of an earlier card', () => {
    const { stored, hasMoved } = pausedThen({ kind: 'approve', slot: 'slot-1' });
    expect(hasMoved).toBe(false);
    expect(migrationWizard.offers(stored, 'slot-1')).toBe(false);
    expect(migrationWizard.offers(stored, 'slot-2')).toBe(true);
  });

  it('is not cancelled by a button that promises to change nothing', () => {
    expect(pausedThen({ kind: 'press', press: 'cancel' }).hasMoved).toBe(false);
    expect(pausedThen({ kind: 'press', press: 'stop' }).effect).toEqual({ kind: 'approve', slot: 'slot-3' });
  });

  it.each(['gone', 'stale'] as const)('asks again after a press that did not count: %s', (why) => {
    const { stored, effect } = pausedThen({ kind: 'approve', slot: 'slot-2' }, { kind: 'unusable', why });
    expect(readState(stored)).toMatchObject({ step: 'paused', note: why });
    expect(effect).toMatchObject({ jobs: [{ type: 'resume', pauseAfter: 'backup' }, { type: 'undo' }] });
  });

  it('asks again when the bot was started anew before the work was queued', () => {
    const { stored } = pausedThen({ kind: 'approve', slot: 'slot-2' }, { kind: 'woken' });
    expect(readState(stored)).toMatchObject({ step: 'paused', note: 'gone' });
  });

  it('asks again when the command was never taken, and believes an answer that still comes', () => {
    const error = { code: 'AWM-2003', name: 'EXPIRED' };
    const expired = news({ state: 'expired', error });
    expect(readState(pausedThen(...goOn, expired).stored)).toMatchObject({
      step: 'paused',
      failure: { left: 'paused', name: 'EXPIRED' },
    });

    const late = readState(pausedThen(...goOn, expired, news({ state: 'accepted' })).stored);
    expect(late).toMatchObject({ step: 'running', slots: {} });
    expect(late?.failure).toBeUndefined();
  });

  it('offers both ways out of a failure half-way, and pauses again after it', () => {
    const failure = { error: 'AWM-1409', left: 'resumable', run: RUN.run } as const;
    const failed = news({ state: 'failed', error: { code: 'AWM-1409', name: 'DISK_FULL' }, failure });
    const { stored, effect } = pausedThen(...goOn, failed);
    expect(readState(stored)?.step).toBe('interrupted');
    expect(effect).toMatchObject({ jobs: [{ type: 'resume', pauseAfter: 'backup' }, { type: 'undo' }] });
  });

  it('goes to the end after the last pause', () => {
    const last = news({ state: 'done', facts: { type: 'resume', facts: PAUSES[3] as never } });
    expect(pausedThen(...goOn, last).effect).toMatchObject({ jobs: [{ type: 'resume' }, { type: 'undo' }] });
    expect(pausedThen(...goOn, last).effect).not.toHaveProperty('jobs.0.pauseAfter');
  });
});

it('an automated story that was interrupted goes on to its end', () => {
  const { stored } = pausedThen();
  const state = { ...readState(stored), method: undefined, paused: undefined, step: 'interrupted' };
  expect(migrationWizard.step(state, { kind: 'shown' })?.effect).toMatchObject({
    jobs: [{ type: 'resume' }, { type: 'undo' }],
  });
});
