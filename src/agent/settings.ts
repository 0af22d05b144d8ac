import { join, resolve } from 'node:path';
import { loadConfig } from '../shared/load-config.ts';
import { AgentHome } from './agent-home.ts';
import { ageRecipient } from './backup/recipient.ts';
import { readTextIfThere } from './files.ts';
import { realPathSoFar } from './survey/reachable.ts';
import type { ReadSystem } from './system.ts';

/** The agent's settings, checked once at the door. All paths are absolute. */
export interface AgentSettings {
  readonly home: AgentHome;
  /** Undefined: the package's own rule decides. */
  readonly target: string | undefined;
  /** Folder that backups are kept in. */
  readonly backups: string;
  /** What `PACKAGE_SPEC` says, as it is written; read by `parsePackageSpec`. */
  readonly packageSpec?: string | undefined;
}

const FILE = 'config.yml';

/** Every key of config.yml in the agent's home, and the environment variable that goes before it. */
export const SETTINGS = {
  config_dir: { env: 'AGENT_WORKFLOW_CONFIG_DIR', about: 'the configuration home of the package' },
  backup_dir: { env: 'MIGRATION_BACKUP_DIR', about: 'the folder that backups are kept in' },
  backup_recipient: { env: 'MIGRATION_BACKUP_RECIPIENT', about: 'a second key that opens backups: age1…' },
  package_spec: { env: 'PACKAGE_SPEC', about: 'name, version and hash of the package to install' },
} as const;

/** Below the person's home folder. */
const DEFAULTS = {
  home: '.local/state/migration-agent',
  backup_dir: '.agent-workflow-backups',
} as const;

/**
 * Settings from the command line, the environment and config.yml in the agent's home, in that order.
 * @throws CONFIG_INVALID naming all problems at once, RECIPIENT_INVALID
 */
export function readSettings(
  system: ReadSystem,
  flags: { target?: string; backups?: string; recipient?: string; zstd?: boolean },
): AgentSettings {
  const folder = absolute(system, system.env['MIGRATION_AGENT_HOME'] || join(system.home, DEFAULTS.home));
  const file = join(folder, FILE);
  const config = loadConfig(SETTINGS, readTextIfThere(system, file), file, system.env);
  const target = flags.target ?? config.config_dir;
  const recipient = flags.recipient ?? config.backup_recipient;
  const recipients = recipient === undefined ? [] : [ageRecipient(recipient)];
  const home = new AgentHome(folder, recipients, flags.zstd);
  return {
    home,
    target: target === undefined ? undefined : absolute(system, target),
    backups: absolute(system, flags.backups ?? config.backup_dir ?? join(system.home, DEFAULTS.backup_dir)),
    packageSpec: config.package_spec,
  };
}

/** Absolute and without links as far as it exists, so that "inside" means what it says. */
function absolute(system: ReadSystem, path: string): string {
  const expanded =
    path === '~' ? system.home : path.startsWith('~/') ? join(system.home, path.slice(2)) : path;
  return realPathSoFar(system, resolve(system.cwd, expanded));
}
