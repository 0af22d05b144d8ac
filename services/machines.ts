import type { AuditLog } from './audit-log.ts';
import type { CommandQueue } from './command-queue.ts';
import type { Presence } from './hub/server.ts';
import type { JobChanges } from './job-changes.ts';
import { endJobsOf } from './job-endings.ts';
import { scopeOf } from './job-records.ts';
import type { Machine, Machines } from './services.ts';
import type { Bus } from './store/bus.ts';
import type { Agent } from './store/records/agents.ts';
import type { Records } from './store/records/records.ts';

export interface MachinesDeps {
  readonly records: Records;
  readonly audit: AuditLog;
  readonly queue: CommandQueue;
  readonly changes: JobChanges;
  readonly bus: Bus;
  readonly presenceOf: (agent: string) => Presence | undefined;
  /** Acts on the events that are stored already. */
  readonly catchUp: () => Promise<void>;
  /** Where agents connect, as they name it. */
  readonly addresses: () => readonly string[];
  /** HUB_PUBLIC_URL. */
  readonly publicUrl: string | undefined;
}

/** A person's machines. */
export function createMachines(deps: MachinesDeps): Machines {
  const { records, audit, queue, changes, bus, presenceOf } = deps;
  const view = (agent: Agent): Machine => ({
    id: agent.id,
    label: agent.label,
    os: agent.os,
    agentVersion: agent.agentVersion ?? '',
    connected: presenceOf(agent.id) !== undefined,
    lastRoundTrip: agent.lastRoundTripAt ?? undefined,
  });

  return {
    async list(owner) {
      return (await records.agents.ofOwner(scopeOf(owner))).map(view);
    },

    async find(owner, id) {
      const agent = await records.agents.find(id, scopeOf(owner));
      return agent === undefined || agent.state === 'revoked' ? undefined : view(agent);
    },

    async revoke(owner, id) {
      await deps.catchUp();
      const revoked = await records.transaction(async (tables) => {
        const agent = await tables.agents.find(id, scopeOf(owner));
        if (agent === undefined || agent.state === 'revoked') return undefined;
        // The last thing that is signed for it; a suspended machine is told nothing.
        if (agent.state === 'active')
          await queue.put(tables, agent, { t: 'agent.unpair', body: {} }, owner.user);
        await tables.agents.revoke(id, scopeOf(owner));
        const about = { guild: owner.guild, agent: id, actor: owner.user };
        await audit.decision(tables, 'the machine was revoked by its owner', about);
        return await endJobsOf(tables, id);
      });
      if (revoked === undefined) return false;
      for (const job of revoked) changes.tell(job);
      await bus.publish('agent.changed', { agent: id });
      return true;
    },

    get addresses() {
      return deps.addresses();
    },

    publicUrl: deps.publicUrl,
  };
}
