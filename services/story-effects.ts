import { AppError } from '../src/shared/errors.ts';
import { newsOf } from './job-news.ts';
import type { Actor, Jobs } from './services.ts';
import type { Story } from './store/records/stories.ts';
import type { OfferedJob, StoryEffect, StoryEvent } from './story-wizard.ts';

/** Who asked, and under which message the button was. */
export interface Asking {
  readonly actor: Actor;
  readonly message?: string | undefined;
}

/**
 * Does what a step of a story asked for. The outcome is an event; undefined when nothing is to be told.
 * @throws AppError when it is refused
 */
export async function carryOut(
  jobs: Jobs,
  story: Story,
  effect: StoryEffect,
  { actor, message }: Asking,
): Promise<StoryEvent | undefined> {
  switch (effect.kind) {
    case 'start':
      if (story.agent === null) throw new AppError('MACHINE_GONE');
      return {
        kind: 'started',
        job: newsOf(await jobs.start(actor, story.agent, effect.type, effect.params)),
      };
    case 'offer':
      return await offer(jobs, story, effect.jobs, effect.plan);
    case 'approve': {
      // What is typed instead of pressed is for what the card shows.
      const under = message ?? story.card;
      if (under === null) return undefined;
      const outcome = await jobs.approve(actor, effect.slot, under);
      return typeof outcome === 'string'
        ? { kind: 'unusable', why: outcome }
        : { kind: 'started', job: newsOf(outcome) };
    }
    case 'cancel':
      await jobs.cancel(actor, effect.job);
      return undefined;
  }
}

/** Makes the Approve buttons. They belong to the message that shows the plan, so there must be one. */
async function offer(
  jobs: Jobs,
  { guild, owner, agent, card }: Story,
  offered: readonly OfferedJob[],
  plan: string,
): Promise<StoryEvent | undefined> {
  if (agent === null || card === null) return undefined;
  const slots: Record<string, string> = {};
  for (const { type, pauseAfter } of offered) {
    const slot = await jobs.offerApproval({ guild, user: owner }, agent, type, plan, card, pauseAfter);
    slots[type] = slot.id;
  }
  return { kind: 'offered', plan, slots };
}
