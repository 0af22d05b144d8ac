import { variableItem } from '../survey/env-files.ts';
import { quoted } from '../yaml/build.ts';
import { chooseReading } from './choose-reading.ts';
import type { Conversion } from './conversion.ts';
import { keepLeaf } from './keep-leaf.ts';
import { variablesBack } from './rename-back.ts';
import { mergeAt } from './three-way.ts';

/** Variables of env files that are settings, not secrets, such as DEBUG or WEB_PORT. `.env` goes before other files. */
export const envSettings: Conversion = {
  id: 'env-settings',
  version: 3,
  about:
    'Settings in env files are kept under legacy.env; what another env file says differently, under its name.',
  inverse: variablesBack,
  convert(work) {
    const winners = new Map<string, { file: string; value: string }>();
    for (const file of work.survey.envFiles) {
      for (const variable of file.variables.filter(({ what }) => what === 'unreadable')) {
        const item = variableItem(file, variable);
        work.ledger.add({ kind: 'key', item, fate: 'needs-you', note: 'its line cannot be read as text' });
      }
      for (const variable of file.variables.filter(({ what }) => what === 'setting' || what === 'empty')) {
        const item = variableItem(file, variable);
        const chosen = chooseReading(work, { ...variable, item, file: file.rel });
        if (chosen.value === undefined) {
          work.ledger.add({ kind: 'key', item, fate: 'left', note: chosen.note });
          continue;
        }
        const value = chosen.value.reveal().toString('utf8');
        const winner = winners.get(variable.name);
        if (winner === undefined) winners.set(variable.name, { file: file.rel, value });
        const lost = winner !== undefined && winner.value !== value;
        const path = ['legacy', lost ? sectionOf(file.rel) : 'env', variable.name];
        const winnerAt = mergeAt(work, path, quoted(value), { twoSides: 'source', file: file.rel });
        const note = lost ? `${winner.file} goes first` : chosen.note;
        keepLeaf(work, item, path, quoted(value), winnerAt, note);
      }
    }
  },
};

/** A file that is itself named `env` must not take the place of the winners. */
function sectionOf(rel: string): string {
  return rel === 'env' ? './env' : rel;
}
