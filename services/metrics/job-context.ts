import type { Job } from '../store/records/jobs.ts';
import type { Tables } from '../store/records/records.ts';

const METHODS = ['automated', 'guided', 'manual'];
const LEVELS = ['minimal', 'basic', 'moderate', 'complex'];

/** How many of a person's newest jobs are looked through for an assessment. */
const LOOKED_THROUGH = 200;

/** How a migration is done, as the wizard of its story says (`method` in its state); automated where it says nothing. */
export async function methodOf({ stories }: Tables, { id, guild, owner }: Job): Promise<string> {
  const story = await stories.ofJob(id, { guild, owner });
  const method = member(story?.state, 'method');
  return typeof method === 'string' && METHODS.includes(method) ? method : 'automated';
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
