import type { SettingsRole } from '../../../src/agent/survey/settings-files.ts';

/** A file of each role. */
export const KNOWN_FILES = {
  main: 'config.yml',
  multi: 'orch-config.yaml',
  discord: 'discord-config.yaml',
  bot: 'discord-bot.config',
  project: 'projects/one.yaml',
  'project-list': 'config/projects.yaml',
  secrets: 'config/secrets.yaml',
  tooling: '.dependency-config.yaml',
} as const satisfies Record<SettingsRole, string>;
