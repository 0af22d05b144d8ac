/** What one role or member may do in a channel beyond, or short of, what their roles say. */
export interface Overwrite {
  /** Of a role (type 0) or a user (type 1). */
  readonly id: string;
  readonly type: 0 | 1;
  readonly allow: bigint;
  readonly deny: bigint;
}

export interface GuildChannel {
  readonly kind: 'guild';
  readonly id: string;
  /** Text (0) or announcement (5). */
  readonly type: 0 | 5;
  readonly position: number;
  name: string;
  topic: string | null;
  overwrites: readonly Overwrite[];
  lastMessageId: string | null;
}

export type ArchiveMinutes = 60 | 1440 | 4320 | 10080;

export interface Thread {
  readonly kind: 'thread';
  readonly id: string;
  /** In an announcement channel (10), public (11) or private (12). */
  readonly type: 10 | 11 | 12;
  readonly parentId: string;
  readonly ownerId: string;
  readonly createdAt: string;
  /** User id to the time of joining. */
  readonly members: Map<string, string>;
  name: string;
  archived: boolean;
  /** When `archived` last changed. */
  archivedAt: string;
  locked: boolean;
  invitable: boolean;
  archiveMinutes: ArchiveMinutes;
  slowdownSeconds: number;
  messageCount: number;
  lastMessageId: string | null;
}

/** The channel between the bot and one user. */
export interface DirectChannel {
  readonly kind: 'direct';
  readonly id: string;
  readonly userId: string;
  lastMessageId: string | null;
}

export type Channel = GuildChannel | Thread | DirectChannel;
