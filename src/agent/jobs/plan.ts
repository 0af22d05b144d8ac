import { joinPath } from '../paths.ts';
import type { Plan } from '../plan/plan.ts';
import { rootOfJob } from '../roots.ts';
import { planMigration } from '../run/plan-migration.ts';
import { closeSurvey } from '../survey/survey.ts';
import { targetPath } from '../survey/target.ts';
import type { ReadSystem } from '../system.ts';
import type { JobFunction, JobWork, SummaryOf } from './job.ts';
import { ledgerFacts } from './ledger-facts.ts';
import { type MigrationFacts, type PlanRecord, type Watched, watch, watchedDigest } from './stored-plans.ts';
import { commitTo, newBlind, pseudonymous, travellingPlan } from './travelling-plan.ts';

/** Makes the plan of a migration. What travels is stored here, and carried out only as the same again. */
export const plan: JobFunction<'plan'> = async ({ job, params }, work) => {
  const { system, settings } = work;
  const { id: root, path: source } = rootOfJob(system, settings.home, params.root);
  const { backups } = settings;
  const target = targetPath(system, settings.target);
  const made = planMigration(system, { source, target, backups, answers: new Map() });
  try {
    const { record, bytes } = keepPlan(work, made, { job, root, source });
    return { end: 'plan', plan: record, bytes: bytes.length, summary: summaryOf(made) };
  } finally {
    closeSurvey(made.survey);
  }
};

/** Stores a plan and what it was made from; gives the bytes that travel. */
export function keepPlan(
  { system, settings, plans, agentId }: JobWork,
  made: Plan,
  of: Pick<MigrationFacts, 'root' | 'source' | 'exported'> & { readonly job: string },
): { readonly record: PlanRecord; readonly bytes: Buffer } {
  const { content, digest: engine, installationId, timers } = made;
  const { created, expires, run, target } = content;
  const { backups, home } = settings;
  const { job, ...origin } = of;
  const blind = newBlind();
  const watched = watchedFiles(system, made, of.exported !== undefined);
  const bytes = travellingPlan({
    agent: agentId,
    job_type: 'apply',
    roots: [of.root],
    created,
    expires,
    binds: commitTo(blind, made.bytes),
    preconditions: watchedDigest(watched),
    ...pseudonymous(content),
  });
  const record = plans.keep(bytes, watched, {
    job,
    type: 'apply',
    created,
    expires,
    blind,
    writes: [target, backups, home.path],
    migration: { ...origin, target, backups, run, installationId, engine, timers },
  });
  return { record, bytes };
}

/**
 * The files that the plan was made from, and the new home as it is now. A plan of an import knows the clone as the edits
 * make it; what is watched is what lies on the disk.
 */
function watchedFiles(system: ReadSystem, { preconditions, survey }: Plan, isImport: boolean): Watched[] {
  const { target } = survey;
  return [
    ...(isImport
      ? watch(
          system,
          preconditions.map(({ path }) => path),
        )
      : preconditions),
    ...target.entries.map(({ rel, stat }) => ({ path: joinPath(target.path, rel), stat })),
    ...(target.present ? [] : [{ path: target.path, stat: undefined }]),
  ];
}

export function summaryOf({ content, survey }: Plan): SummaryOf<'plan'> {
  const times = (action: string) => content.actions.filter((one) => one.action === action).length;
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
  const own = survey.inventory.files.filter(({ kind }) => kind !== 'regenerable');
  return {
    actions: {
      write: times('write'),
      copy: times('copy'),
      patch: times('patch'),
      store: times('store'),
      register: times('register'),
    },
    ledger: ledgerFacts(content.counts),
    open_decisions: content.decisions.open.length,
    backup_bytes: sum([
      ...own.map(({ stat }) => stat.size),
      ...survey.states.map(({ bytes }) => bytes),
      ...survey.target.entries.filter(({ kind }) => kind === 'file').map(({ stat }) => stat.size),
    ]),
  };
}
