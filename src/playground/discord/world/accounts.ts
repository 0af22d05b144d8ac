import type { APIUser, UserFlags } from 'discord-api-types/v10';

const NO_FLAGS = 0 as UserFlags;

/** A user as the API shows it. The schema of responses asks for more members than the documentation. */
export function makeUser(
  id: string,
  username: string,
  displayName: string | undefined,
  bot = false,
): APIUser {
  return {
    id,
    username,
    global_name: displayName ?? null,
    discriminator: bot ? '0001' : '0',
    avatar: null,
    banner: null,
    accent_color: null,
    public_flags: NO_FLAGS,
    flags: NO_FLAGS,
    primary_guild: null,
    ...(bot ? { bot } : {}),
  };
}
