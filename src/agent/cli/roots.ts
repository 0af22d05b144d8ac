import { AppError } from '../../shared/errors.ts';
import { shortPath } from '../paths.ts';
import { addRoot, type Root, readRoots, removeRoot, rootPath, whyReadOnly } from '../roots.ts';
import type { Answer, Call, Verb } from './verb.ts';
import { facts } from './views/table.ts';

export const roots: Verb = {
  name: 'roots',
  summary: 'the folders that the bot may name',
  usage: 'list | add FOLDER | remove ID',
  options: {},
  arguments: 2,
  async run(call) {
    const { system, settings, args } = call;
    const [action = 'list', given] = call.args;
    if (action === 'list' && args.length < 2) return listAll(call);
    if (given === undefined || !['add', 'remove'].includes(action))
      throw new AppError('USAGE', { problem: 'roots takes list, add FOLDER or remove ID', verb: 'roots' });
    const root =
      action === 'add' ? addRoot(system, settings.home, given) : removeRoot(system, settings.home, given);
    const answer = listAll(call);
    const said = action === 'add' ? `Registered as ${root.id}.` : `${root.id} is not registered any more.`;
    return { ...answer, text: [said, '', ...answer.text] };
  },
};

function listAll(call: Call): Answer {
  const all = readRoots(call.system, call.settings.home).map((root) => describe(call, root));
  const text =
    all.length === 0
      ? ['No folder is registered: the bot can name none.']
      : facts(
          all.map(
            ({ root, shown, read_only: reason }) =>
              [root, reason === null ? shown : `${shown} (only for reading: ${reason})`] as const,
          ),
        );
  const rows = all.map(({ shown: _, ...row }) => row);
  return { exit: 0, result: { roots: rows }, text };
}

function describe({ system, settings }: Call, { id, path }: Root) {
  const present = rootPath(system, settings.home, id) !== undefined;
  const shown = `${shortPath(path, system.home)}${present ? '' : ' (not there now)'}`;
  return { root: id, path, present, shown, read_only: whyReadOnly(system, [path]) ?? null };
}
