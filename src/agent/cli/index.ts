import type { Verb } from './verb.ts';

/** Every command with the file that has it, in the order of the help. Loaded only when it is called. */
export const VERBS: readonly {
  name: string;
  aliases?: readonly string[];
  summary: string;
  load(): Promise<Verb>;
}[] = [
  {
    name: 'migrate-assess',
    summary: 'look at an installation; changes nothing',
    load: async () => (await import('./migrate-assess.ts')).migrateAssess,
  },
  {
    name: 'migrate-from-git',
    summary: 'move an installation to the new home',
    load: async () => (await import('./migrate-from-git.ts')).migrateFromGit,
  },
  {
    name: 'migrate-status',
    summary: 'show how far a run is',
    load: async () => (await import('./migrate-status.ts')).migrateStatus,
  },
  {
    name: 'migrate-resume',
    summary: 'go on with an interrupted run',
    load: async () => (await import('./migrate-resume.ts')).migrateResume,
  },
  {
    name: 'export-config',
    summary: 'write the old settings into a folder, to look at, edit and import',
    load: async () => (await import('./export-config.ts')).exportConfig,
  },
  {
    name: 'import-config',
    summary: 'migrate from an export, with the edits that were made to it',
    load: async () => (await import('./import-config.ts')).importConfig,
  },
  {
    name: 'restore-migration-backup',
    aliases: ['restore-backup', 'rollback'],
    summary: 'take a migration back',
    load: async () => (await import('./restore-migration-backup.ts')).restoreMigrationBackup,
  },
  {
    name: 'recover',
    summary: 'find out what is wrong and choose a way out',
    load: async () => (await import('./recover.ts')).recover,
  },
  {
    name: 'backups',
    summary: 'list, verify, show, export and prune backups; make the kit that opens them elsewhere',
    load: async () => (await import('./backups.ts')).backups,
  },
  {
    name: 'references',
    summary: 'what outside of the clone names it, and what it could say instead',
    load: async () => (await import('./references.ts')).references,
  },
  {
    name: 'patches',
    summary: 'your own changes of the clone, and where each of them goes',
    load: async () => (await import('./patches.ts')).patches,
  },
  {
    name: 'status',
    summary: 'show how things stand on this machine',
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'health',
    summary: 'look at the new home as it is now',
    load: async () => (await import('./health.ts')).health,
  },
  {
    name: 'verify-receipt',
    summary: 'tell what changed since a migration from what it did wrong',
    load: async () => (await import('./verify-receipt.ts')).verifyReceipt,
  },
  {
    name: 'retire',
    summary: 'move the old clone aside, once it was not used for 7 days',
    load: async () => (await import('./retire.ts')).retire,
  },
  {
    name: 'exec',
    summary: 'run a command with the stored secrets in its environment',
    load: async () => (await import('./exec.ts')).exec,
  },
  {
    name: 'pair',
    summary: 'link this computer with a bot',
    load: async () => (await import('./pair.ts')).pair,
  },
  {
    name: 'connect',
    summary: 'stay connected with the bot, and say what it asks for',
    load: async () => (await import('./connect.ts')).connect,
  },
  {
    name: 'disconnect',
    summary: 'end the agent that is connected, wherever it runs',
    load: async () => (await import('./disconnect.ts')).disconnect,
  },
  {
    name: 'unpair',
    summary: 'end the link with the bot; works without it',
    load: async () => (await import('./unpair.ts')).unpair,
  },
  {
    name: 'roots',
    summary: 'the folders that the bot may name',
    load: async () => (await import('./roots.ts')).roots,
  },
  {
    name: 'policy',
    summary: 'what the bot may ask for on this computer, and who has to agree',
    load: async () => (await import('./policy.ts')).policy,
  },
  {
    name: 'pause',
    summary: 'refuse everything that the bot asks for, until `resume`; works without it',
    load: async () => (await import('./pause.ts')).pause,
  },
  {
    name: 'resume',
    summary: 'let the bot ask again, as the policy says',
    load: async () => (await import('./resume.ts')).resume,
  },
  {
    name: 'audit',
    summary: 'whether the log of what the bot asked for and what was decided is whole',
    load: async () => (await import('./audit.ts')).audit,
  },
];
