import { basename } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { lastMigration } from '../health/last-migration.ts';
import { shortPath } from '../paths.ts';
import { refuseDamaged } from '../run/record-folders.ts';
import { damagedRecords, readRecords } from '../run/run-record.ts';
import { refuseRetiring, retire as retireClone, unretire } from '../setup/retire.ts';
import { locateSource } from '../survey/locate.ts';
import { ask } from './ask.ts';
import type { Answer, Call, Verb } from './verb.ts';

export const retire: Verb = {
  name: 'retire',
  summary: 'move the old clone aside, once it was not used for 7 days',
  usage: 'SOURCE | --undo',
  options: { undo: { type: 'boolean', about: 'give the clone that was retired last its old place again' } },
  arguments: 1,
  async run(call) {
    const { system, settings, args, flags } = call;
    if (flags['undo'] === true) {
      const { takenBack } = unretire(system, settings);
      const text = [`Back in its place: ${takenBack.map((path) => shortPath(path, system.home)).join(', ')}`];
      return { exit: 0, result: { outcome: 'undone', takenBack }, text };
    }
    if (args[0] === undefined) throw new AppError('USAGE', { problem: 'SOURCE is missing', verb: 'retire' });
    return retireSource(call, locateSource(system, args[0], 'retire'));
  },
};

async function retireSource(call: Call, source: string): Promise<Answer> {
  const { system, settings } = call;
  refuseDamaged(damagedRecords(system, settings.home));
  const target = readRecords(system, settings.home).find(({ migrate }) => migrate?.source === source)?.target;
  const run = target && lastMigration(system, settings, (record) => record.target === target);
  if (!run || run.record.migrate?.source !== source)
    throw new AppError('RETIRE_NOT_MIGRATED', { path: source });
  await refuseRetiring(system, settings, source, run);
  // `--yes` never stands for this.
  if (!call.terminal || call.json) throw new AppError('RETIRE_NEEDS_TERMINAL');
  const name = basename(source);
  call.say(
    `${shortPath(source, system.home)} gets another name beside its old one, with a note. Nothing is deleted.`,
  );
  call.say('What still names it outside of this program stops working: migration-agent references');
  if ((await ask(`Type ${name} to move it aside:`)) !== name)
    return { exit: 0, result: { outcome: 'declined' }, text: ['Nothing was changed.'] };
  const to = retireClone(system, settings, source, run.record.target);
  const text = [`It is now ${shortPath(to, system.home)}.`, 'To have it back: migration-agent retire --undo'];
  return { exit: 0, result: { outcome: 'retired', from: source, to }, text };
}
