import type { APIApplicationCommand, APIApplicationCommandOption } from 'discord-api-types/v10';
import { ApplicationCommandType } from 'discord-api-types/v10';
import type { Snowflakes } from '../snowflakes.ts';
import type { Changes } from './changes.ts';

type Json = Readonly<Record<string, unknown>>;

/** The commands of the app: those for every server and those for the one here. */
export class Commands {
  readonly #snowflakes: Snowflakes;
  readonly #applicationId: string;
  readonly #changes: Changes;
  #global: APIApplicationCommand[] = [];
  #guild: APIApplicationCommand[] = [];

  constructor(snowflakes: Snowflakes, applicationId: string, changes: Changes) {
    this.#snowflakes = snowflakes;
    this.#applicationId = applicationId;
    this.#changes = changes;
  }

  /** Puts `definitions` in place of all commands of the scope; the same name and type keeps its id. */
  overwrite(guildId: string | undefined, definitions: readonly Json[]): APIApplicationCommand[] {
    const before = this.list(guildId);
    const after = definitions.map((definition) => this.#make(definition, guildId, before));
    if (guildId === undefined) this.#global = after;
    else this.#guild = after;
    this.#changes.tell({ kind: 'commands' });
    return after;
  }

  list(guildId: string | undefined): APIApplicationCommand[] {
    return guildId === undefined ? this.#global : this.#guild;
  }

  /** All that people are offered; a command of the server hides the global one of its name and type. */
  offered(): APIApplicationCommand[] {
    const isHidden = (command: APIApplicationCommand) =>
      this.#guild.some(({ name, type }) => name === command.name && type === command.type);
    return [...this.#guild, ...this.#global.filter((command) => !isHidden(command))];
  }

  #make(
    definition: Json,
    guildId: string | undefined,
    before: readonly APIApplicationCommand[],
  ): APIApplicationCommand {
    const type = (definition['type'] ?? ApplicationCommandType.ChatInput) as ApplicationCommandType;
    const known = before.find((command) => command.name === definition['name'] && command.type === type);
    const given = Object.fromEntries(Object.entries(definition).filter(([, value]) => value !== null));
    const made = {
      ...given,
      id: known?.id ?? this.#snowflakes.next(),
      application_id: this.#applicationId,
      version: this.#snowflakes.next(),
      type,
      description: definition['description'] ?? '',
      default_member_permissions: definition['default_member_permissions'] ?? null,
      nsfw: definition['nsfw'] ?? false,
      ...(guildId === undefined
        ? {
            contexts: definition['contexts'] ?? null,
            integration_types: definition['integration_types'] ?? [0],
            dm_permission: definition['dm_permission'] ?? true,
          }
        : { guild_id: guildId }),
    };
    return made as unknown as APIApplicationCommand;
  }
}

/** A copy without translations, as the API lists commands unless asked for them with `with_localizations`. */
export function withoutTranslations<T extends APIApplicationCommand | APIApplicationCommandOption>(
  command: T,
): T {
  return JSON.parse(
    JSON.stringify(command, (key, value) => (key.endsWith('_localizations') ? undefined : value)),
  ) as T;
}
