import { resolve } from 'node:path';
import { askOrEnd } from './ask.ts';
import type { Call } from './verb.ts';
import type { OfferedWay } from './views/recommendation.ts';

/** What a person chose: the flags of `migrate-from-git`. */
export type ChosenFlags = Readonly<Record<string, string | boolean>>;

const EXPORT_FOLDER = '~/migration-export';

/**
 * Asks at the terminal which way to take: by its number or its name; Enter is the recommended one. Undefined where nothing
 * was chosen: another word, or the terminal was closed.
 */
export async function chooseWay(call: Call, ways: readonly OfferedWay[]): Promise<ChosenFlags | undefined> {
  const [first] = ways;
  const hasDefault = first !== undefined && first.refused === undefined;
  for (;;) {
    const hint = hasDefault ? '[1]' : '[none]';
    const typed = await askOrEnd(`Select migration type ${hint}, or q to leave:`);
    if (typed === undefined) return undefined;
    const chosen =
      typed === '' && hasDefault
        ? first
        : ways.find(({ way }, index) => typed === String(index + 1) || typed.toLowerCase() === way);
    if (chosen === undefined) return undefined;
    if (chosen.refused === undefined)
      return chosen.way === 'manual' ? manualFlags(call) : { [chosen.way]: true };
    call.say(`Not possible: ${chosen.refused}.`);
  }
}

async function manualFlags({ system }: Call): Promise<ChosenFlags | undefined> {
  const typed = await askOrEnd(`Export to which folder [${EXPORT_FOLDER}]:`);
  if (typed === undefined) return undefined;
  const named = typed === '' ? EXPORT_FOLDER : typed;
  // No shell expands what is typed here.
  const folder = named.startsWith('~/') ? resolve(system.home, named.slice(2)) : named;
  return { manual: true, export: folder };
}
