import type { APIUser } from 'discord-api-types/v10';

export interface AllowedMentions {
  readonly parse?: readonly (string | null)[] | null | undefined;
  readonly users?: readonly (string | null)[] | null | undefined;
  readonly roles?: readonly (string | null)[] | null | undefined;
}

export interface Mentions {
  readonly mentions: APIUser[];
  readonly mention_roles: string[];
  readonly mention_everyone: boolean;
}

/** Who is notified by `text`: those named in it whom `allowed` does not hold back (page "Message"). */
export function mentionsIn(
  text: string,
  allowed: AllowedMentions | null | undefined,
  users: ReadonlyMap<string, APIUser>,
): Mentions {
  const named = (pattern: RegExp) => [
    ...new Set([...text.matchAll(pattern)].map((match) => String(match[1]))),
  ];
  const isAllowed = (kind: 'users' | 'roles', id: string) =>
    !allowed || (allowed.parse?.includes(kind) ?? false) || (allowed[kind]?.includes(id) ?? false);
  return {
    mentions: named(/<@!?(\d+)>/g)
      .filter((id) => isAllowed('users', id))
      .flatMap((id) => users.get(id) ?? []),
    mention_roles: named(/<@&(\d+)>/g).filter((id) => isAllowed('roles', id)),
    mention_everyone:
      /@(everyone|here)\b/.test(text) && (!allowed || (allowed.parse?.includes('everyone') ?? false)),
  };
}
