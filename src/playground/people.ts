import type { UserDriver } from './discord/driver/user-driver.ts';
import type { PlaygroundDiscord } from './discord/playground-discord.ts';

export const STAFF_ROLE = 'staff';
export const MANAGER_ROLE = 'manager';

/** Who can be at the page: the owner of the bot, somebody else, and those with the two roles. */
const PERSONAS = [
  {
    key: 'owner',
    username: 'baker',
    displayName: 'The baker',
    roles: [],
    about: 'runs the bot, has the computer',
  },
  { key: 'second', username: 'neighbour', displayName: 'The neighbour', roles: [], about: 'another member' },
  {
    key: 'staff',
    username: 'helper',
    displayName: 'The helper',
    roles: [STAFF_ROLE],
    about: 'support staff',
  },
  {
    key: 'manager',
    username: 'host',
    displayName: 'The host',
    roles: [MANAGER_ROLE],
    about: 'community manager',
  },
] as const;

export type PersonaKey = (typeof PERSONAS)[number]['key'];

export interface Persona {
  readonly key: PersonaKey;
  readonly displayName: string;
  /** In a few words, for the switch. */
  readonly about: string;
  readonly driver: UserDriver;
}

export type People = Readonly<Record<PersonaKey, Persona>>;

/** Lets the four join the server. */
export function invitePeople(discord: PlaygroundDiscord): People {
  const entries = PERSONAS.map(({ key, username, displayName, roles, about }) => {
    const driver = discord.createUser({ username, displayName, roles });
    return [key, { key, displayName, about, driver } satisfies Persona];
  });
  return Object.fromEntries(entries) as People;
}
