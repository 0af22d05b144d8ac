import { resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { readAnswers } from '../plan/decision.ts';
import { differencesOf } from '../plan/differences.ts';
import type { MigrationRequest } from '../run/plan-migration.ts';
import { openRunFor } from '../run/refuse.ts';
import { rememberedAnswers } from '../run/remembered-answers.ts';
import { locateSource } from '../survey/locate.ts';
import { closeSurvey } from '../survey/survey.ts';
import { targetPath } from '../survey/target.ts';
import { carryOutPlan } from './carry-out-plan.ts';
import { EXPORT_OPTIONS, exportAnswer } from './export-answer.ts';
import { PACKAGE_OPTIONS } from './final-setup.ts';
import { goOnInstead } from './guided/go-on-instead.ts';
import { canAsk, guidedAnswer } from './guided/guided.ts';
import { rehearseAnswer } from './rehearse-answer.ts';
import { ANSWERS, BACKUP_DIR, DIFF, FROM_ENVIRONMENT, RECIPIENT, TARGET, ZSTD } from './shared-options.ts';
import { planWithPassword } from './store-password.ts';
import type { Answer, Call, Verb } from './verb.ts';
import { differenceLines } from './views/differences.ts';
import { planLines } from './views/plan.ts';

const MODES = ['guided', 'automated', 'manual'] as const;

export const migrateFromGit: Verb = {
  name: 'migrate-from-git',
  summary: 'move an installation to the new home',
  usage:
    '[SOURCE] [--guided | --automated | --manual --export DIR] [--dry-run [--diff] | --rehearse] [--answers FILE] [--from-environment] [--install-package [--wheels DIR] [--install-with NAME]] [--target DIR] [--backup-dir DIR] [--recipient age1…] [--zstd]',
  options: {
    guided: {
      type: 'boolean',
      about:
        'phase by phase, with questions and a pause after each; what no mode on a terminal means. Elsewhere --answers FILE decides, and stands for the yes',
    },
    automated: { type: 'boolean', about: 'do everything in one go; needs a plan without open decisions' },
    manual: {
      type: 'boolean',
      about: 'by hand: only exports the old settings; `import-config` goes on from there',
    },
    export: { type: 'string', value: 'DIR', about: 'with --manual: the folder to export to' },
    ...EXPORT_OPTIONS,
    'dry-run': { type: 'boolean', about: 'show the plan and write nothing' },
    diff: DIFF,
    rehearse: { type: 'boolean', about: 'try it all, and the rollback, on a copy; leaves nothing behind' },
    answers: ANSWERS,
    'from-environment': FROM_ENVIRONMENT,
    ...PACKAGE_OPTIONS,
    target: TARGET,
    'backup-dir': BACKUP_DIR,
    recipient: RECIPIENT,
    zstd: ZSTD,
  },
  arguments: 1,
  async run(call) {
    const { system, settings, args, flags } = call;
    if (flags['manual'] === true) return manual(call);
    const mode = modeOf(call);
    const answersFile = flags['answers'];
    const source = locateSource(system, args[0], 'migrate-from-git');
    const wanted: MigrationRequest = {
      source,
      target: targetPath(system, settings.target),
      backups: settings.backups,
      answers:
        typeof answersFile === 'string' ? readAnswers(system, resolve(system.cwd, answersFile)) : new Map(),
      fromEnvironment: flags['from-environment'] === true,
      remembered: rememberedAnswers(system, settings.home, source),
    };
    if (mode === 'guided') {
      const open = openRunFor(system, settings.home, wanted.target);
      return open === undefined ? guidedAnswer(call, wanted) : goOnInstead(call, open);
    }
    if (flags['rehearse'] === true) return rehearseAnswer(call, wanted);
    const { plan, request } = await planWithPassword(call, wanted);
    try {
      const { content, digest } = plan;
      if (flags['dry-run'] === true) {
        const text = planLines(content, plan.survey.findings, system.home);
        const differences = flags['diff'] === true ? differencesOf(plan) : undefined;
        return {
          exit: content.decisions.open.length > 0 ? 3 : 0,
          result: { plan: digest, ...content, ...(differences && { differences }) },
          text: [...text, ...(differences === undefined ? [] : ['', ...differenceLines(differences)])],
        };
      }
      return await carryOutPlan(call, request, plan);
    } finally {
      closeSurvey(plan.survey);
    }
  },
};

/** No mode on a terminal is the guided one. @throws USAGE for two modes, MODE_NEEDED */
function modeOf(call: Call): 'guided' | 'automated' {
  const { flags } = call;
  const isTrial = flags['dry-run'] === true || flags['rehearse'] === true;
  const named = MODES.filter((name) => flags[name] === true);
  if (named.length > 1) {
    const problem = `${named.map((name) => `--${name}`).join(' and ')} are different ways; choose one`;
    throw new AppError('USAGE', { problem, verb: 'migrate-from-git' });
  }
  if (isTrial || named[0] === 'automated') return 'automated';
  if (named[0] === 'guided' || canAsk(call)) return 'guided';
  throw new AppError('MODE_NEEDED');
}

function manual(call: Call): Promise<Answer> {
  const folder = call.flags['export'];
  if (typeof folder === 'string') return exportAnswer(call, folder, call.args[0], 'migrate-from-git');
  const problem = '--manual needs --export DIR, the folder to export to';
  throw new AppError('USAGE', { problem, verb: 'migrate-from-git' });
}
