import type { Selectable } from 'kysely';
import { type Connection, inTransaction } from './connection.ts';
import type { EventKind, EventTable } from './database.ts';

/** Something that counts in the metrics. It names no person. */
export type MetricsEvent = Readonly<Selectable<EventTable>>;

export interface NewMetricsEvent {
  /** Says what is counted, so that it counts once however often it is told: such as `<job>:success`. */
  readonly id: string;
  /** Milliseconds since 1970; now when left out. */
  readonly at?: number;
  readonly guild: string;
  readonly kind: EventKind;
  readonly method?: string;
  readonly segment?: string;
  /** Whole milliseconds. */
  readonly durationMs?: number;
  readonly code?: string;
  readonly story?: string;
}

/** `from` counts, `to` does not; both milliseconds since 1970. */
export interface Window {
  readonly guild: string;
  readonly from: number;
  readonly to: number;
}

export interface MetricsSummary extends Readonly<Record<EventKind, number>> {
  /** Of the successes' durations, exact: halves of milliseconds are possible. Null when there are none. */
  readonly medianMs: number | null;
}

const NONE = {
  attempt: 0,
  success: 0,
  failed: 0,
  rolled_back: 0,
  postponed: 0,
  abandoned: 0,
} as const satisfies Record<EventKind, number>;

/** The event log that every figure is computed from. Append only. */
export class Events {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Appends an event. `duplicate`: one of this id is there, and stays as it is. */
  async record(event: NewMetricsEvent): Promise<'new' | 'duplicate'> {
    const row = await this.#connection.db
      .insertInto('events')
      .values({
        id: event.id,
        at: event.at ?? this.#connection.now(),
        guild: event.guild,
        kind: event.kind,
        method: event.method ?? null,
        segment: event.segment ?? null,
        durationMs: event.durationMs ?? null,
        code: event.code ?? null,
        story: event.story ?? null,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    return row === undefined ? 'duplicate' : 'new';
  }

  /** How often each kind happened in the window, and the median duration of its successes. */
  async summary(window: Window): Promise<MetricsSummary> {
    return await inTransaction(this.#connection, async (inside) => {
      const rows = await inside.db
        .selectFrom('events')
        .select(['kind', ({ fn }) => fn.countAll().as('count')])
        .where('guild', '=', window.guild)
        .where('at', '>=', window.from)
        .where('at', '<', window.to)
        .groupBy('kind')
        .execute();
      const counts = Object.fromEntries(rows.map(({ kind, count }) => [kind, Number(count)]));
      return { ...NONE, ...counts, medianMs: await medianOfSuccesses(inside, window) };
    });
  }

  /** The events of the window in the order of their times, such as for recomputing every figure. */
  async list(window: Window): Promise<MetricsEvent[]> {
    return await this.#connection.db
      .selectFrom('events')
      .selectAll()
      .where('guild', '=', window.guild)
      .where('at', '>=', window.from)
      .where('at', '<', window.to)
      .orderBy('at')
      .orderBy('id')
      .execute();
  }
}

/** The one in the middle, or the mean of the two there; only these are read. */
async function medianOfSuccesses({ db }: Connection, window: Window): Promise<number | null> {
  const successes = db
    .selectFrom('events')
    .where('guild', '=', window.guild)
    .where('at', '>=', window.from)
    .where('at', '<', window.to)
    .where('kind', '=', 'success')
    .where('durationMs', 'is not', null);
  const { count } = await successes.select(({ fn }) => fn.countAll().as('count')).executeTakeFirstOrThrow();
  const total = Number(count);
  if (total === 0) return null;
  const middle = await successes
    .select('durationMs')
    .orderBy('durationMs')
    .limit(total % 2 === 1 ? 1 : 2)
    .offset(Math.floor((total - 1) / 2))
    .execute();
  return middle.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0) / middle.length;
}
