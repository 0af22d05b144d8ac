import { digestOf } from '../src/protocol/digest.ts';
import { CARRIED_OUT_BY, isPlanning, type JobType } from '../src/protocol/jobs.ts';
import { fits, runId } from '../src/protocol/schema.ts';
import type { Scope } from './store/records/database.ts';
import type { Tables } from './store/records/records.ts';

/** So many of a person's newest jobs are looked through for the run of a plan. */
const LOOKED_THROUGH = 200;

/**
 * A plan of that person's machine whose stored bytes are, hashed again now, what its digest names.
 * @returns undefined when there is none
 */
export async function findPlan(
  tables: Tables,
  scope: Scope,
  agent: string,
  digest: string,
): Promise<{ readonly carriedOutBy: JobType } | undefined> {
  const plan = await tables.plans.find(digest, scope);
  if (plan?.agent !== agent || digestOf(plan.bytes) !== digest) return undefined;
  const maker = await tables.jobs.ofAgent(agent, plan.job);
  const type = maker?.type;
  return type !== undefined && isPlanning(type) ? { carriedOutBy: CARRIED_OUT_BY[type] } : undefined;
}

/** The run in which a plan was carried out, as far as the machine has told: what can be resumed or undone. */
export async function runOfPlan(
  tables: Tables,
  scope: Scope,
  agent: string,
  digest: string,
): Promise<string | undefined> {
  const jobs = await tables.jobs.ofOwner(scope, LOOKED_THROUGH);
  return jobs
    .filter((job) => job.agent === agent && job.plan === digest)
    .map(({ result }) => runIn(result))
    .find((run) => run !== undefined);
}

/** The run that the body of a job's last event names: at its top, in its result, or in its failure. */
export function runIn(body: unknown): string | undefined {
  const places = [body, member(body, 'result'), member(body, 'failure')];
  return places.map((place) => member(place, 'run')).find((run) => fits(runId, run));
}

/** Whether the body of a job's last event says that its run waits for a person. */
export function isPaused(body: unknown): boolean {
  return (
    member(member(body, 'result'), 'outcome') === 'paused' ||
    member(member(body, 'failure'), 'left') === 'paused'
  );
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
