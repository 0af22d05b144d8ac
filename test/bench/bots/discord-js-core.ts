import { Client, GatewayDispatchEvents, GatewayIntentBits, MessageFlags } from '@discordjs/core';
import { REST } from '@discordjs/rest';
import { WebSocketManager } from '@discordjs/ws';

/** The least that @discordjs/core makes of a bot: no caches, no classes, one listener that acknowledges. */
const token = process.env['DISCORD_TOKEN'] ?? '';
const rest = new REST({ api: process.env['DISCORD_API'] ?? '', version: '10' }).setToken(token);
const gateway = new WebSocketManager({ token, intents: GatewayIntentBits.Guilds, rest });
const client = new Client({ rest, gateway });
client.on(GatewayDispatchEvents.InteractionCreate, async ({ data, api }) => {
  await api.interactions.defer(data.id, data.token, { flags: MessageFlags.Ephemeral });
});
client.once(GatewayDispatchEvents.Ready, () => process.stdout.write('the bot is ready\n'));
process.once('SIGTERM', () => void gateway.destroy());
await gateway.connect();
