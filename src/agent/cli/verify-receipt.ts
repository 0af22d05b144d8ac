import { join, resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { checkHome } from '../health/check-home.ts';
import { shortPath } from '../paths.ts';
import { type Compared, compareWithReceipt, type Drift } from '../receipt/compare-receipt.ts';
import { readReceipt } from '../receipt/read-receipt.ts';
import type { Receipt } from '../receipt/receipt.ts';
import { loadReceiptKey, type ReceiptKey } from '../receipt/receipt-key.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import { targetPath } from '../survey/target.ts';
import { TARGET } from './shared-options.ts';
import type { Verb } from './verb.ts';
import { checkLines } from './views/checks.ts';
import { facts, shortList } from './views/table.ts';

export const verifyReceipt: Verb = {
  name: 'verify-receipt',
  summary: 'tell what changed since a migration from what it did wrong',
  usage: '[FILE] [--target DIR]',
  options: {
    target: TARGET,
  },
  arguments: 1,
  async run({ system, settings, args }) {
    const target = realPathSoFar(system, targetPath(system, settings.target));
    const [given] = args;
    const path = given === undefined ? join(target, 'migration/receipt.json') : resolve(system.cwd, given);
    const key = loadReceiptKey(system, settings.home);
    const receipt = readReceipt(system, path, key);
    const { checks } = await checkHome(system, settings, receipt.target, true);
    // Without a key no receipt is proven.
    const compared = compareWithReceipt(system, receipt, key as ReceiptKey, checks);
    const defect = compared.checks.find(({ cause }) => cause === 'defect');
    const error =
      defect && new AppError('RECEIPT_DEFECT', { check: defect.name, reason: defect.reason ?? '' });
    const { run, finished, tool, source } = receipt;
    return {
      exit: error === undefined ? 0 : 1,
      result: {
        receipt: path,
        run,
        finished,
        tool,
        source_path: source,
        target: receipt.target,
        ...compared,
      },
      text: lines(receipt, compared, shortPath(path, system.home)),
      error,
    };
  },
};

const VERDICTS: Readonly<Record<Compared['verdict'], string>> = {
  'as-finished': 'Everything is as the migration left it.',
  drift: 'Something was changed since the migration; what it left was right.',
  defect: 'Something is wrong although nobody changed it since the migration.',
};

function lines({ run, finished, tool }: Receipt, compared: Compared, path: string): string[] {
  const { home, source, backup, checks, verdict } = compared;
  return [
    VERDICTS[verdict],
    '',
    ...facts([
      ['Receipt', `${path}, signed by this computer and unchanged`],
      ['Migration', `${run}, finished ${finished}, ${tool}`],
      ['New home', driftWords(home)],
      ['Clone', driftWords(source)],
      ['Backup', backup === 'same' ? 'the one that was made then' : backup],
    ]),
    ...driftLines('In the new home since then', home),
    ...driftLines('In the clone since then', source),
    '',
    'Checks now',
    ...checkLines(
      checks.map((check) => ({ ...check, reason: [check.cause, check.reason].filter(Boolean).join(', ') })),
    ),
  ];
}

function driftWords({ same, of, changed, gone, added }: Drift): string {
  return `${same} of ${of} files as they were, ${changed.length} changed, ${gone.length} gone, ${added.length} added`;
}

function driftLines(title: string, { changed, gone, added }: Drift): string[] {
  const rows = [
    ...changed.map((path) => `changed: ${path}`),
    ...gone.map((path) => `gone: ${path}`),
    ...added.map((path) => `added: ${path}`),
  ];
  return rows.length === 0 ? [] : ['', title, ...shortList(rows)];
}
