import type { Clock } from '../src/protocol/clock.ts';
import { digestOf } from '../src/protocol/digest.ts';
import { newJobId } from '../src/protocol/ids.ts';
import { JOBS } from '../src/protocol/jobs.ts';
import { COMMANDS, isMessageOf } from '../src/protocol/messages.ts';
import { createApprovals } from './approvals.ts';
import type { AuditLog } from './audit-log.ts';
import { AgentGone, type CommandQueue } from './command-queue.ts';
import type { Presence } from './hub/server.ts';
import type { JobChanges } from './job-changes.ts';
import { refuseForLoad } from './job-load.ts';
import { createJob, refusedJob, rejectJob, scopeOf, travelling } from './job-records.ts';
import type { Jobs } from './services.ts';
import type { Bus } from './store/bus.ts';
import type { Records } from './store/records/records.ts';

export interface JobsDeps {
  readonly records: Records;
  readonly audit: AuditLog;
  readonly queue: CommandQueue;
  readonly changes: JobChanges;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly presenceOf: (agent: string) => Presence | undefined;
}

/** Work on machines: signs and stores commands; what becomes of them is told by the agents (agent-events.ts). */
export function createJobs(deps: JobsDeps): Jobs {
  const { records, queue, changes, bus, clock } = deps;

  return {
    ...createApprovals(deps),

    async start(actor, machine, type, params = {}) {
      const id = newJobId(clock.now());
      const agent = await records.agents.find(machine, scopeOf(actor));
      if (agent?.state !== 'active') return refusedJob(id, machine, type, 'NOT_APPROVER');
      const command = {
        t: 'job.run',
        body: { job: id, type, params, actor: travelling(actor) },
      };
      // A write has an approval in its command, so that it does not fit here.
      if (JOBS[type].class !== 'read' || !isMessageOf(COMMANDS, command))
        return refusedJob(id, machine, type, 'BAD_PARAMS');
      try {
        const job = await records.transaction(async (tables) => {
          const row = await createJob(tables, id, agent, type, actor);
          const busy = await refuseForLoad(tables, {
            agent: agent.id,
            job: id,
            type,
            queue,
            presence: deps.presenceOf(agent.id),
            now: clock.now().getTime(),
          });
          if (busy !== undefined) return await rejectJob(tables, row, busy);
          await queue.put(tables, agent, command, actor.user);
          return row;
        });
        await bus.publish('outbox.new', { agent: agent.id });
        changes.tell(job);
        return changes.view(job);
      } catch (error) {
        if (error instanceof AgentGone) return refusedJob(id, machine, type, 'NOT_APPROVER');
        throw error;
      }
    },

    // What never left is cancelled here; what may have left is asked of the machine.
    async cancel(actor, id) {
      const found = await records.jobs.find(id, scopeOf(actor));
      const agent = found && (await records.agents.find(found.agent, scopeOf(actor)));
      if (found?.endedAt !== null || agent?.state !== 'active') return false;
      if (!queue.hasRoom(agent.id)) return false;
      try {
        const cancelled = await records.transaction(async (tables) => {
          const unsent = (await tables.outbox.rowsAbove(agent.id, 0)).some(
            ({ job, command, sentAt }) => job === id && command === 'job.run' && sentAt === null,
          );
          if (unsent && (await tables.outbox.settle(agent.id, id, 'rejected')))
            return await tables.jobs.move(agent.id, id, 'cancelled');
          const body = { job: id, actor: travelling(actor) };
          await queue.put(tables, agent, { t: 'job.cancel', body }, actor.user);
          return undefined;
        });
        if (cancelled?.outcome === 'moved') changes.tell(cancelled.job);
        else await bus.publish('outbox.new', { agent: agent.id });
        return true;
      } catch (error) {
        if (error instanceof AgentGone) return false;
        throw error;
      }
    },

    async find(owner, id) {
      const row = await records.jobs.find(id, scopeOf(owner));
      return row && changes.view(row);
    },

    async planText(owner, digest) {
      const plan = await records.plans.find(digest, scopeOf(owner));
      if (plan === undefined || digestOf(plan.bytes) !== digest) return undefined;
      return Buffer.from(plan.bytes).toString('utf8');
    },

    onChange: (listener) => changes.listen(listener),
  };
}
