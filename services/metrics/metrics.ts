import type { DurableEvent } from '../../src/protocol/messages.ts';
import type { Metrics, MetricsEvent } from '../services.ts';
import type { Job } from '../store/records/jobs.ts';
import type { Records, Tables } from '../store/records/records.ts';
import { figureOf } from './job-figures.ts';
import { summarise } from './summarise.ts';

/** The figures, and how steps of jobs get into them. */
export interface MetricsService extends Metrics {
  /** In the transaction in which the job moved, so that it is counted exactly when it did. */
  onMoved(tables: Tables, job: Job, event: DurableEvent): Promise<void>;
  /** After the commit of that. */
  onCounted(guild: string): void;
}

/** Figures out of the append-only log of events; each kind counts once for each story. */
export function createMetrics(records: Records, onFault: (error: unknown) => void): MetricsService {
  const listeners = new Set<(guild: string) => void>();

  function onCounted(guild: string): void {
    for (const listener of listeners) {
      try {
        listener(guild);
      } catch (error) {
        onFault(error);
      }
    }
  }

  return {
    onCounted,
    async record(event) {
      await store(records, event);
      onCounted(event.guild);
    },
    async onMoved(tables, job, event) {
      const figure = await figureOf(tables, job, event);
      if (figure !== undefined) await store(tables, figure);
    },
    async summary(guild, from, to) {
      return summarise(await records.events.list({ guild, from, to }));
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

async function store({ events }: Tables, event: MetricsEvent): Promise<void> {
  await events.record({ id: `${event.story}:${event.kind}`, ...event });
}
