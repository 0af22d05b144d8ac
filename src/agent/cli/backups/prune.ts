import { AppError } from '../../../shared/errors.ts';
import { bytesInWords, counted } from '../../../shared/words.ts';
import { identityPath, loadIdentity } from '../../backup/identity.ts';
import { knownBackups } from '../../backup-index.ts';
import { type JudgedBackup, judgeBackups } from '../../prune/choose-kept.ts';
import { bytesOf, finishPrunes, pruneBackups } from '../../prune/prune-backups.ts';
import { ask } from '../ask.ts';
import type { Answer, Call } from '../verb.ts';
import { facts } from '../views/table.ts';

/** Backups that are kept for being the newest, where nothing else is said. */
export const KEEP = 3;

/** `backups prune`: deletes the backups that no rule keeps, after words that are typed at the terminal. */
export async function prune(call: Call): Promise<Answer> {
  const { system, settings, flags } = call;
  const keep = keepOf(flags['keep']);
  const own = (await loadIdentity(system, identityPath(settings.home.path)))?.recipient;
  const judge = () =>
    judgeBackups(system, settings, knownBackups(system, settings.home, settings.backups), keep, own);
  const judged = judge();
  const paths = judged.filter(({ why }) => why === undefined).map(({ backup }) => backup.path);
  const bytes = bytesOf(system, paths);
  const facts = { prune: paths, bytes, kept: keptOf(judged) };
  const isDry = flags['dry-run'] === true;
  if (isDry) return { exit: 0, result: { outcome: 'preview', ...facts }, text: lines(judged, bytes) };
  // `--yes` never stands for this.
  if (!call.terminal || call.json) throw new AppError('PRUNE_NEEDS_TERMINAL');
  const finished = finishPrunes(system, settings.home);
  if (finished > 0)
    call.say(`An earlier prune was interrupted; its ${counted(finished, 'backup')} are deleted now.`);
  for (const line of lines(judged, bytes)) call.say(line);
  if (paths.length === 0) return { exit: 0, result: { outcome: 'nothing-to-do', ...facts }, text: [] };
  const words = `delete ${paths.length}`;
  call.say('');
  if ((await ask(`They are deleted for good. Type ${words} to do it:`)) !== words)
    return { exit: 0, result: { outcome: 'declined', ...facts }, text: ['Nothing was deleted.'] };
  // While the words were typed, a run may have begun that needs one of them.
  const still = new Set(judge().flatMap(({ backup, why }) => (why === undefined ? [backup.path] : [])));
  if (!paths.every((path) => still.has(path))) {
    const text = ['Nothing was deleted: one of them is needed since. Run it again to see what would go now.'];
    return { exit: 0, result: { outcome: 'declined', ...facts }, text };
  }
  pruneBackups(system, settings.home, paths);
  const text = [`Deleted: ${counted(paths.length, 'backup')}, ${bytesInWords(bytes)} are free again.`];
  return { exit: 0, result: { outcome: 'pruned', ...facts }, text };
}

function keepOf(given: unknown): number {
  if (given === undefined) return KEEP;
  if (typeof given === 'string' && /^[1-9]\d{0,3}$/.test(given)) return Number(given);
  throw new AppError('USAGE', { problem: '--keep takes a number from 1 to 9999', verb: 'backups' });
}

function keptOf(judged: readonly JudgedBackup[]): { path: string; why: string }[] {
  return judged.flatMap(({ backup, why }) => (why === undefined ? [] : [{ path: backup.path, why }]));
}

function lines(judged: readonly JudgedBackup[], bytes: number): string[] {
  const going = judged.filter(({ why }) => why === undefined);
  const rows = judged.map(({ backup, why }) => [backup.id, why ?? 'goes'] as const);
  const sum =
    going.length === 0 ? 'Nothing to delete.' : `${counted(going.length, 'backup')}: ${bytesInWords(bytes)}`;
  return [...facts(rows), '', sum];
}
