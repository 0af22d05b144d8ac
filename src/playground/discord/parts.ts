import type { Clock } from './clock.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { Snowflakes } from './snowflakes.ts';
import type { Attachments } from './world/attachments.ts';
import type { Changes } from './world/changes.ts';
import type { Commands } from './world/commands.ts';
import type { Guild } from './world/guild.ts';
import type { Interactions } from './world/interactions.ts';
import type { Messages } from './world/messages.ts';
import type { Modals } from './world/modals.ts';

/** What the routes and the people of the playground work on. */
export interface Parts {
  readonly clock: Clock;
  readonly snowflakes: Snowflakes;
  readonly changes: Changes;
  readonly guild: Guild;
  readonly messages: Messages;
  readonly attachments: Attachments;
  readonly interactions: Interactions;
  readonly modals: Modals;
  readonly commands: Commands;
  readonly gateway: Gateway;
  /** Id of the application; its bot user has the same. */
  readonly applicationId: string;
  /** `http://127.0.0.1:PORT` */
  readonly origin: () => string;
}
