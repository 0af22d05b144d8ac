/**
 * Why a way to migrate is recommended, as codes that may leave a machine, with their words for people. The bot and the
 * terminal say the same.
 */
export const REASONS = {
  'open-decisions': 'there are questions without a safe answer',
  'cannot-be-read-whole': 'a part of it cannot be read, so nobody can say that nothing is lost',
  'not-ready': 'this computer is not ready: room, permission, or a running orchestrator',
  'foreign-owner': 'it belongs to another user of this computer',
  'version-unknown': 'its version is older than the rules are made for, or unknown',
  'advanced-user': 'there is much of your own in it, which a person should look at',
  'own-changes': 'own changes of upstream’s code do not go into the package by themselves',
  'several-parts': 'several projects and settings are best looked at phase by phase',
  'simple-setup':
    'it is a simple installation: everything has a safe way, and the whole run can be taken back',
} as const;

export type Reason = keyof typeof REASONS;
export const REASON_CODES = Object.keys(REASONS) as Reason[];

/** What would stand idle with the installed package: reasons to stay for now. */
export const STOPS = {
  'discord-bot': 'the Discord bot',
  'stored-secrets': 'the stored secrets',
  'own-agents': 'your own agents',
} as const;

export type Stop = keyof typeof STOPS;
export const STOP_CODES = Object.keys(STOPS) as Stop[];
