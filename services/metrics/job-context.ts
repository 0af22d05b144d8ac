import type { Job } from '../store/records/jobs.ts';
import type { Tables } from '../store/records/records.ts';
import type { Method } from '../story-wizard.ts';

const LEVELS = ['minimal', 'basic', 'moderate', 'complex'];

/** How many of a person's newest jobs are looked through for an assessment. */
const LOOKED_THROUGH = 200;

/** How a migration is done, by what the job that began it was approved for: guided when it waits after a phase. */
export async function methodOf({ approvals }: Tables, { agent, type, plan }: Job): Promise<Method> {
  const used = plan === null ? undefined : await approvals.usedFor({ agent, plan, jobType: type });
  return used === undefined || used.pauseAfter === null ? 'automated' : 'guided';
}

/** How complex the machine's installation was found to be by its newest assessment; `unknown` without one. */
export async function segmentOf({ jobs }: Tables, { agent, guild, owner }: Job): Promise<string> {
  const all = await jobs.ofOwner({ guild, owner }, LOOKED_THROUGH);
  const assessed = all.find((one) => one.agent === agent && one.type === 'assess' && one.state === 'done');
  const level = member(member(member(assessed?.result, 'result'), 'complexity'), 'level');
  return typeof level === 'string' && LEVELS.includes(level) ? level : 'unknown';
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
