import { Client, Events, GatewayIntentBits, MessageFlags } from 'discord.js';

/** The least that discord.js makes of a bot: one listener that acknowledges. */
const client = new Client({
  intents: [GatewayIntentBits.Guilds],
  rest: { api: process.env['DISCORD_API'] ?? '', version: '10' },
});
client.on(Events.InteractionCreate, async (interaction) => {
  if (interaction.isChatInputCommand()) await interaction.deferReply({ flags: MessageFlags.Ephemeral });
});
client.once(Events.ClientReady, () => process.stdout.write('the bot is ready\n'));
process.once('SIGTERM', () => void client.destroy());
await client.login(process.env['DISCORD_TOKEN']);
