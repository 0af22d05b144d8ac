import { planWords } from '../src/protocol/digest.ts';
import { factsOf, failureOf, runOf } from './job-facts.ts';
import type { Job } from './services.ts';
import type { JobNews } from './story-wizard.ts';

/** A job as wizards see it: its facts checked, the words of its plan computed. */
export function newsOf(job: Job): JobNews {
  const { id, type, state, progress, error, plan } = job;
  return {
    id,
    type,
    state,
    progress,
    error,
    facts: factsOf(job),
    failure: failureOf(job),
    run: runOf(job),
    plan: plan === undefined ? undefined : { digest: plan, words: planWords(plan) },
  };
}
