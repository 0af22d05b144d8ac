import { AppError } from '../../shared/errors.ts';
import { counted } from '../../shared/words.ts';
import { type AuditVerdict, verifyAudit } from '../channel/audit.ts';
import { ChannelHome } from '../channel/channel-home.ts';
import { shortPath } from '../paths.ts';
import type { Verb } from './verb.ts';

export const audit: Verb = {
  name: 'audit',
  summary: 'whether the log of what the bot asked for and what was decided is whole',
  usage: 'verify',
  options: {},
  arguments: 1,
  async run({ system, settings, args }) {
    if (args[0] !== 'verify') throw new AppError('USAGE', { problem: 'audit takes verify', verb: 'audit' });
    const path = new ChannelHome(settings.home).audit;
    const verdict = verifyAudit(system, path);
    const { ok, records, head, brokenAt } = verdict;
    const result = { path, ok, records, head, ...(brokenAt === undefined ? {} : { broken_at: brokenAt }) };
    return { exit: ok ? 0 : 1, result, text: linesOf(shortPath(path, system.home), verdict) };
  },
};

function linesOf(path: string, { ok, records, head, brokenAt }: AuditVerdict): string[] {
  if (!ok)
    return [
      `${path} was changed: record ${brokenAt} does not follow from the one before.`,
      'Somebody edited it, or took records out. Look who can write to that folder; `/machine` shows what the bot last knew.',
    ];
  if (records === 0) return [`Nothing was logged yet: there is no ${path}.`];
  return [
    `${path} is whole: ${counted(records, 'record')}, each following from the one before.`,
    `Its newest record is ${head.slice(0, 16)}…; the end of each job tells the bot, so that a log cut off later is noticed.`,
  ];
}
