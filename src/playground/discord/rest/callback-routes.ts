import {
  ApplicationCommandAutocompleteCallbackRequestSchema,
  CreateMessageInteractionCallbackRequestSchema,
  InteractionCallbackResponseSchema,
  ModalInteractionCallbackRequestSchema,
  UpdateMessageInteractionCallbackRequestSchema,
} from 'discord-api-spec/zod';
import {
  type APIModalInteractionResponseCallbackData,
  MessageFlags,
  InteractionResponseType as Type,
} from 'discord-api-types/v10';
import { literal, object } from 'zod/mini';
import { type CallbackPayload, lintCallback } from '../../../shared/discord-rules.ts';
import { refuseBreaches } from '../checks/form-errors.ts';
import type { Schema } from '../checks/shape.ts';
import { DiscordFault } from '../faults.ts';
import type { Parts } from '../parts.ts';
import { type Choice, type Interaction, isFromMessage } from '../world/interactions.ts';
import type { MessageBody } from '../world/message-body.ts';
import { storedComponents } from '../world/message-components.ts';
import type { StoredMessage } from '../world/messages.ts';
import { isV2 } from './access.ts';
import { answerMessage } from './interaction-messages.ts';
import { NO_CONTENT, param, type RestReply, type RestRequest, type Route } from './route.ts';

const SCHEMAS: Readonly<Record<number, Schema>> = {
  [Type.ChannelMessageWithSource]: CreateMessageInteractionCallbackRequestSchema,
  [Type.DeferredChannelMessageWithSource]: CreateMessageInteractionCallbackRequestSchema,
  [Type.DeferredMessageUpdate]: UpdateMessageInteractionCallbackRequestSchema,
  [Type.UpdateMessage]: UpdateMessageInteractionCallbackRequestSchema,
  [Type.ApplicationCommandAutocompleteResult]: ApplicationCommandAutocompleteCallbackRequestSchema,
  [Type.Modal]: ModalInteractionCallbackRequestSchema,
};
const ANY_TYPE = object({ type: literal(Object.keys(SCHEMAS).map(Number)) });

/** The first answer to an interaction: within 3 seconds, and only once. */
export function callbackRoutes(parts: Parts): Route[] {
  return [
    {
      method: 'POST',
      template: '/interactions/{interaction_id}/{token}/callback',
      auth: 'none',
      body: ({ body }) => SCHEMAS[Number((body as CallbackPayload).type)] ?? ANY_TYPE,
      reply: InteractionCallbackResponseSchema,
      handle: (request) => answer(parts, request),
    },
  ];
}

function answer(parts: Parts, request: RestRequest): RestReply {
  const { interactions, messages } = parts;
  const interaction = interactions.find(param(request, 'interaction_id'));
  if (
    interaction === undefined ||
    interaction.token !== param(request, 'token') ||
    interactions.isLate(interaction)
  ) {
    throw new DiscordFault('UNKNOWN_INTERACTION');
  }
  if (interaction.state === 'acknowledged') throw new DiscordFault('ALREADY_ACKNOWLEDGED');
  const payload = request.body as CallbackPayload;
  const source = interaction.sourceId === undefined ? undefined : messages.find(interaction.sourceId);
  const edited = payload.type === Type.UpdateMessage ? source : undefined;
  refuseBreaches(
    lintCallback(payload, {
      interaction: interaction.type,
      isFromMessage: isFromMessage(interaction),
      isV2: source && isV2(source),
      files: messages.fileNames(edited, (payload.data ?? {}) as MessageBody, request.files),
    }),
  );
  const shown = carryOut(parts, interaction, payload, request, source);
  if (request.query.get('with_response') !== 'true') return NO_CONTENT;
  return { status: 200, body: callbackJson(parts, interaction, payload.type, shown) };
}

/** The message that the answer made or changed. */
function carryOut(
  parts: Parts,
  interaction: Interaction,
  { type, data }: CallbackPayload,
  { files }: RestRequest,
  source: StoredMessage | undefined,
): StoredMessage | undefined {
  const { interactions, messages, modals, snowflakes } = parts;
  const body = (data ?? {}) as MessageBody;
  switch (type) {
    case Type.ChannelMessageWithSource:
    case Type.DeferredChannelMessageWithSource: {
      interactions.acknowledge(interaction, type);
      const isDeferred = type === Type.DeferredChannelMessageWithSource;
      const message = answerMessage(parts, interaction, body, files, isDeferred ? MessageFlags.Loading : 0);
      interaction.originalId = message.id;
      return message;
    }
    case Type.DeferredMessageUpdate:
    case Type.UpdateMessage:
      if (source === undefined) throw new DiscordFault('UNKNOWN_MESSAGE');
      interactions.acknowledge(interaction, type, source.id);
      if (type === Type.UpdateMessage) messages.edit(source, body, files);
      return source;
    case Type.Modal: {
      interactions.acknowledge(interaction, type);
      const modal = data as APIModalInteractionResponseCallbackData;
      const numbered = storedComponents(
        modal.components,
        [],
        snowflakes,
      ) as unknown as typeof modal.components;
      const opened = { ...modal, components: numbered };
      modals.open(interaction, opened);
      interactions.show(interaction, { kind: 'modal', modal: opened });
      return undefined;
    }
    default: {
      interactions.acknowledge(interaction, type);
      const { choices } = (data ?? {}) as { choices?: readonly Choice[] };
      interactions.show(interaction, { kind: 'choices', choices: choices ?? [] });
      return undefined;
    }
  }
}

function callbackJson(
  { guild }: Parts,
  interaction: Interaction,
  type: number,
  message: StoredMessage | undefined,
): object {
  const flags = message?.json.flags ?? 0;
  const isDirect = guild.channels.get(interaction.channelId)?.kind === 'direct';
  const isShown = type === Type.ChannelMessageWithSource || type === Type.UpdateMessage;
  return {
    interaction: {
      id: interaction.id,
      type: interaction.type,
      channel_id: interaction.channelId,
      ...(isDirect ? {} : { guild_id: guild.id }),
      ...(message === undefined
        ? {}
        : {
            response_message_id: message.id,
            response_message_loading: (flags & MessageFlags.Loading) !== 0,
            response_message_ephemeral: (flags & MessageFlags.Ephemeral) !== 0,
          }),
    },
    ...(isShown && message !== undefined ? { resource: { type, message: message.json } } : {}),
  };
}
