import {
  ApplicationCommandResponseSchema,
  ApplicationCommandUpdateRequestSchema,
} from 'discord-api-spec/zod';
import { array } from 'zod/mini';
import { type CommandPayload, lintCommands } from '../../../shared/discord-rules.ts';
import { refuseBreaches } from '../checks/form-errors.ts';
import { DiscordFault } from '../faults.ts';
import type { Parts } from '../parts.ts';
import { withoutTranslations } from '../world/commands.ts';
import type { RestRequest, Route } from './route.ts';

/** Registering commands and reading them back, for all servers and for the one here. */
export function commandRoutes(parts: Parts): Route[] {
  return [
    ...scopeRoutes(parts, '/applications/{application_id}/commands'),
    ...scopeRoutes(parts, '/applications/{application_id}/guilds/{guild_id}/commands'),
  ];
}

function scopeRoutes({ commands, guild, applicationId }: Parts, template: string): Route[] {
  const scopeOf = ({ params }: RestRequest): string | undefined => {
    if (params['application_id'] !== applicationId) throw new DiscordFault('UNKNOWN_APPLICATION');
    if (params['guild_id'] !== undefined && params['guild_id'] !== guild.id)
      throw new DiscordFault('UNKNOWN_GUILD');
    return params['guild_id'];
  };
  const reply = array(ApplicationCommandResponseSchema);
  return [
    {
      method: 'GET',
      template,
      auth: 'bot',
      reply,
      handle: (request) => {
        const list = commands.list(scopeOf(request));
        const isFull = request.query.get('with_localizations') === 'true';
        return { status: 200, body: isFull ? list : list.map(withoutTranslations) };
      },
    },
    {
      method: 'PUT',
      template,
      auth: 'bot',
      body: array(ApplicationCommandUpdateRequestSchema),
      reply,
      handle: (request) => {
        const scope = scopeOf(request);
        refuseBreaches(lintCommands(request.body as CommandPayload[], { guild: scope !== undefined }));
        return { status: 200, body: commands.overwrite(scope, request.body as Record<string, unknown>[]) };
      },
    },
  ];
}
