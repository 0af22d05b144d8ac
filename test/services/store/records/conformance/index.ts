import { afterEach, beforeEach, describe } from 'vitest';
import { agentsConformance } from './agents.ts';
import { approvalsConformance } from './approvals.ts';
import { auditConformance } from './audit.ts';
import { cacheEntriesConformance } from './cache-entries.ts';
import { codeTriesConformance } from './code-tries.ts';
import { componentsConformance } from './components.ts';
import { eventsConformance } from './events.ts';
import { inboxConformance } from './inbox.ts';
import { jobsConformance } from './jobs.ts';
import { outboxConformance } from './outbox.ts';
import { pairingsConformance } from './pairings.ts';
import { plansConformance } from './plans.ts';
import { settingsConformance } from './settings.ts';
import { storiesConformance } from './stories.ts';
import { transactionConformance } from './transaction.ts';
import { type OpenRecords, START, type World } from './world.ts';

/** What every kind of records has to do. `open` gives an empty database each time; it is closed afterwards. */
export function recordsConformance(name: string, open: OpenRecords): void {
  describe(name, () => {
    let world: World;
    beforeEach(async () => {
      const clock = { now: START };
      world = { clock, records: await open(() => clock.now) };
    });
    afterEach(() => world.records.close());

    for (const conformance of [
      agentsConformance,
      outboxConformance,
      inboxConformance,
      jobsConformance,
      plansConformance,
      approvalsConformance,
      componentsConformance,
      storiesConformance,
      eventsConformance,
      pairingsConformance,
      codeTriesConformance,
      auditConformance,
      settingsConformance,
      cacheEntriesConformance,
      transactionConformance,
    ]) {
      conformance(() => world);
    }
  });
}
