import {
  type APIMessage,
  ApplicationCommandType,
  PermissionFlagsBits as Bits,
  ComponentType,
  InteractionType,
  MessageType,
} from 'discord-api-types/v10';
import type { ComponentNode } from '../../../shared/discord-rules.ts';
import { announceThread } from '../announce.ts';
import type { Parts } from '../parts.ts';
import type { Channel } from '../world/channel.ts';
import type { Choice } from '../world/interactions.ts';
import { sendPermission } from '../world/permissions.ts';
import { Answer } from './answer.ts';
import { type ChosenCommand, chooseCommand, type OptionValues, optionData } from './command-data.ts';
import { type Act, sendInteraction } from './interaction-event.ts';
import { findComponent } from './look.ts';
import { type FieldValue, modalData } from './modal-data.ts';
import { Resolved } from './resolved.ts';
import { selectData } from './select-data.ts';
import { offeredCommands, visibleMessage } from './sight.ts';
import { UserView } from './user-view.ts';
import { withDeadline } from './wait.ts';

export interface ActOptions {
  /** Real milliseconds that the first visible answer may take after the acknowledgement. */
  readonly deadlineMs?: number;
}

export interface SlashOptions extends ActOptions {
  readonly options?: OptionValues;
  /** Uses a command that this user's client does not offer, as a server's settings could allow. */
  readonly bypassPermissions?: boolean;
}

export interface AutocompleteOptions extends SlashOptions {
  /** Name of the option that is being typed; its text so far is in `options`. */
  readonly focused: string;
}

/**
 * One person at their client: does what they can do, sees what they can see. What they could not do throws at once;
 * what the bot does not acknowledge within 3 seconds rejects.
 */
export class UserDriver extends UserView {
  readonly #parts: Parts;

  constructor(parts: Parts, id: string, username: string) {
    super(parts, id, username);
    this.#parts = parts;
  }

  /** Runs `/assess` or `/machine pair`; resolves to the first visible answer. */
  async slash(channelId: string, command: string, given: SlashOptions = {}): Promise<Answer> {
    const chosen = this.#choose(channelId, command, given);
    const resolved = new Resolved(this.#parts, this.id, channelId);
    const options = optionData(chosen, given.options ?? {}, resolved);
    return this.#do(
      {
        type: InteractionType.ApplicationCommand,
        channelId,
        about: command,
        data: { ...commandHead(chosen), options, ...resolved.toJSON() },
      },
      given,
    );
  }

  /** The choices offered while an option is typed. */
  async autocomplete(
    channelId: string,
    command: string,
    given: AutocompleteOptions,
  ): Promise<readonly Choice[]> {
    const chosen = this.#choose(channelId, command, given);
    const resolved = new Resolved(this.#parts, this.id, channelId);
    const options = optionData(chosen, { [given.focused]: '', ...given.options }, resolved, given.focused);
    const about = `typing ${given.focused} of ${command}`;
    const { answer } = sendInteraction(this.#parts, {
      type: InteractionType.ApplicationCommandAutocomplete,
      userId: this.id,
      channelId,
      about,
      data: { ...commandHead(chosen), options },
    });
    const first = await withDeadline(answer, { deadlineMs: given.deadlineMs, about });
    return first.kind === 'choices' ? first.choices : [];
  }

  /** Uses a command of a message's context menu, such as "Open a ticket from this". */
  async useOnMessage(messageId: string, name: string, given: ActOptions = {}): Promise<Answer> {
    const message = visibleMessage(this.#parts, this.id, messageId);
    const channel = this.#channel(message.channelId);
    const command = offeredCommands(this.#parts, this.id, channel).find(
      (other) => other.type === ApplicationCommandType.Message && other.name === name,
    );
    if (command === undefined) throw new Error(`This user is offered no "${name}" on messages.`);
    const resolved = new Resolved(this.#parts, this.id, channel.id);
    resolved.addMessage(message);
    const data = { id: command.id, name, type: command.type, target_id: messageId, ...resolved.toJSON() };
    const metadata = { target_message_id: messageId };
    const { id: channelId } = channel;
    return this.#do(
      { type: InteractionType.ApplicationCommand, channelId, about: name, data, metadata },
      given,
    );
  }

  /** Presses the button with this custom_id or label; resolves to the first visible answer. */
  async press(messageId: string, button: string, given: ActOptions = {}): Promise<Answer> {
    const [message, node] = this.#component(messageId, button);
    if (node.type !== ComponentType.Button || !node.custom_id)
      throw new Error(`"${button}" is not such a button.`);
    const data = { component_type: node.type, custom_id: node.custom_id, id: node.id };
    return this.#use(message, `button ${node.custom_id}`, data, given);
  }

  /** Chooses values in the select with this custom_id or placeholder. */
  async select(
    messageId: string,
    select: string,
    values: readonly string[],
    given: ActOptions = {},
  ): Promise<Answer> {
    const [message, node] = this.#component(messageId, select);
    if (node.type === ComponentType.Button) throw new Error(`"${select}" is a button.`);
    const data = selectData(node, values, new Resolved(this.#parts, this.id, message.channel_id));
    return this.#use(message, `select ${node.custom_id}`, data, given);
  }

  /** Sends the open modal, its fields named by custom_id or label; resolves to the first visible answer. */
  async submitModal(
    values: Readonly<Record<string, FieldValue>> = {},
    given: ActOptions = {},
  ): Promise<Answer> {
    const open = this.#parts.modals.of(this.id);
    if (open === undefined) throw new Error('No modal is open.');
    const { opener, data: modal } = open;
    const data = modalData(modal, values, new Resolved(this.#parts, this.id, opener.channelId));
    this.#parts.modals.close(this.id);
    return this.#do(
      {
        type: InteractionType.ModalSubmit,
        channelId: opener.channelId,
        about: `modal ${modal.custom_id}`,
        data,
        sourceId: opener.sourceId,
        metadata: { triggering_interaction_metadata: opener.metadata },
      },
      given,
    );
  }

  /** Closes the open modal. The bot hears nothing of it. */
  cancelModal(): void {
    this.#parts.modals.close(this.id);
  }

  /** Writes a message. */
  say(channelId: string, content: string): APIMessage {
    const channel = this.#channel(channelId);
    if (!this.#parts.guild.may(this.id, channel, sendPermission(channel)))
      throw new Error('This user cannot write here.');
    const author = this.#parts.guild.users.get(this.id);
    if (author === undefined) throw new Error(`There is no user ${this.id}.`);
    if (channel.kind === 'thread' && !channel.members.has(this.id)) this.#join(channel);
    return this.#parts.messages.create({ channel, author, body: { content }, type: MessageType.Default })
      .json;
  }

  /** Closes or opens this user's direct messages to the bot. */
  takeDirectMessages(isOpen: boolean): void {
    if (isOpen) this.#parts.guild.closedToDirect.delete(this.id);
    else this.#parts.guild.closedToDirect.add(this.id);
  }

  #channel(channelId: string): Channel {
    const channel = this.#parts.guild.channels.get(channelId);
    if (channel === undefined || !this.#parts.guild.canSee(this.id, channel)) {
      throw new Error(`${this.username} sees no channel ${channelId}.`);
    }
    return channel;
  }

  #choose(channelId: string, command: string, { bypassPermissions = false }: SlashOptions): ChosenCommand {
    const channel = this.#channel(channelId);
    const isDirect = channel.kind === 'direct';
    const mayUse = isDirect || this.#parts.guild.may(this.id, channel, Bits.UseApplicationCommands);
    if (!mayUse) throw new Error(`${this.username} cannot use commands here.`);
    const all = this.#parts.commands.offered();
    return chooseCommand(bypassPermissions ? all : offeredCommands(this.#parts, this.id, channel), command);
  }

  #component(messageId: string, name: string): [APIMessage, ComponentNode] {
    const { json, channelId } = visibleMessage(this.#parts, this.id, messageId);
    const channel = this.#channel(channelId);
    const node = findComponent(json, name);
    if (node.disabled === true) throw new Error(`"${name}" is disabled.`);
    if (channel.kind === 'thread' && channel.archived)
      throw new Error('The thread is archived, its buttons are grey.');
    return [json, node];
  }

  #use(message: APIMessage, about: string, data: object, given: ActOptions): Promise<Answer> {
    const metadata = { interacted_message_id: message.id };
    const type = InteractionType.MessageComponent;
    return this.#do(
      { type, channelId: message.channel_id, about, data, sourceId: message.id, metadata },
      given,
    );
  }

  async #do(act: Omit<Act, 'userId'>, { deadlineMs }: ActOptions): Promise<Answer> {
    const { interaction, answer } = sendInteraction(this.#parts, { ...act, userId: this.id });
    return new Answer(interaction.id, await withDeadline(answer, { deadlineMs, about: act.about }));
  }

  #join(thread: Channel & { kind: 'thread' }): void {
    thread.members.set(this.id, new Date(this.#parts.clock.now()).toISOString());
    announceThread(this.#parts, thread);
  }
}

function commandHead({ command: { id, name, type, guild_id } }: ChosenCommand): object {
  return { id, name, type, ...(guild_id === undefined ? {} : { guild_id }) };
}
