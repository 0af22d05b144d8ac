import { FAILURE } from '../src/protocol/facts.ts';
import { JOBS, type JobType } from '../src/protocol/jobs.ts';
import { fits, object, runId, type Schema, type TypeOf } from '../src/protocol/schema.ts';
import type { Job } from './services.ts';

type FactsOf<Type extends JobType> = TypeOf<(typeof JOBS)[Type]['result']>;

/** What a finished job found or did, with the type that belongs to its kind. */
export type JobFacts = { [Type in JobType]: { readonly type: Type; readonly facts: FactsOf<Type> } }[JobType];
export type Failure = TypeOf<typeof FAILURE>;

const WITH_RUN = object({ run: runId }, {});

/**
 * The facts of a job's end: of `job.done` its result, of `plan.ready` its summary. Undefined before the end, or when they
 * are not of the form that the channel promises.
 */
export function factsOf(job: Job): JobFacts | undefined {
  const body = job.result;
  if (job.state !== 'done' || body === undefined) return undefined;
  const schema: Schema<unknown> = JOBS[job.type].result;
  const facts = [body['result'], body['summary'], body].find((value) => fits(schema, value));
  // The schema of this very type was looked at; the compiler cannot follow it through the table.
  return facts === undefined ? undefined : ({ type: job.type, facts } as JobFacts);
}

/** How a failed job left the machine; undefined when it does not say. */
export function failureOf({ result }: Job): Failure | undefined {
  return [result?.['failure'], result].find((value) => fits(FAILURE, value));
}

/** The run that a job interrupted or failed in, where one is named. */
export function runOf(job: Job): string | undefined {
  const named = { run: job.result?.['run'] ?? failureOf(job)?.run };
  return fits(WITH_RUN, named) ? named.run : undefined;
}
