import { joinPath } from '../paths.ts';
import type { Plan } from '../plan/plan.ts';
import { rootOfJob } from '../roots.ts';
import { planMigration } from '../run/plan-migration.ts';
import { closeSurvey } from '../survey/survey.ts';
import { targetPath } from '../survey/target.ts';
import type { JobFunction, SummaryOf } from './job.ts';
import { ledgerFacts } from './ledger-facts.ts';
import { type Watched, watchedDigest } from './stored-plans.ts';
import { commitTo, newBlind, pseudonymous, travellingPlan } from './travelling-plan.ts';

/** Makes the plan of a migration. What travels is stored here, and carried out only as the same again. */
export const plan: JobFunction<'plan'> = async ({ job, params }, { system, settings, plans, agentId }) => {
  const { id: root, path: source } = rootOfJob(system, settings.home, params.root);
  const { backups, home } = settings;
  const target = targetPath(system, settings.target);
  const made = planMigration(system, { source, target, backups, answers: new Map() });
  try {
    const { content, digest: engine, installationId } = made;
    const { created, expires, run } = content;
    const blind = newBlind();
    const watched = watchedFiles(made);
    const bytes = travellingPlan({
      agent: agentId,
      job_type: 'apply',
      roots: [root],
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
      writes: [content.target, backups, home.path],
      migration: { root, source, target: content.target, backups, run, installationId, engine },
    });
    return { end: 'plan', plan: record, bytes: bytes.length, summary: summaryOf(made) };
  } finally {
    closeSurvey(made.survey);
  }
};

/** The files that the plan was made from, and the new home as it is now. */
function watchedFiles({ preconditions, survey }: Plan): Watched[] {
  const { target } = survey;
  return [
    ...preconditions,
    ...target.entries.map(({ rel, stat }) => ({ path: joinPath(target.path, rel), stat })),
    ...(target.present ? [] : [{ path: target.path, stat: undefined }]),
  ];
}

function summaryOf({ content, survey }: Plan): SummaryOf<'plan'> {
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
