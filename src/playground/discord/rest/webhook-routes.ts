import {
  IncomingWebhookRequestPartialSchema,
  IncomingWebhookUpdateRequestPartialSchema,
  MessageResponseSchema,
} from 'discord-api-spec/zod';
import { MessageFlags, InteractionResponseType as Type } from 'discord-api-types/v10';
import { lintMessage } from '../../../shared/discord-rules.ts';
import { refuseBreaches } from '../checks/form-errors.ts';
import { DiscordFault } from '../faults.ts';
import type { Parts } from '../parts.ts';
import type { Interaction } from '../world/interactions.ts';
import type { MessageBody } from '../world/message-body.ts';
import type { StoredMessage } from '../world/messages.ts';
import { refuseArchived } from './access.ts';
import { answerMessage } from './interaction-messages.ts';
import { editMessage } from './message-routes.ts';
import { NO_CONTENT, param, type RestReply, type RestRequest, type Route } from './route.ts';

/** What the token of an answered interaction opens for 15 minutes: its answer and follow-ups. */
export function webhookRoutes(parts: Parts): Route[] {
  const template = '/webhooks/{application_id}/{token}';
  const one = `${template}/messages/{message_id}`;
  const reply = MessageResponseSchema;
  const found = (request: RestRequest): StoredMessage =>
    ownMessage(parts, openInteraction(parts, request), request);
  return [
    {
      method: 'POST',
      template,
      auth: 'none',
      body: IncomingWebhookRequestPartialSchema,
      reply,
      handle: (request) => followUp(parts, openInteraction(parts, request), request),
    },
    {
      method: 'GET',
      template: one,
      auth: 'none',
      reply,
      handle: (request) => ({ status: 200, body: found(request).json }),
    },
    {
      method: 'PATCH',
      template: one,
      auth: 'none',
      body: IncomingWebhookUpdateRequestPartialSchema,
      reply,
      handle: (request) => {
        const message = found(request);
        refuseArchived(parts.guild.channels.get(message.channelId));
        editMessage(parts, message, request, false);
        return { status: 200, body: message.json };
      },
    },
    {
      method: 'DELETE',
      template: one,
      auth: 'none',
      handle: (request) => {
        parts.messages.remove(found(request));
        return NO_CONTENT;
      },
    },
  ];
}

/** @throws DiscordFault UNKNOWN_WEBHOOK (10015) before the first answer, INVALID_WEBHOOK_TOKEN (50027) after 15 minutes */
function openInteraction({ interactions, applicationId }: Parts, request: RestRequest): Interaction {
  const interaction = interactions.byToken(param(request, 'token'));
  if (param(request, 'application_id') !== applicationId) throw new DiscordFault('UNKNOWN_WEBHOOK');
  if (interaction === undefined || interactions.isTokenExpired(interaction)) {
    throw new DiscordFault('INVALID_WEBHOOK_TOKEN');
  }
  if (interaction.state !== 'acknowledged') throw new DiscordFault('UNKNOWN_WEBHOOK');
  return interaction;
}

function ownMessage({ messages }: Parts, interaction: Interaction, request: RestRequest): StoredMessage {
  const name = param(request, 'message_id');
  const id = name === '@original' ? interaction.originalId : name;
  const message = id === undefined ? undefined : messages.find(id);
  const isOwn =
    message?.interactionId === interaction.id || (id !== undefined && id === interaction.originalId);
  if (message === undefined || !isOwn) throw new DiscordFault('UNKNOWN_MESSAGE');
  return message;
}

/** The first follow-up to a deferred answer fills that answer instead of making a message (page "Receiving"). */
function followUp(parts: Parts, interaction: Interaction, request: RestRequest): RestReply {
  const { messages } = parts;
  const body = request.body as MessageBody;
  const original = interaction.originalId === undefined ? undefined : messages.find(interaction.originalId);
  const isLoading = ((original?.json.flags ?? 0) & MessageFlags.Loading) !== 0;
  refuseBreaches(lintMessage(body, { files: messages.fileNames(undefined, body, request.files) }));
  if (
    original !== undefined &&
    isLoading &&
    interaction.answeredWith === Type.DeferredChannelMessageWithSource
  ) {
    messages.edit(original, body, request.files);
    return { status: 200, body: original.json };
  }
  return { status: 200, body: answerMessage(parts, interaction, body, request.files).json };
}
