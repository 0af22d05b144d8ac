import { Agents } from './agents.ts';
import { Approvals } from './approvals.ts';
import { Audit } from './audit.ts';
import { CacheEntries } from './cache-entries.ts';
import { CodeTries } from './code-tries.ts';
import { Components } from './components.ts';
import type { Connection } from './connection.ts';
import { Events } from './events.ts';
import { Inbox } from './inbox.ts';
import { Jobs } from './jobs.ts';
import { Outbox } from './outbox.ts';
import { Pairings } from './pairings.ts';
import { Plans } from './plans.ts';
import { Settings } from './settings.ts';
import { Stories } from './stories.ts';

/** One store for each table. */
export interface Tables {
  readonly agents: Agents;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly jobs: Jobs;
  readonly plans: Plans;
  readonly approvals: Approvals;
  readonly components: Components;
  readonly stories: Stories;
  readonly events: Events;
  readonly pairings: Pairings;
  readonly codeTries: CodeTries;
  readonly audit: Audit;
  readonly settings: Settings;
  readonly cache: CacheEntries;
}

/** What the bot remembers. */
export interface Records extends Tables {
  /**
   * Runs `work` on stores that share one transaction: all of it is committed when it returns, nothing when it throws.
   * Inside, only these stores may be used (the outer ones wait for the transaction's end), and nothing slow waited for.
   */
  transaction<T>(work: (tables: Tables) => Promise<T>): Promise<T>;
  /** Waits for what is under way and closes the database. Once is enough, more does no harm. */
  close(): Promise<void>;
}

/** The stores on a connection or on a transaction. */
export function tablesOn(connection: Connection): Tables {
  return {
    agents: new Agents(connection),
    outbox: new Outbox(connection),
    inbox: new Inbox(connection),
    jobs: new Jobs(connection),
    plans: new Plans(connection),
    approvals: new Approvals(connection),
    components: new Components(connection),
    stories: new Stories(connection),
    events: new Events(connection),
    pairings: new Pairings(connection),
    audit: new Audit(connection),
    settings: new Settings(connection),
    cache: new CacheEntries(connection),
    codeTries: new CodeTries(connection),
  };
}
