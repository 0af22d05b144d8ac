import type { Selectable } from 'kysely';
import type { Connection } from './connection.ts';
import type { Scope, StoryTable } from './database.ts';
import { fromJson, toJson } from './json.ts';

/** One migration as a person sees it: a thread, a card in it, and where its wizard stands. */
export type Story = Readonly<Omit<Selectable<StoryTable>, 'state'> & { state: unknown }>;

export interface NewStory extends Scope {
  readonly id: string;
  readonly channel?: string | null;
  readonly thread?: string | null;
  readonly card?: string | null;
  readonly agent?: string | null;
  readonly job?: string | null;
  /** Anything that JSON can hold; the wizard checks its shape. */
  readonly state: unknown;
}

/** What changes in a story; what is left out stays. */
export type StoryChange = Partial<
  Pick<Story, 'channel' | 'thread' | 'card' | 'agent' | 'job' | 'state' | 'endedAt'>
>;

/** The stories that cards are drawn from. */
export class Stories {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async create(story: NewStory): Promise<Story> {
    const now = this.#connection.now();
    const row = await this.#connection.db
      .insertInto('stories')
      .values({
        id: story.id,
        guild: story.guild,
        owner: story.owner,
        channel: story.channel ?? null,
        thread: story.thread ?? null,
        card: story.card ?? null,
        agent: story.agent ?? null,
        job: story.job ?? null,
        state: toJson(story.state),
        version: 1,
        createdAt: now,
        updatedAt: now,
        endedAt: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return toStory(row);
  }

  /**
   * Changes a story. `change` is handed the story as it is now and says what becomes of it; undefined leaves it. It is
   * called again when someone else was faster, so it has no effects of its own.
   * @returns the story as it is afterwards; undefined when it is not that person's
   */
  async change(
    id: string,
    scope: Scope,
    change: (story: Story) => StoryChange | undefined,
  ): Promise<Story | undefined> {
    for (;;) {
      const story = await this.find(id, scope);
      if (story === undefined) return undefined;
      const changed = change(story);
      if (changed === undefined) return story;
      const { state, ...columns } = changed;
      const row = await this.#connection.db
        .updateTable('stories')
        .set({
          ...columns,
          ...(state === undefined ? {} : { state: toJson(state) }),
          version: story.version + 1,
          updatedAt: this.#connection.now(),
        })
        .where('id', '=', id)
        .where('guild', '=', scope.guild)
        .where('owner', '=', scope.owner)
        .where('version', '=', story.version)
        .returningAll()
        .executeTakeFirst();
      if (row !== undefined) return toStory(row);
    }
  }

  async find(id: string, scope: Scope): Promise<Story | undefined> {
    const row = await this.#ofScope(scope).where('id', '=', id).executeTakeFirst();
    return row && toStory(row);
  }

  /** The story of a thread, if it is that person's. */
  async ofThread(thread: string, scope: Scope): Promise<Story | undefined> {
    const row = await this.#ofScope(scope).where('thread', '=', thread).executeTakeFirst();
    return row && toStory(row);
  }

  /** The newest story that follows a job of that person. */
  async ofJob(job: string, scope: Scope): Promise<Story | undefined> {
    const row = await this.#ofScope(scope)
      .where('job', '=', job)
      .orderBy('createdAt', 'desc')
      .orderBy('id', 'desc')
      .executeTakeFirst();
    return row && toStory(row);
  }

  /** That person's stories, the newest first. */
  async ofOwner(scope: Scope, limit = 25): Promise<Story[]> {
    const rows = await this.#ofScope(scope)
      .orderBy('createdAt', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toStory);
  }

  /** Every story that has not ended, the longest unchanged first: what the bot takes up again when it starts. */
  async open(): Promise<Story[]> {
    const rows = await this.#connection.db
      .selectFrom('stories')
      .selectAll()
      .where('endedAt', 'is', null)
      .orderBy('updatedAt')
      .orderBy('id')
      .execute();
    return rows.map(toStory);
  }

  #ofScope(scope: Scope) {
    return this.#connection.db
      .selectFrom('stories')
      .selectAll()
      .where('guild', '=', scope.guild)
      .where('owner', '=', scope.owner);
  }
}

function toStory(row: Selectable<StoryTable>): Story {
  return { ...row, state: fromJson(row.state) };
}
