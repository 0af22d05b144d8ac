import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildGuild, type GuildOptions } from './build-guild.ts';
import { type Clock, systemClock } from './clock.ts';
import { Findings } from './findings.ts';
import { Gateway } from './gateway/gateway.ts';
import type { Parts } from './parts.ts';
import { newToken, PlaygroundDiscord } from './playground-discord.ts';
import { RestServer } from './rest/rest-server.ts';
import { allRoutes } from './rest/routes.ts';
import { Snowflakes } from './snowflakes.ts';
import { Traffic } from './traffic.ts';
import { Attachments } from './world/attachments.ts';
import { Changes } from './world/changes.ts';
import { Commands } from './world/commands.ts';
import { Interactions } from './world/interactions.ts';
import { Messages } from './world/messages.ts';
import { Modals } from './world/modals.ts';

export interface PlaygroundDiscordOptions extends GuildOptions {
  readonly clock?: Clock;
  /** Token of the bot; a random one when left out. */
  readonly token?: string;
  /** Milliseconds between heartbeats, 41250 as Discord's when left out. */
  readonly heartbeatMs?: number;
  /** Keep every frame for `traffic`; true when left out. */
  readonly keepTraffic?: boolean;
  /** A free port when left out. */
  readonly port?: number;
}

/**
 * Starts a Discord look-alike on 127.0.0.1: the REST API and the gateway of one server that an unmodified client of
 * Discord talks to, with the rules that a bot depends on, and a driver for the people there.
 */
export async function startPlaygroundDiscord(
  options: PlaygroundDiscordOptions = {},
): Promise<PlaygroundDiscord> {
  const clock = options.clock ?? systemClock;
  const snowflakes = new Snowflakes(clock);
  const changes = new Changes();
  const traffic = new Traffic(clock, options.keepTraffic ?? true);
  const findings = new Findings();
  const guild = buildGuild(options, snowflakes, clock);
  const token = options.token ?? newToken();
  const applicationId = guild.botId;
  const server = createServer();
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const attachments = new Attachments(snowflakes, clock, origin);
  const interactions = new Interactions(clock, snowflakes, changes);
  const messages = new Messages({ guild, snowflakes, clock, attachments, changes, interactions });
  const modals = new Modals(changes);
  const commands = new Commands(snowflakes, applicationId, changes);
  const url = () => `${origin().replace('http', 'ws')}/gateway`;
  const heartbeatMs = options.heartbeatMs ?? 41_250;
  const gateway = new Gateway({ guild, applicationId, token, traffic, heartbeatMs, url });
  const parts: Parts = {
    clock,
    snowflakes,
    changes,
    guild,
    messages,
    attachments,
    interactions,
    modals,
    commands,
    gateway,
    applicationId,
    origin,
  };
  const tokens = new Map([[token, guild.botId]]);
  const rest = new RestServer({ routes: allRoutes(parts), attachments, clock, traffic, findings, tokens });
  server.on('request', (request, response) => void rest.answer(request, response));
  server.on('upgrade', (request, socket, head) => gateway.upgrade(request, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return new PlaygroundDiscord({ parts, server, rest, traffic, findings, tokens, token });
}
