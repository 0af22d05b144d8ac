import type { APIApplicationCommandStringOption } from 'discord-api-types/v10';
import { ApplicationCommandOptionType } from 'discord-api-types/v10';
import type { Machine } from '../services/services.ts';
import { AppError } from '../src/shared/errors.ts';
import { type Answer, type Asker, type Choice, type CommandDeps, here } from './command.ts';
import { chooseMachineCard, machineName, noMachineCard } from './views/machines.ts';

/** The option `machine` of a command, completed from the asker's own computers. */
export const machineOption = {
  type: ApplicationCommandOptionType.String,
  name: 'machine',
  description: 'Which of your computers; needed only if several are linked',
  autocomplete: true,
  max_length: 100,
} as const satisfies APIApplicationCommandStringOption;

/** The asker's computers as choices, those that match what was typed. */
export async function machineChoices(
  typed: string,
  { owner }: Asker,
  { machines, suggestions }: CommandDeps,
): Promise<readonly Choice[]> {
  const all = await suggestions.of(owner, 'machines', async () => {
    const known = await machines.list(owner);
    return known.map(({ id, label }, index) => ({
      name: `Computer ${index + 1}: ${visible(label)}`.slice(0, 100),
      value: id,
    }));
  });
  return all.filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase()));
}

/** Choices show no markdown; only what cannot be seen is taken out. */
function visible(label: string): string {
  return label.replace(/\p{C}/gu, '');
}

export interface ChosenMachine {
  readonly machine: Machine;
  /** `Computer 1`: what it is called where moderators can read. */
  readonly name: string;
}

/**
 * The computer that was named, or the only one there is. With several to choose from, the answer is a menu that leads to
 * `route` with `data` and the computer added.
 * @throws MACHINE_GONE when the named one is not the asker's
 */
export async function chooseMachine(
  id: string | undefined,
  { owner }: Asker,
  { machines, button }: CommandDeps,
  next: { readonly route: string; readonly data: object },
): Promise<{ readonly chosen: ChosenMachine } | { readonly answer: Answer }> {
  const known = await machines.list(owner);
  const found =
    id === undefined && known.length === 1 ? known[0] : known.find((machine) => machine.id === id);
  if (found !== undefined) return { chosen: { machine: found, name: machineName(known, found.id) } };
  if (id !== undefined) throw new AppError('MACHINE_GONE');
  if (known.length === 0) return { answer: here(noMachineCard()) };
  return { answer: here(chooseMachineCard(known, await button(owner, next))) };
}

/** What a menu of computers or a button for one of them leads to: its data with the computer filled in. */
export function pickedMachine(data: unknown, values: readonly string[]): string | undefined {
  if (values[0] !== undefined) return values[0];
  const stored = typeof data === 'object' && data !== null && 'machine' in data ? data.machine : undefined;
  return typeof stored === 'string' ? stored : undefined;
}
