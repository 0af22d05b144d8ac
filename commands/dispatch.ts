import { randomBytes } from 'node:crypto';
import type { AutocompleteInteraction, ChatInputCommandInteraction, Interaction } from 'discord.js';
import type { Components } from '../services/store/records/components.ts';
import type { Clock } from '../src/shared/clock.ts';
import { AppError } from '../src/shared/errors.ts';
import type { Logger } from '../src/shared/logger.ts';
import type { Answer, Asker, Command, CommandDeps, ComponentHandler, Permission } from './command.ts';
import { acknowledge, type Pressed, respond, suggest } from './respond.ts';
import { errorCard } from './views/error.ts';

export interface DispatchOptions {
  readonly commands: readonly Command[];
  readonly handlers: readonly ComponentHandler[];
  readonly deps: CommandDeps;
  readonly components: Pick<Components, 'find'>;
  readonly ownerId: string;
  readonly staffRoleId: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Longest wait for what a command does, ms. Discord's token would live 15 minutes; nobody looks at "thinking" so long. */
const RUN_MS = 90_000;
/** Suggestions that come later than this are none: Discord gives 3 s, and they cannot be deferred. */
const SUGGEST_MS = 2_000;
/** Ids of interactions that are remembered, since the gateway may deliver one twice. */
const REMEMBERED = 1_000;

/**
 * One interaction in, one answer out. Everything that can fail slowly comes after the acknowledgement: Discord forgets an
 * interaction that is not acknowledged within 3 s of the press (discord.md §2).
 */
export function createDispatch(options: DispatchOptions): (interaction: Interaction) => Promise<void> {
  const seen = new Set<string>();
  return async (interaction) => {
    if (seen.has(interaction.id)) return;
    seen.add(interaction.id);
    forgetOldest(seen);
    try {
      if (interaction.isAutocomplete()) await complete(interaction, options);
      else if (interaction.isChatInputCommand()) await runCommand(interaction, options);
      else if (interaction.isButton() || interaction.isStringSelectMenu())
        await runPress(interaction, options);
    } catch (error) {
      options.log.error({ err: error, interaction: interaction.id }, 'an interaction could not be answered');
    }
  };
}

/** A set keeps the order in which it was filled. */
function forgetOldest(seen: Set<string>): void {
  const oldest = seen.values().next();
  if (seen.size > REMEMBERED && oldest.done !== true) seen.delete(oldest.value);
}

async function runCommand(interaction: ChatInputCommandInteraction, options: DispatchOptions): Promise<void> {
  const { clock, log } = options;
  if (!(await acknowledge(interaction, 'reply', clock, log))) return;
  const answer = await guarded(options, async () => {
    const command = options.commands.find(({ definition }) => definition.name === interaction.commandName);
    if (command === undefined) throw new AppError('UNKNOWN_COMMAND');
    const asker = askerOf(interaction, options);
    permit(command.permission, asker);
    return await command.run(command.parse(interaction), asker, options.deps);
  });
  await show(interaction, answer, options);
}

async function runPress(interaction: Pressed, options: DispatchOptions): Promise<void> {
  const { clock, log } = options;
  if (!(await acknowledge(interaction, 'update', clock, log))) return;
  const answer = await guarded(options, async () => {
    const [version, route, id] = interaction.customId.split(':');
    const handler = options.handlers.find((candidate) => candidate.route === route);
    if (version !== 'v1' || handler === undefined || id === undefined) throw new AppError('UNKNOWN_COMMAND');
    const asker = askerOf(interaction, options);
    permit(handler.permission, asker);
    const data = handler.id === 'row' ? await dataOf(handler, id, asker, options) : id;
    const values = interaction.isStringSelectMenu() ? interaction.values : [];
    return await handler.press(data, values, asker, options.deps);
  });
  await show(interaction, answer, options);
}

/** The stored component, if it is of this route and this person may use it. */
async function dataOf(handler: ComponentHandler, id: string, asker: Asker, options: DispatchOptions) {
  const found = await options.components.find(id, asker.owner);
  if (found === undefined || found.route !== handler.route) throw new AppError('NOT_YOURS');
  return found.data;
}

async function complete(interaction: AutocompleteInteraction, options: DispatchOptions): Promise<void> {
  const { clock, log } = options;
  const command = options.commands.find(({ definition }) => definition.name === interaction.commandName);
  const found = async () => {
    if (command?.complete === undefined) return [];
    const asker = askerOf(interaction, options);
    permit(command.permission, asker);
    return await command.complete(interaction, asker, options.deps);
  };
  const choices = await withinTime(found(), SUGGEST_MS, clock).catch((error: unknown) => {
    if (!(error instanceof AppError)) log.warn({ err: error }, 'suggestions failed');
    return [];
  });
  await suggest(interaction, choices.slice(0, 25), log);
}

async function show(
  interaction: ChatInputCommandInteraction | Pressed,
  answer: Answer,
  { clock, log }: DispatchOptions,
): Promise<void> {
  const message = await respond(interaction, answer, log);
  if (message === undefined || answer.at !== 'here' || answer.onShown === undefined) return;
  const redrawn = await withinTime(answer.onShown(message), RUN_MS, clock);
  if (redrawn !== undefined) await respond(interaction, { at: 'here', card: redrawn }, log);
}

/** Runs it and turns what it throws into words: known failures as they are, anything else into a reference. */
async function guarded({ clock, log }: DispatchOptions, run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await withinTime(run(), RUN_MS, clock);
  } catch (error) {
    const told = error instanceof AppError ? error : fault(error, log);
    return { at: 'beside', card: errorCard({ code: told.label, message: told.message, hint: told.hint }) };
  }
}

function fault(error: unknown, log: Logger): AppError {
  const reference = randomBytes(4).toString('hex');
  log.error({ err: error, reference }, 'a command failed with a fault of ours');
  return new AppError('BOT_FAULT', { reference });
}

/** Rejects with TOO_SLOW when the time is over; what comes later is dropped. */
async function withinTime<T>(work: Promise<T>, milliseconds: number, clock: Clock): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(milliseconds, () => reject(new AppError('TOO_SLOW')));
  try {
    return await Promise.race([work, promise]);
  } finally {
    cancel();
  }
}

/** @throws GUILD_ONLY outside of a server */
function askerOf(
  interaction: ChatInputCommandInteraction | AutocompleteInteraction | Pressed,
  { clock, ownerId, staffRoleId }: DispatchOptions,
): Asker {
  const { guildId, user, member } = interaction;
  if (guildId === null || member === null) throw new AppError('GUILD_ONLY');
  const owner = { guild: guildId, user: user.id };
  const roles = Array.isArray(member.roles) ? member.roles : [...member.roles.cache.keys()];
  return {
    owner,
    actor: { ...owner, interaction: interaction.id, at: clock.now() },
    isStaff: user.id === ownerId || (staffRoleId !== undefined && roles.includes(staffRoleId)),
    message: interaction.isMessageComponent() ? interaction.message.id : undefined,
  };
}

/** @throws STAFF_ONLY */
function permit(permission: Permission, { isStaff }: Asker): void {
  if (permission === 'staff' && !isStaff) throw new AppError('STAFF_ONLY');
}
