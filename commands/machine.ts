import { ApplicationCommandOptionType } from 'discord-api-types/v10';
import { AppError } from '../src/shared/errors.ts';
import {
  type Answer,
  type Asker,
  type Command,
  type CommandDeps,
  type ComponentHandler,
  here,
} from './command.ts';
import { chooseMachine, machineChoices, machineOption, pickedMachine } from './machine-option.ts';
import { showPairing, showPairingByCode } from './pairing.ts';
import { machineListCard, noteCard, revokeCard, setupCard } from './views/machines.ts';

type MachineRequest =
  | { readonly verb: 'setup' | 'list' }
  | { readonly verb: 'pair'; readonly code: string | undefined }
  | { readonly verb: 'revoke'; readonly machine: string | undefined };

const SUBCOMMANDS = [
  ['setup', 'How to link a computer, and what the bot can do then'],
  ['list', 'Your linked computers'],
] as const;

/** `/machine`: the computers of one person. */
export const machine = {
  definition: {
    name: 'machine',
    description: 'Link, list and unlink your computers',
    contexts: [0],
    integration_types: [0],
    options: [
      ...SUBCOMMANDS.map(([name, description]) => ({
        type: ApplicationCommandOptionType.Subcommand as const,
        name,
        description,
      })),
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'pair',
        description: 'Answer a computer that asks to be linked to you',
        options: [
          {
            type: ApplicationCommandOptionType.String,
            name: 'code',
            description:
              'The code that its terminal shows, such as WDJB-MJHT; none on the computer of the bot',
            max_length: 20,
          },
        ],
      },
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'revoke',
        description: 'Unlink a computer; what is on it stays as it is',
        options: [machineOption],
      },
    ],
  },
  permission: 'everyone',
  parse({ options }) {
    const verb = options.getSubcommand();
    if (verb === 'revoke') return { verb, machine: options.getString('machine') ?? undefined };
    if (verb === 'pair') return { verb, code: options.getString('code') ?? undefined };
    if (verb === 'setup' || verb === 'list') return { verb };
    throw new AppError('UNKNOWN_COMMAND');
  },
  run(request, asker, deps) {
    switch (request.verb) {
      case 'setup':
        return setup(asker, deps);
      case 'pair':
        return request.code === undefined
          ? showPairing(asker, deps)
          : showPairingByCode(request.code, asker, deps);
      case 'list':
        return list(asker, deps);
      case 'revoke':
        return askRevoke(request.machine, asker, deps);
    }
  },
  complete: (typed, asker, deps) => machineChoices(typed.options.getFocused(), asker, deps),
} as const satisfies Command<MachineRequest>;

/** The list of computers, from a button. */
export const machinesButton = {
  route: 'machines',
  permission: 'everyone',
  id: 'row',
  press: (_data, _values, asker, deps) => list(asker, deps),
} as const satisfies ComponentHandler;

/** The second press of `/machine revoke`, and the menu before it. */
export const revokeButton = {
  route: 'revoke',
  permission: 'everyone',
  id: 'row',
  async press(data, values, asker, deps) {
    const id = pickedMachine(data, values);
    const { answer } = (data ?? {}) as { readonly answer?: unknown };
    if (answer === 'keep') return here(noteCard('Kept', 'That computer stays linked.'));
    if (answer !== 'revoke') return await askRevoke(id, asker, deps);
    if (id === undefined || !(await deps.machines.revoke(asker.owner, id)))
      throw new AppError('MACHINE_GONE');
    return here(
      noteCard(
        'Unlinked',
        'That computer can no longer be asked for anything. Everything on it stays as it is.',
      ),
    );
  },
} as const satisfies ComponentHandler;

async function setup({ owner }: Asker, { machines, button }: CommandDeps): Promise<Answer> {
  const { publicUrl } = machines;
  const pair = publicUrl === undefined ? await button(owner, { route: 'pair', data: {} }) : undefined;
  return here(setupCard(publicUrl, pair));
}

async function list({ owner }: Asker, { machines, button }: CommandDeps): Promise<Answer> {
  const known = await machines.list(owner);
  return here(machineListCard(known, await button(owner, { route: 'assess', data: {} })));
}

async function askRevoke(id: string | undefined, asker: Asker, deps: CommandDeps): Promise<Answer> {
  const found = await chooseMachine(id, asker, deps, { route: 'revoke', data: {} });
  if ('answer' in found) return found.answer;
  const { machine: chosen, name } = found.chosen;
  const data = { machine: chosen.id };
  const yes = await deps.button(asker.owner, { route: 'revoke', data: { ...data, answer: 'revoke' } });
  const no = await deps.button(asker.owner, { route: 'revoke', data: { ...data, answer: 'keep' } });
  return here(revokeCard(chosen, name, yes, no));
}
