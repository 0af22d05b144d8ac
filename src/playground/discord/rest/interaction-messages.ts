import { InteractionType, MessageFlags, MessageType } from 'discord-api-types/v10';
import { DiscordFault } from '../faults.ts';
import type { Parts } from '../parts.ts';
import { type Interaction, isFromMessage } from '../world/interactions.ts';
import type { MessageBody, NumberedFile } from '../world/message-body.ts';
import type { StoredMessage } from '../world/messages.ts';

/** Makes a message that answers an interaction; with EPHEMERAL only who acted sees it. */
export function answerMessage(
  { guild, messages, applicationId }: Parts,
  interaction: Interaction,
  body: MessageBody,
  files: readonly NumberedFile[],
  ownFlags = 0,
): StoredMessage {
  const channel = guild.channels.get(interaction.channelId);
  const author = guild.users.get(guild.botId);
  if (channel === undefined || author === undefined) throw new DiscordFault('UNKNOWN_CHANNEL');
  const isEphemeral = ((body.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
  const original =
    interaction.originalId === undefined ? {} : { original_response_message_id: interaction.originalId };
  const metadata = { ...interaction.metadata, ...original };
  return messages.create({
    channel,
    author,
    body,
    files,
    ownFlags,
    type: messageType(interaction),
    audience: isEphemeral ? interaction.userId : undefined,
    interactionId: interaction.id,
    more: {
      application_id: applicationId,
      webhook_id: applicationId,
      interaction_metadata: metadata as never,
      ...sourceReference(guild.id, interaction),
    },
  });
}

function messageType(interaction: Interaction): MessageType {
  if (isFromMessage(interaction) || interaction.originalId !== undefined) return MessageType.Reply;
  return interaction.type === InteractionType.ApplicationCommand
    ? MessageType.ChatInputCommand
    : MessageType.Default;
}

/** What the message answers to: for a follow-up the first answer, for a component its message. */
function sourceReference(guildId: string, { originalId, sourceId, channelId }: Interaction) {
  const message_id = originalId ?? sourceId;
  if (message_id === undefined) return {};
  return { message_reference: { type: 0, channel_id: channelId, message_id, guild_id: guildId } };
}
