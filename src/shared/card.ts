import type { APIMessageTopLevelComponent, MessageFlags } from 'discord-api-types/v10';

/** A message of the bot as the JSON that goes to Discord. Every message uses Components V2; the flag is never left out. */
export interface Card {
  readonly flags: MessageFlags.IsComponentsV2;
  readonly components: APIMessageTopLevelComponent[];
}

/** True when both would look the same. */
export function isSameCard(one: Card, other: Card): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
