import type { APIAttachment } from 'discord-api-types/v10';
import type { Parts } from '../parts.ts';
import { channelJson } from '../world/channel-json.ts';
import { memberJson, roleJson } from '../world/guild-json.ts';
import type { StoredMessage } from '../world/messages.ts';

/** A file that somebody chooses in an option or an upload field. */
export interface ChosenFile {
  readonly name: string;
  readonly type?: string;
  readonly content: string | Uint8Array;
}

export function isChosenFile(value: unknown): value is ChosenFile {
  return typeof value === 'object' && value !== null && 'name' in value && 'content' in value;
}

/** Collects the objects that an interaction's ids stand for (page "Receiving and responding", resolved data). */
export class Resolved {
  readonly #parts: Parts;
  readonly #userId: string;
  readonly #channelId: string;
  readonly #data: Record<string, Record<string, object>> = {};

  constructor(parts: Parts, userId: string, channelId: string) {
    this.#parts = parts;
    this.#userId = userId;
    this.#channelId = channelId;
  }

  /** @throws when there is no such user, role or channel */
  add(kind: 'user' | 'role' | 'channel' | 'mentionable', id: string): void {
    const { guild } = this.#parts;
    const user = kind === 'role' || kind === 'channel' ? undefined : guild.users.get(id);
    const role = kind === 'user' || kind === 'channel' ? undefined : guild.roles.get(id);
    const channel = kind === 'channel' ? guild.channels.get(id) : undefined;
    if (user !== undefined) {
      this.#put('users', id, user);
      const member = guild.members.get(id);
      if (member !== undefined) {
        const { user: _user, mute: _mute, deaf: _deaf, ...partial } = memberJson(member, user);
        this.#put('members', id, { ...partial, permissions: guild.permissionsOf(id).toString() });
      }
    } else if (role !== undefined) this.#put('roles', id, roleJson(role));
    else if (channel !== undefined) {
      const permissions = guild.permissionsIn(this.#userId, channel).toString();
      const app = guild.permissionsIn(guild.botId, channel).toString();
      this.#put('channels', id, { ...channelJson(channel, guild), permissions, app_permissions: app });
    } else throw new Error(`There is no ${kind} ${id}.`);
  }

  addMessage({ id, json }: StoredMessage): void {
    this.#put('messages', id, json);
  }

  /** Uploads the file; returns it as the interaction names it. */
  addFile({ name, type, content }: ChosenFile): APIAttachment {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const file = { name, type: type ?? 'text/plain', bytes };
    const attachment = this.#parts.attachments.store(this.#channelId, file, { ephemeral: true });
    this.#put('attachments', attachment.id, attachment);
    return attachment;
  }

  /** `{resolved}` to spread into the data of the interaction; empty when nothing was added. */
  toJSON(): { resolved?: object } {
    return Object.keys(this.#data).length === 0 ? {} : { resolved: this.#data };
  }

  #put(kind: string, id: string, value: object): void {
    this.#data[kind] = { ...this.#data[kind], [id]: value };
  }
}
