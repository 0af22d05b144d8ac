import {
  type APIAttachment,
  type APIEmbed,
  type APIMessage,
  type APIUser,
  MessageFlags,
  type MessageType,
} from 'discord-api-types/v10';
import type { Clock } from '../clock.ts';
import type { Snowflakes } from '../snowflakes.ts';
import type { Attachments } from './attachments.ts';
import type { Changes } from './changes.ts';
import type { Channel } from './channel.ts';
import type { Guild } from './guild.ts';
import type { Interactions } from './interactions.ts';
import { mentionsIn } from './mentions.ts';
import type { MessageBody, NumberedFile } from './message-body.ts';
import { storedComponents } from './message-components.ts';

export interface StoredMessage {
  readonly id: string;
  readonly channelId: string;
  /** The only user who sees it (an ephemeral message); undefined when everybody in the channel does. */
  readonly audience: string | undefined;
  /** The interaction whose token made it. */
  readonly interactionId: string | undefined;
  /** The API's view of it now. A change replaces it and leaves what was given out before as it was. */
  json: APIMessage;
}

export interface Draft {
  readonly channel: Channel;
  readonly author: APIUser;
  readonly body: MessageBody;
  readonly files?: readonly NumberedFile[];
  readonly type: MessageType;
  /** Flags that the service sets itself, such as LOADING. */
  readonly ownFlags?: number;
  readonly audience?: string | undefined;
  readonly interactionId?: string | undefined;
  /** Members that depend on where it comes from, such as `interaction_metadata`. */
  readonly more?: Partial<APIMessage>;
}

interface Parts {
  readonly guild: Guild;
  readonly snowflakes: Snowflakes;
  readonly clock: Clock;
  readonly attachments: Attachments;
  readonly changes: Changes;
  readonly interactions: Interactions;
}

const SETTABLE =
  MessageFlags.SuppressEmbeds |
  MessageFlags.SuppressNotifications |
  MessageFlags.IsComponentsV2 |
  MessageFlags.Ephemeral;
const EDITABLE = MessageFlags.SuppressEmbeds | MessageFlags.IsComponentsV2;
/** "A few minutes" in Discord's words. */
const NONCE_MS = 5 * 60 * 1000;

/** All messages, deleted ones forgotten. */
export class Messages {
  readonly #parts: Parts;
  readonly #messages = new Map<string, StoredMessage>();
  readonly #pinned = new Map<string, string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  create(draft: Draft): StoredMessage {
    const { guild, snowflakes, clock } = this.#parts;
    const { channel, author, body } = draft;
    const id = snowflakes.next();
    const files = this.#store(channel.id, body, draft.files ?? []);
    const flags = ((body.flags ?? 0) & SETTABLE) | (draft.ownFlags ?? 0);
    const components = storedComponents(body.components ?? [], files, snowflakes);
    const json: APIMessage = {
      id,
      channel_id: channel.id,
      type: draft.type,
      author,
      content: body.content ?? '',
      ...mentionsIn(`${body.content ?? ''}${JSON.stringify(components)}`, body.allowed_mentions, guild.users),
      attachments: files,
      embeds: richEmbeds(body.embeds),
      components,
      flags,
      timestamp: new Date(clock.now()).toISOString(),
      edited_timestamp: null,
      pinned: false,
      tts: false,
      ...(body.nonce === undefined || body.nonce === null ? {} : { nonce: body.nonce }),
      ...draft.more,
    };
    const { audience, interactionId } = draft;
    const message: StoredMessage = { id, channelId: channel.id, audience, interactionId, json };
    this.#messages.set(id, message);
    if (audience === undefined) noteInChannel(channel, id);
    this.#shown(message);
    return message;
  }

  /** Changes what `body` names and leaves the rest (page "Message", edit). */
  edit(message: StoredMessage, body: MessageBody, files: readonly NumberedFile[] = []): void {
    const { guild, snowflakes, clock } = this.#parts;
    const before = message.json;
    const wasLoading = ((before.flags ?? 0) & MessageFlags.Loading) !== 0;
    const kept = body.attachments
      ? before.attachments.filter(({ id }) => body.attachments?.some((entry) => entry.id === id))
      : before.attachments;
    const attachments = [...kept, ...this.#store(message.channelId, body, files)];
    const content = body.content === undefined ? before.content : (body.content ?? '');
    const components =
      body.components === undefined
        ? before.components
        : storedComponents(body.components ?? [], attachments, snowflakes);
    message.json = {
      ...before,
      content,
      components: components ?? [],
      ...mentionsIn(`${content}${JSON.stringify(components)}`, body.allowed_mentions, guild.users),
      attachments,
      embeds: body.embeds === undefined ? before.embeds : richEmbeds(body.embeds),
      flags: editedFlags(before.flags ?? 0, body.flags),
      edited_timestamp: wasLoading ? null : new Date(clock.now()).toISOString(),
    };
    this.#shown(message);
  }

  remove(message: StoredMessage): void {
    this.#messages.delete(message.id);
    this.#pinned.delete(message.id);
    this.#parts.interactions.messageRemoved(message);
    this.#tell(message);
  }

  pin(message: StoredMessage, isPinned: boolean): void {
    if (isPinned) this.#pinned.set(message.id, new Date(this.#parts.clock.now()).toISOString());
    else this.#pinned.delete(message.id);
    message.json = { ...message.json, pinned: isPinned };
    this.#tell(message);
  }

  /** Pinned messages of a channel, the newest pin first. */
  pins(channelId: string): { readonly pinnedAt: string; readonly message: StoredMessage }[] {
    return [...this.#pinned]
      .toReversed()
      .flatMap(([id, pinnedAt]) => ({ pinnedAt, message: this.#messages.get(id) }))
      .filter(
        (pin): pin is { pinnedAt: string; message: StoredMessage } => pin.message?.channelId === channelId,
      );
  }

  find(id: string): StoredMessage | undefined {
    return this.#messages.get(id);
  }

  /** The messages of a channel, oldest first, ephemeral ones included. */
  inChannel(channelId: string): StoredMessage[] {
    return [...this.#messages.values()].filter((message) => message.channelId === channelId);
  }

  /** The message that the same author sent with this nonce a few minutes ago at most (`enforce_nonce`). */
  sentBefore(
    channelId: string,
    authorId: string,
    { nonce, enforce_nonce }: MessageBody,
  ): StoredMessage | undefined {
    if (enforce_nonce !== true || nonce === undefined || nonce === null) return undefined;
    const since = this.#parts.clock.now() - NONCE_MS;
    return this.inChannel(channelId).find(
      ({ json }) =>
        json.nonce === nonce && json.author.id === authorId && Date.parse(json.timestamp) >= since,
    );
  }

  /** Names of the files that the message would have after `body` and `files`. */
  fileNames(message: StoredMessage | undefined, body: MessageBody, files: readonly NumberedFile[]): string[] {
    const kept = (message?.json.attachments ?? []).filter(
      ({ id }) => !body.attachments || body.attachments.some((entry) => entry.id === id),
    );
    return [...kept.map(({ filename }) => filename), ...files.map(({ name }) => name)];
  }

  #store(channelId: string, { attachments }: MessageBody, files: readonly NumberedFile[]): APIAttachment[] {
    return files.map((file) => {
      const entry = attachments?.find(({ id }) => id === String(file.number));
      return this.#parts.attachments.store(channelId, file, {
        ...(entry?.description ? { description: entry.description } : {}),
        ...(entry?.title ? { title: entry.title } : {}),
      });
    });
  }

  #shown(message: StoredMessage): void {
    this.#parts.interactions.messageShown(message);
    this.#tell(message);
  }

  #tell({ channelId, id, audience }: StoredMessage): void {
    this.#parts.changes.tell({ kind: 'message', channelId, messageId: id, audience });
  }
}

function noteInChannel(channel: Channel, messageId: string): void {
  channel.lastMessageId = messageId;
  if (channel.kind === 'thread') channel.messageCount += 1;
}

function richEmbeds(embeds: readonly object[] | null | undefined): APIEmbed[] {
  return (embeds ?? []).map((embed) => ({ ...embed, type: 'rich' })) as APIEmbed[];
}

function editedFlags(before: number, wanted: number | null | undefined): number {
  const kept = before & ~MessageFlags.Loading;
  return wanted === undefined || wanted === null ? kept : (kept & ~EDITABLE) | (wanted & EDITABLE);
}
