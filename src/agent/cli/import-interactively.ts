import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { counted } from '../../shared/words.ts';
import type { NamedSecret } from '../export/names.ts';
import type { MigrationRequest } from '../run/plan-migration.ts';
import { askHidden } from './ask-hidden.ts';
import { blocked, carryOutApproved } from './carry-out-plan.ts';
import { confirmWith } from './guided/confirm.ts';
import { canAsk } from './guided/guided.ts';
import { Preparation } from './guided/prepare.ts';
import { type Choose, Left, terminalPrompts } from './guided/prompts.ts';
import type { Answer, Call } from './verb.ts';

/** @throws IMPORT_NEEDS_TERMINAL where nobody can be asked */
export async function importPrompts(call: Call): Promise<Choose> {
  if (!canAsk(call)) throw new AppError('IMPORT_NEEDS_TERMINAL');
  return terminalPrompts(() => call.stopAsked());
}

/**
 * Goes through an import with a person: checklist, decisions with a way back, differences and the plan as often as wanted,
 * then one yes for all of it.
 */
export async function importInteractively(
  call: Call,
  choose: Choose,
  request: MigrationRequest,
): Promise<Answer> {
  const preparation = new Preparation(call, request, choose);
  try {
    const prepared = await preparation.run();
    switch (prepared.end) {
      case 'blocked':
        return blocked(prepared.plan);
      case 'declined':
        return declined();
      case 'nothing-to-do':
      case 'approved':
        return await carryOutApproved(confirmWith(call, choose), prepared.request, prepared.plan);
    }
  } catch (error) {
    if (error instanceof Left) return declined();
    throw error;
  } finally {
    preparation.close();
  }
}

function declined(): Answer {
  const text = ['Nothing was changed. The export stays as you edited it.'];
  return { exit: 0, result: { outcome: 'declined' }, text };
}

/**
 * The values of secrets that can be had from nowhere, typed at the terminal and not shown; one that is left out stays a
 * placeholder.
 * @throws Left
 */
export async function typedSecrets(
  call: Call,
  choose: Choose,
  missing: readonly NamedSecret[],
): Promise<ReadonlyMap<number, Secret>> {
  const values = new Map<number, Secret>();
  call.say(
    `The values of ${counted(missing.length, 'secret')} are neither in the installation nor in the export.`,
  );
  for (const { number, name, item } of missing) {
    const next = await choose<'type' | 'leave' | 'all'>({
      text: `${name} (${item}) has no value. What next?`,
      options: [
        { value: 'leave', name: 'Leave it out', about: 'Everything else is imported; set it later.' },
        {
          value: 'type',
          name: 'Type its value',
          about: 'It is not shown, and goes into the encrypted store.',
        },
        { value: 'all', name: 'Leave out all that are missing' },
      ],
    });
    if (next === 'all') break;
    const typed = next === 'type' ? await askHidden(`Value of ${name} (not shown):`, name) : undefined;
    if (typed !== undefined) values.set(number, typed);
  }
  return values;
}
