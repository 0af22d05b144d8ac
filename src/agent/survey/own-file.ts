import { basename } from 'node:path';
import type { Category } from '../backup/format.ts';
import { displayPath } from '../paths.ts';
import type { FileKind, FileStat, PathLike } from '../system.ts';
import { isCredentialName } from './credential-names.ts';
import { settingsRole } from './settings-files.ts';

/**
 * What a file of the person's own is:
 * - `settings`, `env`: read and converted
 * - `agent`: a custom agent, `agent-*.yaml`
 * - `store`: part of the legacy encrypted store (secrets.json, master.key)
 * - `global`: anything else in .orch-global
 * - `log`, `state`: kept where they are
 * - `edited`: a file of upstream's that the person changed
 * - `custom`: anything else the person added; those that are `secret` are never copied to the new home
 * - `special`: a FIFO, socket or device
 * - `regenerable`: a folder that a tool makes again (virtual environment, caches); not looked into
 */
export type OwnKind =
  | 'settings'
  | 'env'
  | 'agent'
  | 'store'
  | 'global'
  | 'log'
  | 'state'
  | 'edited'
  | 'custom'
  | 'special'
  | 'regenerable';

export interface OwnFile {
  /** Path in the clone. */
  readonly rel: PathLike;
  readonly display: string;
  readonly kind: OwnKind;
  readonly fileKind: FileKind;
  readonly stat: FileStat;
  readonly category: Category;
  /** Goes only into the encrypted part of a backup. */
  readonly secret: boolean;
  /** As upstream ships it: in git's list and unchanged. */
  readonly shipped: boolean;
}

const REGENERABLE = /^(__pycache__|node_modules|\.(pytest|mypy|ruff)_cache|\.tox|\.hypothesis|.+\.egg-info)$/;
const STORE = /^\.orch-global\/security\/(secrets\.json|master\.key)$/;
/** Holds password hashes and API keys: copied as it is, but never into a plain part of a backup. */
const PRIVATE_GLOBAL = /^\.orch-global\/security\//;
/** Named for what they guard: what they say tells whether a secret is in them. */
const COPIED_GLOBAL = /^\.orch-global\/security\/(users|access_rules)\.json$/;
const ENV_FILE = /(^|\.)env$|^\.env\./;
const ENV_TEMPLATE = /\.(example|sample|template|dist)$/;

/** A folder that some tool makes again, by its name; virtual environments are told by their pyvenv.cfg instead. */
export function isRegenerableName(name: string): boolean {
  return REGENERABLE.test(name);
}

/** True for `.env`, `x.env` and `.env.local`, not for their templates. */
export function isEnvFile(rel: string): boolean {
  const name = basename(rel);
  return ENV_FILE.test(name) && !ENV_TEMPLATE.test(name);
}

/** True for the place of a file that would be read and converted. */
export function isSettingsName(rel: string): boolean {
  return settingsRole(rel) !== undefined || isEnvFile(rel);
}

/** What the file at `rel` is, by its place and name. `tracked`: git knows it as part of the clone's code. */
export function classify(
  rel: PathLike,
  fileKind: FileKind,
  tracked: boolean,
): Pick<OwnFile, 'kind' | 'category' | 'secret'> {
  const path = displayPath(rel);
  if (fileKind === 'fifo' || fileKind === 'socket' || fileKind === 'device') return own('special', 'custom');
  if (fileKind === 'file') {
    if (isEnvFile(path)) return own('env', 'config', true);
    const role = settingsRole(path)?.role;
    if (role === 'secrets') return own('settings', 'config', true);
    if (role === 'project' || role === 'project-list') return own('settings', 'projects');
    if (role !== undefined) return own('settings', 'config');
    if (STORE.test(path)) return own('store', 'state', true);
  }
  const forCredentials = fileKind === 'file' && isCredentialName(path);
  if (COPIED_GLOBAL.test(path)) return own('global', 'state', true);
  if (path.startsWith('.orch-global/'))
    return forCredentials ? own('custom', 'state', true) : own('global', 'state', PRIVATE_GLOBAL.test(path));
  if (path.startsWith('.orch-state/') || path.includes('/.orch-state/'))
    return own('state', 'state', forCredentials);
  if (forCredentials && !/^agent-[^/]*\.ya?ml$/.test(path)) return own('custom', 'custom', true);
  if (tracked) return own('edited', 'custom');
  if (path.startsWith('logs/') || path.endsWith('.log')) return own('log', 'logs');
  if (/^agent-[^/]*\.ya?ml$/.test(path) && fileKind === 'file') return own('agent', 'custom');
  return own('custom', 'custom');
}

function own(
  kind: OwnKind,
  category: Category,
  secret = false,
): Pick<OwnFile, 'kind' | 'category' | 'secret'> {
  return { kind, category, secret };
}
