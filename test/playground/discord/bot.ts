import {
  type APIMessageTopLevelComponent,
  Client,
  ComponentType,
  Events,
  GatewayIntentBits,
  type Interaction,
  MessageFlags,
  type RESTPutAPIApplicationCommandsJSONBody,
} from 'discord.js';
import type { PlaygroundDiscord } from '../../../src/playground/discord/playground-discord.ts';

export const V2 = MessageFlags.IsComponentsV2;
export const EPHEMERAL = MessageFlags.Ephemeral;

/** The real client, unmodified, at a playground; resolves once it is ready. Failures of `handle` end in `errors`. */
export async function connectBot(
  discord: PlaygroundDiscord,
  handle: (interaction: Interaction) => Promise<unknown> = async () => undefined,
): Promise<{ client: Client<true>; errors: unknown[] }> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    waitGuildTimeout: 1000,
    rest: { api: discord.api, version: '10', cdn: discord.cdn, retries: 0 },
  });
  const errors: unknown[] = [];
  client.on(Events.Error, (error) => errors.push(error));
  client.on(Events.InteractionCreate, (interaction) => {
    handle(interaction).catch((error: unknown) => errors.push(error));
  });
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  await ready;
  return { client: client as Client<true>, errors };
}

export const COMMANDS: RESTPutAPIApplicationCommandsJSONBody = [
  { name: 'assess', description: 'Looks at the machine', default_member_permissions: null, contexts: [0] },
  {
    name: 'machine',
    description: 'Machines',
    options: [
      {
        type: 1,
        name: 'pair',
        description: 'Links a machine',
        options: [
          {
            type: 3,
            name: 'code',
            description: 'The code',
            required: true,
            autocomplete: true,
            max_length: 9,
          },
          { type: 11, name: 'log', description: 'A log file' },
        ],
      },
    ],
  },
  { name: 'report', description: 'Figures', default_member_permissions: '0' },
  { name: 'Open a ticket from this', type: 3 },
];

export function registerCommands(client: Client<true>): Promise<unknown> {
  return client.application.commands.set(COMMANDS as never);
}

export function text(content: string): APIMessageTopLevelComponent {
  return { type: ComponentType.TextDisplay, content };
}

export function buttons(...ids: string[]): APIMessageTopLevelComponent {
  return {
    type: ComponentType.ActionRow,
    components: ids.map((id) => ({ type: ComponentType.Button, style: 1, custom_id: id, label: `Do ${id}` })),
  };
}
