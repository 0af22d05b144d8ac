import { PermissionFlagsBits as Bits } from 'discord-api-types/v10';
import type { Channel, Overwrite } from './channel.ts';

export const ALL_PERMISSIONS = Object.values(Bits).reduce((all, bit) => all | bit, 0n);

/** What everyone may do in a new server, as far as the playground knows it. */
export const EVERYONE_PERMISSIONS =
  Bits.ViewChannel |
  Bits.SendMessages |
  Bits.SendMessagesInThreads |
  Bits.CreatePublicThreads |
  Bits.CreatePrivateThreads |
  Bits.ReadMessageHistory |
  Bits.AttachFiles |
  Bits.EmbedLinks |
  Bits.AddReactions |
  Bits.UseApplicationCommands;

/** What the bot asks for when it is invited. */
export const BOT_PERMISSIONS =
  Bits.ViewChannel |
  Bits.SendMessages |
  Bits.SendMessagesInThreads |
  Bits.CreatePublicThreads |
  Bits.CreatePrivateThreads |
  Bits.ManageThreads |
  Bits.EmbedLinks |
  Bits.AttachFiles |
  Bits.ReadMessageHistory |
  Bits.PinMessages |
  Bits.CreateEvents |
  Bits.UseExternalEmojis;

/** What both sides may do in a direct message. */
export const DIRECT_PERMISSIONS =
  Bits.ViewChannel | Bits.SendMessages | Bits.ReadMessageHistory | Bits.AttachFiles | Bits.EmbedLinks;

export interface Holder {
  readonly userId: string;
  readonly roleIds: readonly string[];
}

/** Permissions of all roles together; an administrator has all of them (page "Permissions"). */
export function basePermissions(roles: readonly bigint[]): bigint {
  const together = roles.reduce((all, permissions) => all | permissions, 0n);
  return (together & Bits.Administrator) !== 0n ? ALL_PERMISSIONS : together;
}

/**
 * Permissions in a channel: those of everyone, then of the roles together, then of the member, each denied before
 * allowed. An administrator is not touched; who cannot see a channel can do nothing in it.
 */
export function withOverwrites(
  base: bigint,
  overwrites: readonly Overwrite[],
  guildId: string,
  holder: Holder,
): bigint {
  if ((base & Bits.Administrator) !== 0n) return base;
  const levels = [
    overwrites.filter(({ id }) => id === guildId),
    overwrites.filter(({ id, type }) => type === 0 && id !== guildId && holder.roleIds.includes(id)),
    overwrites.filter(({ id, type }) => type === 1 && id === holder.userId),
  ];
  const result = levels.reduce((permissions, level) => {
    const deny = level.reduce((all, overwrite) => all | overwrite.deny, 0n);
    const allow = level.reduce((all, overwrite) => all | overwrite.allow, 0n);
    return (permissions & ~deny) | allow;
  }, base);
  return (result & Bits.ViewChannel) === 0n ? 0n : result;
}

/** The permission that sending a message needs. */
export function sendPermission({ kind }: Channel): bigint {
  return kind === 'thread' ? Bits.SendMessagesInThreads : Bits.SendMessages;
}
