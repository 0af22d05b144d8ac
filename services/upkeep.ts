import type { AgentEvents } from './agent-events.ts';
import type { AuditLog } from './audit-log.ts';
import type { HubServer } from './hub/server.ts';
import type { JobChanges } from './job-changes.ts';
import { expireCommands } from './job-endings.ts';
import type { PairingDesk } from './pairing.ts';
import type { PlanIntake } from './plan-intake.ts';
import type { Bus } from './store/bus.ts';
import type { Records } from './store/records/records.ts';

export interface UpkeepDeps {
  readonly records: Records;
  readonly audit: AuditLog;
  readonly bus: Bus;
  readonly changes: JobChanges;
  readonly plans: PlanIntake;
  readonly events: AgentEvents;
  readonly hub: HubServer;
  readonly desk: PairingDesk;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onFault: (error: unknown) => void;
}

/** Looked at without a bell: what rang and was not heard (channel.md §9), and what ends by the clock. */
const SWEEP_EVERY_S = 5;
const HOURLY_S = 3_600;
/** A pairing that was never proven ends after a day (channel.md §5). */
const UNPROVEN_PAIRING_MS = 24 * 3_600_000;

/** What is due, to be called every second. It never throws: one that fails is tried again. */
export function upkeep(deps: UpkeepDeps): () => Promise<void> {
  let second = 0;
  return async () => {
    try {
      deps.hub.tick();
      deps.desk.tick();
      second++;
      if (second % SWEEP_EVERY_S === 0) await sweep(deps);
      if (second % HOURLY_S === 0) await removeOld(deps);
    } catch (error) {
      deps.onFault(error);
    }
  };
}

async function sweep({ records, changes, plans, events, hub }: UpkeepDeps): Promise<void> {
  await events.run();
  await expireCommands(records, changes);
  await plans.sweep();
  await hub.sweep();
}

async function removeOld({ records, audit, bus, now }: UpkeepDeps): Promise<void> {
  await audit.removeOld();
  await records.codeTries.removeOld();
  await records.pairings.removeOld();
  for (const agent of await records.agents.revokeUnproven(now() - UNPROVEN_PAIRING_MS))
    await bus.publish('agent.changed', { agent });
}
