import { FORMS } from './ids.ts';
import type { RejectCode } from './reject-codes.ts';
import { object, snowflake, type TypeOf, time } from './schema.ts';

/** Milliseconds since 1970 at which Discord's ids begin to count. */
const DISCORD_EPOCH = 1_420_070_400_000n;

/** Who asked for something in Discord, and with which interaction. */
export const ACTOR = object({
  user: snowflake,
  guild: snowflake,
  interaction: snowflake,
  /** When the bot received it, seconds. */
  at: time,
});
export type Actor = TypeOf<typeof ACTOR>;

/** Who a computer listens to. Written at pairing; changed only at its terminal. */
export interface Approvers {
  readonly users: readonly string[];
  readonly guild: string;
}

/**
 * NOT_APPROVER unless the person is pinned at this computer and asked in the server that it was paired in. This holds for
 * reads too, and for everybody: staff, administrators and the bot's owner are nobody here unless pinned.
 */
export function refuseActor(actor: Pick<Actor, 'user' | 'guild'>, pinned: Approvers): RejectCode | undefined {
  return pinned.users.includes(actor.user) && pinned.guild === actor.guild ? undefined : 'NOT_APPROVER';
}

/** An id of Discord: 17 to 20 digits. */
export function isSnowflake(value: unknown): value is string {
  return typeof value === 'string' && new RegExp(FORMS.snowflake).test(value);
}

/** When an id was given out, milliseconds since 1970 (Discord's reference, "Snowflakes"). */
export function snowflakeTime(id: string): number {
  return Number((BigInt(id) >> 22n) + DISCORD_EPOCH);
}
