import { resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { type OpenedImport, openImport } from '../export/open-import.ts';
import { type ReadExport, readExport } from '../export/read-export.ts';
import { readAnswers } from '../plan/decision.ts';
import { differencesOf } from '../plan/differences.ts';
import type { MigrationRequest } from '../run/plan-migration.ts';
import { rememberedAnswers } from '../run/remembered-answers.ts';
import { locateSource } from '../survey/locate.ts';
import { closeSurvey } from '../survey/survey.ts';
import { targetPath } from '../survey/target.ts';
import { carryOutPlan } from './carry-out-plan.ts';
import { exportPassphrase } from './export-passphrase.ts';
import type { Choose } from './guided/prompts.ts';
import { importInteractively, importPrompts, typedSecrets } from './import-interactively.ts';
import { ANSWERS, BACKUP_DIR, DIFF, RECIPIENT, TARGET, ZSTD } from './shared-options.ts';
import { planWithPassword } from './store-password.ts';
import type { Call, Verb } from './verb.ts';
import { differenceLines } from './views/differences.ts';
import { importLines } from './views/import.ts';
import { planLines } from './views/plan.ts';

export const importConfig: Verb = {
  name: 'import-config',
  summary: 'migrate from an export, with the edits that were made to it',
  usage:
    'DIR [--source SOURCE] [--without-secrets] [--interactive] [--dry-run [--diff]] [--answers FILE] [--target DIR] [--backup-dir DIR] [--recipient age1…] [--zstd]',
  options: {
    source: {
      type: 'string',
      value: 'SOURCE',
      about: 'the installation, where it is not where it was exported from; it need not be there any more',
    },
    'without-secrets': { type: 'boolean', about: 'go on where the values of secrets cannot be had' },
    interactive: {
      type: 'boolean',
      about:
        'go through it at the terminal: missing secrets, decisions one by one, differences, then one yes',
    },
    'dry-run': { type: 'boolean', about: 'show the plan and write nothing' },
    diff: DIFF,
    answers: ANSWERS,
    target: TARGET,
    'backup-dir': BACKUP_DIR,
    recipient: RECIPIENT,
    zstd: ZSTD,
  },
  arguments: 1,
  async run(call) {
    const { system, settings, args, flags } = call;
    const [folder] = args;
    if (folder === undefined)
      throw new AppError('USAGE', { problem: 'the folder of the export is missing', verb: 'import-config' });
    const exported = readExport(system, resolve(system.cwd, folder));
    const source =
      typeof flags['source'] === 'string'
        ? locateSource(system, flags['source'], 'import-config')
        : exported.manifest.source;
    const target = targetPath(system, settings.target);
    const choose = flags['interactive'] === true ? await importPrompts(call) : undefined;
    for (const line of importLines(exported, source, system.home)) call.say(line);
    const imported = await openFor(call, exported, source, target, choose);
    const answersFile = flags['answers'];
    const wanted: MigrationRequest = {
      source,
      target,
      backups: settings.backups,
      answers:
        typeof answersFile === 'string' ? readAnswers(system, resolve(system.cwd, answersFile)) : new Map(),
      remembered: rememberedAnswers(system, settings.home, source),
      method: 'manual',
      imported,
    };
    if (choose !== undefined && flags['dry-run'] !== true) return importInteractively(call, choose, wanted);
    const { plan, request } = await planWithPassword(call, wanted);
    try {
      if (flags['dry-run'] === true) {
        const { content, digest } = plan;
        const differences = flags['diff'] === true ? differencesOf(plan) : undefined;
        const text = planLines(content, plan.survey.findings, system.home);
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

async function openFor(
  call: Call,
  exported: ReadExport,
  source: string,
  target: string,
  choose: Choose | undefined,
): Promise<OpenedImport> {
  return openImport(call.system, exported, {
    source,
    target,
    passphrase: () => exportPassphrase(call, exported.folder),
    typed: choose && ((missing) => typedSecrets(call, choose, missing)),
    withoutSecrets: call.flags['without-secrets'] === true,
  });
}
