import { PinnedMessagesResponseSchema } from 'discord-api-spec/zod';
import { PermissionFlagsBits as Bits } from 'discord-api-types/v10';
import { DiscordFault } from '../faults.ts';
import type { Parts } from '../parts.ts';
import { channelMessage, messageForBot, refuseArchived, visibleChannel } from './access.ts';
import { NO_CONTENT, param, type RestReply, type RestRequest, type Route } from './route.ts';

const MAX_PINS = 250;

/** Pins, which have needed a permission of their own since February 2026. */
export function pinRoutes(parts: Parts): Route[] {
  const template = '/channels/{channel_id}/messages/pins';
  const change = (request: RestRequest, isPinned: boolean): RestReply => {
    const channel = visibleChannel(parts, request.userId, param(request, 'channel_id'), Bits.PinMessages);
    const message = channelMessage(parts, channel, param(request, 'message_id'));
    refuseArchived(channel);
    if (isPinned && parts.messages.pins(channel.id).length >= MAX_PINS)
      throw new DiscordFault('TOO_MANY_PINS');
    parts.messages.pin(message, isPinned);
    return NO_CONTENT;
  };
  return [
    {
      method: 'GET',
      template,
      auth: 'bot',
      reply: PinnedMessagesResponseSchema,
      handle: (request) => {
        const channel = visibleChannel(parts, request.userId, param(request, 'channel_id'));
        const limit = Number(request.query.get('limit') ?? 50);
        const pins = parts.messages.pins(channel.id);
        const items = pins
          .slice(0, limit)
          .map(({ pinnedAt, message }) => ({ pinned_at: pinnedAt, message: messageForBot(parts, message) }));
        return { status: 200, body: { items, has_more: pins.length > limit } };
      },
    },
    {
      method: 'PUT',
      template: `${template}/{message_id}`,
      auth: 'bot',
      handle: (request) => change(request, true),
    },
    {
      method: 'DELETE',
      template: `${template}/{message_id}`,
      auth: 'bot',
      handle: (request) => change(request, false),
    },
  ];
}
