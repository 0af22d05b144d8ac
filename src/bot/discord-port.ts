import type { Client, REST } from 'discord.js';
import { ChannelType, Routes, ThreadAutoArchiveDuration } from 'discord-api-types/v10';
import type { DiscordPort, PortFailure } from '../../services/discord-port.ts';
import type { Logger } from '../shared/logger.ts';

/** Discord's codes for what cannot be done (page "Opcodes and status codes"). */
const FAILURES = {
  10003: 'gone',
  10008: 'gone',
  50001: 'forbidden',
  50013: 'forbidden',
  30033: 'full',
  160006: 'full',
} as const satisfies Record<number, PortFailure>;
const THREAD_ARCHIVED = 50083;
const NO_MENTIONS = { allowed_mentions: { parse: [] } };

/** The channels and threads of Discord. Caches are asked only for names of channels. */
export function createDiscordPort(
  { rest, guilds }: { readonly rest: REST; readonly guilds: Client['guilds'] },
  log: Logger,
): DiscordPort {
  /** What the request made, or why it made nothing. */
  async function tried<T>(what: string, request: () => Promise<T>): Promise<T | PortFailure> {
    try {
      return await request();
    } catch (error) {
      const failure = failureOf(error);
      log.warn({ err: error, what, failure }, 'a request to Discord failed');
      return failure;
    }
  }

  return {
    guilds: () => [...guilds.cache.keys()],

    channel(guild, idOrName) {
      const channels = guilds.cache.get(guild)?.channels.cache;
      return channels?.find(
        ({ id, name, type }) => type === ChannelType.GuildText && (id === idOrName || name === idOrName),
      )?.id;
    },

    send(channel, card, nonce) {
      const body = { ...card, ...NO_MENTIONS, nonce, enforce_nonce: true };
      return tried('send', async () => {
        return { message: idOf(await rest.post(Routes.channelMessages(channel), { body })) };
      });
    },

    edit(channel, message, card) {
      const body = { ...card, ...NO_MENTIONS };
      const edit = () => rest.patch(Routes.channelMessage(channel, message), { body });
      return tried('edit', async () => {
        try {
          await edit();
        } catch (error) {
          if (codeOf(error) !== THREAD_ARCHIVED) throw error;
          // A thread sleeps an hour after its last message, and edits are none.
          await rest.patch(Routes.channel(channel), { body: { archived: false } });
          await edit();
        }
        return 'edited' as const;
      });
    },

    createPrivateThread(channel, name) {
      const body = {
        name,
        type: ChannelType.PrivateThread,
        invitable: false,
        auto_archive_duration: ThreadAutoArchiveDuration.OneHour,
      };
      return tried('create a thread', async () => {
        return { thread: idOf(await rest.post(Routes.threads(channel), { body })) };
      });
    },

    async addMember(thread, user) {
      const added = await tried('add to a thread', async () => {
        await rest.put(Routes.threadMembers(thread, user));
        return true;
      });
      return added === true;
    },

    async archive(thread) {
      const archived = await tried('archive a thread', async () => {
        await rest.patch(Routes.channel(thread), { body: { archived: true } });
        return true;
      });
      return archived === true;
    },
  };
}

/** @throws TypeError when Discord's answer has no id, which is a fault of whoever answered */
function idOf(json: unknown): string {
  const id = typeof json === 'object' && json !== null && 'id' in json ? json.id : undefined;
  if (typeof id !== 'string') throw new TypeError('an answer of Discord has no id');
  return id;
}

function failureOf(error: unknown): PortFailure {
  const code = codeOf(error);
  const known = Object.entries(FAILURES).find(([number]) => number === String(code));
  return known?.[1] ?? 'failed';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
