import type { Card } from '../src/shared/card.ts';
import type { Clock } from '../src/shared/clock.ts';
import { AppError, errorLabel } from '../src/shared/errors.ts';
import type { Logger } from '../src/shared/logger.ts';
import type { DiscordPort } from './discord-port.ts';
import { newsOf } from './job-news.ts';
import type { Actor, Job, Jobs, Owner } from './services.ts';
import type { Components } from './store/records/components.ts';
import type { Scope } from './store/records/database.ts';
import { opaqueId } from './store/records/ids.ts';
import type { Story, Stories as StoryRecords } from './store/records/stories.ts';
import type { ShownStory, Stories, StoryStart } from './stories.ts';
import { StoryCards } from './story-cards.ts';
import { carryOut } from './story-effects.ts';
import type { Stepped, StoryEffect, StoryEvent, Wizard } from './story-wizard.ts';
import { Turns } from './turns.ts';

export interface StoriesOptions {
  readonly port: DiscordPort;
  readonly records: { readonly stories: StoryRecords; readonly components: Components };
  readonly jobs: Jobs;
  readonly wizard: Wizard;
  /** Id or name of the channel that threads are made under. */
  readonly threadsChannel: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long the buttons of a story work, ms. */
const BUTTONS_MS = 90 * 24 * 3_600_000;

/** Follows jobs and keeps the cards of their stories up to date. */
export function createStories(options: StoriesOptions): Stories {
  return new StoryKeeper(options);
}

/** What a story's row holds as its state. */
interface KeptState {
  /** Who pressed last. */
  readonly actor: Actor;
  /** The wizard's own; it checks the shape. */
  readonly wizard: unknown;
}

/** A story after an event. */
interface Moved {
  readonly story: Story;
  readonly hasMoved: boolean;
  /** More than a figure changed. */
  readonly isTurn: boolean;
}

class StoryKeeper implements Stories {
  readonly #options: StoriesOptions;
  readonly #cards: StoryCards;
  readonly #stop: () => void;
  readonly #turns = new Turns();

  constructor(options: StoriesOptions) {
    this.#options = options;
    this.#cards = new StoryCards(options);
    this.#stop = options.jobs.onChange((job, owner) => {
      this.#onJob(job, owner).catch((error: unknown) => {
        options.log.error({ err: error, job: job.id }, 'a story could not follow its job');
      });
    });
  }

  async begin(actor: Actor, start: StoryStart): Promise<ShownStory> {
    const { stories } = this.#options.records;
    const scope = scopeOf(actor);
    const known = await stories.ofOwner(scope);
    const ofMachine = known.filter(({ agent }) => agent === start.machine.id);
    // A rollback belongs to the story that migrated; anything else begins a new one after an end.
    const under = ofMachine.find(({ endedAt }) => start.goal === 'rollback' || endedAt === null);
    if (under !== undefined) {
      const { goal, backup, method } = start;
      const taken = await this.#turns.run(under.id, () =>
        this.#feed(under.id, scope, { kind: 'begin', goal, backup, method }, actor),
      );
      const isUsable = taken !== undefined && (taken.hasMoved || taken.story.endedAt === null);
      if (isUsable) return this.#shown(taken.story, taken.hasMoved);
    }
    return await this.#open(actor, start);
  }

  async press(actor: Actor, story: string, press: string): Promise<ShownStory | undefined> {
    return await this.#turns.run(story, async () => {
      const fed = await this.#feed(story, scopeOf(actor), { kind: 'press', press }, actor);
      return fed && this.#shown(fed.story, fed.hasMoved);
    });
  }

  async approve(actor: Actor, slot: string, message: string): Promise<ShownStory | undefined> {
    const { records, wizard } = this.#options;
    const scope = scopeOf(actor);
    const known = await records.stories.ofOwner(scope);
    const story = known.find((one) => wizard.offers(kept(one).wizard, slot));
    if (story === undefined) {
      // An older button under a card of this person.
      const old = known.find(({ card }) => card === message);
      return old && this.#shown(old, false);
    }
    return await this.#turns.run(story.id, async () => {
      const fed = await this.#feed(story.id, scope, { kind: 'approve', slot }, actor, message);
      return fed && this.#shown(fed.story, fed.hasMoved);
    });
  }

  async shown(owner: Owner, story: string, message: string): Promise<Card | undefined> {
    const { records, wizard } = this.#options;
    const scope = scopeOf(owner);
    return await this.#turns.run(story, async () => {
      await records.stories.change(story, scope, ({ thread }) =>
        thread === null ? { card: message } : undefined,
      );
      const fed = await this.#feed(story, scope, { kind: 'shown' });
      return fed && wizard.draw(kept(fed.story).wizard);
    });
  }

  async find(owner: Owner, story?: string): Promise<ShownStory | undefined> {
    const { stories } = this.#options.records;
    const scope = scopeOf(owner);
    const found =
      story === undefined ? (await stories.ofOwner(scope, 1))[0] : await stories.find(story, scope);
    return found && this.#shown(found, false);
  }

  async resume(): Promise<void> {
    const { records, jobs } = this.#options;
    for (const { id, guild, owner, job } of await records.stories.open()) {
      await this.#turns.run(id, async () => {
        const scope = { guild, owner };
        const now = job === null ? undefined : await jobs.find({ guild, user: owner }, job);
        const fed =
          now === undefined
            ? await this.#feed(id, scope, { kind: 'woken' })
            : await this.#feed(id, scope, { kind: 'job', job: newsOf(now) });
        if (fed?.hasMoved === false) this.#draw(fed);
      });
    }
  }

  close(): void {
    this.#stop();
    this.#cards.close();
  }

  async #open(actor: Actor, { machine, ...start }: StoryStart): Promise<ShownStory> {
    const { records, wizard } = this.#options;
    const id = opaqueId();
    const scope = scopeOf(actor);
    return await this.#turns.run(id, async () => {
      const buttons = await this.#buttons(id, scope);
      const thread = await this.#cards.makeThread(actor, id);
      const opened = wizard.open({ ...start, buttons, isPlaced: thread !== undefined });
      const place = thread === undefined ? undefined : await this.#cards.post(thread, opened.view, id);
      // A thread without a card is of no use: the card is then shown like one without a thread.
      const { state, view, effect } =
        thread !== undefined && place === undefined
          ? wizard.open({ ...start, buttons, isPlaced: false })
          : opened;
      const hasCard = thread !== undefined && place !== undefined;
      const story = await records.stories.create({
        ...scope,
        id,
        agent: machine.id,
        channel: hasCard ? thread : null,
        thread: hasCard ? thread : null,
        card: place ?? null,
        state: { actor, wizard: state } satisfies KeptState,
      });
      if (place !== undefined) this.#cards.known(story, view);
      const begun = { story, hasMoved: true, isTurn: false };
      const moved = effect === undefined ? begun : await this.#carryOut(begun, effect, actor);
      this.#draw(moved);
      return this.#shown(moved.story, true);
    });
  }

  async #buttons(story: string, { guild, owner }: Scope): Promise<Record<string, string>> {
    const { records, wizard, clock } = this.#options;
    const made = wizard.presses.map(async (press) => {
      const expiresAt = clock.now() + BUTTONS_MS;
      const id = await records.components.create({
        route: 'story',
        guild,
        owner,
        data: { story, press },
        expiresAt,
      });
      return [press, `v1:story:${id}`] as const;
    });
    return Object.fromEntries(await Promise.all(made));
  }

  async #onJob(job: Job, owner: Owner): Promise<void> {
    const scope = scopeOf(owner);
    const story = await this.#options.records.stories.ofJob(job.id, scope);
    if (story === undefined) return;
    await this.#turns.run(story.id, () => this.#feed(story.id, scope, { kind: 'job', job: newsOf(job) }));
  }

  /** One event: the stored state steps on, what is to be done is done, the card is redrawn. */
  async #feed(
    id: string,
    scope: Scope,
    event: StoryEvent,
    actor?: Actor,
    message?: string,
  ): Promise<Moved | undefined> {
    const moved = await this.#apply(id, scope, event, actor, message);
    if (moved?.hasMoved === true) this.#draw(moved);
    return moved;
  }

  async #apply(
    id: string,
    scope: Scope,
    event: StoryEvent,
    actor?: Actor,
    message?: string,
  ): Promise<Moved | undefined> {
    const { records, wizard, clock } = this.#options;
    let stepped: Stepped | undefined;
    const story = await records.stories.change(id, scope, (now) => {
      const before = kept(now);
      stepped = wizard.step(before.wizard, event);
      if (stepped === undefined) return undefined;
      const { state, job, isEnd } = stepped;
      const next: KeptState = { actor: actor ?? before.actor, wizard: state };
      return { state: next, job: job ?? null, endedAt: isEnd ? clock.now() : null };
    });
    if (story === undefined) return undefined;
    if (stepped === undefined) return { story, hasMoved: false, isTurn: false };
    const { isTurn, effect } = stepped;
    const moved = { story, hasMoved: true, isTurn };
    return effect === undefined ? moved : await this.#carryOut(moved, effect, actor, message);
  }

  /** Does what a step asked for and applies the outcome. */
  async #carryOut(from: Moved, effect: StoryEffect, asked?: Actor, message?: string): Promise<Moved> {
    const { jobs } = this.#options;
    const { story } = from;
    // Work that follows by itself (the plan after the look) is asked for by whoever pressed last.
    const actor = asked ?? kept(story).actor;
    const event = await carryOut(jobs, story, effect, { actor, message }).catch((error: unknown) =>
      this.#refused(error),
    );
    if (event === undefined) return from;
    const after = together(from, await this.#apply(story.id, story, event, actor));
    if (event.kind !== 'started') return after;
    // The job may have moved on before the story knew that it is its own.
    const now = await jobs.find({ guild: story.guild, user: story.owner }, event.job.id);
    if (now === undefined || now.state === event.job.state) return after;
    return together(after, await this.#apply(story.id, story, { kind: 'job', job: newsOf(now) }, actor));
  }

  #draw({ story, isTurn }: Moved): void {
    this.#cards.draw(story, this.#options.wizard.draw(kept(story).wizard), isTurn);
  }

  #refused(error: unknown): StoryEvent {
    if (error instanceof AppError) return { kind: 'refused', error: { code: error.label, name: error.code } };
    this.#options.log.error({ err: error }, 'a step of a story failed with a fault of ours');
    return { kind: 'refused', error: { code: errorLabel('BOT_FAULT'), name: 'BOT_FAULT' } };
  }

  #shown(story: Story, hasMoved: boolean): ShownStory {
    const { id, thread, card, agent } = story;
    const state = kept(story).wizard;
    const link = thread === null || card === null ? undefined : { thread, message: card };
    // Where there is no thread, every answer is a new place, and Approve buttons belong to the place that shows them.
    const offers = link === undefined ? 'without offers' : undefined;
    return { id, card: this.#options.wizard.draw(state, offers), link, hasMoved, agent, state };
  }
}

function together(first: Moved, next: Moved | undefined): Moved {
  if (next === undefined) return first;
  return { story: next.story, hasMoved: true, isTurn: first.isTurn || next.isTurn };
}

/** Only this file writes the state of a story. */
function kept({ state }: Story): KeptState {
  return state as KeptState;
}

function scopeOf({ guild, user }: Owner): Scope {
  return { guild, owner: user };
}
