import { join } from 'node:path';
import { AppError, hasErrno } from '../../shared/errors.ts';
import { identityPath, loadIdentity } from '../backup/identity.ts';
import { verifyBackup } from '../backup/verify.ts';
import { walk } from '../backup/walk.ts';
import { chooseBackup } from '../backup-index.ts';
import { counted } from '../checks/check.ts';
import { checkCommands } from '../checks/command-functionality.ts';
import { SECTIONS } from '../checks/config-completeness.ts';
import { configSyntax } from '../checks/config-syntax.ts';
import { readVault } from '../credentials/vault.ts';
import { displayPath, joinPath } from '../paths.ts';
import { probePackage } from '../survey/package-probe.ts';
import { ifReachable, statIfReachable } from '../survey/reachable.ts';
import type { PathLike } from '../system.ts';
import { nodeAt } from '../yaml/leaves.ts';
import { type HomeCheck, type HomeCheckWork, rootOf, skipped } from './home-check.ts';
import { oldAndNew } from './old-and-new.ts';

const syntax: HomeCheck = {
  name: 'config_syntax',
  about: configSyntax.about,
  isThorough: false,
  of: /^(config\.yaml|projects\/registry\.yaml)$/,
  check({ system, target }) {
    const missing = ['config.yaml', 'projects/registry.yaml'].find(
      (rel) => system.stat(join(target, rel))?.kind !== 'file',
    );
    if (missing !== undefined)
      return {
        name: 'config_syntax',
        status: 'error',
        done: 0,
        of: 2,
        unit: 'files',
        reason: `${missing} is missing`,
      };
    return configSyntax.check({ system, locate: (rel) => join(target, rel) });
  },
};

const completeness: HomeCheck = {
  name: 'config_completeness',
  about: 'No section that the package asks for is missing, and what the migration moved is where it went.',
  isThorough: false,
  of: /^(config\.yaml|projects\/registry\.yaml)$/,
  check(work) {
    const config = rootOf(work, 'config.yaml');
    const absent = SECTIONS.filter(
      (section) => config === undefined || nodeAt(config, [section]) === undefined,
    );
    const places = (work.content?.ledger ?? []).flatMap(({ kind, to }) =>
      kind === 'key' && to?.startsWith('config.yaml#') === true ? [to.slice('config.yaml#'.length)] : [],
    );
    const gone = places.filter(
      (path) => config === undefined || nodeAt(config, path.split('.')) === undefined,
    );
    const of = SECTIONS.length + places.length;
    const first =
      absent[0] === undefined ? `${gone[0]} is not there any more` : `section ${absent[0]} is missing`;
    const result = counted('config_completeness', 'items', of - absent.length - gone.length, of, first);
    // A setting that is gone may be one that the person removed.
    return absent.length === 0 && gone.length > 0 ? { ...result, status: 'warning' } : result;
  },
};

const projects: HomeCheck = {
  name: 'project_discovery',
  about: 'Each registered project has a folder that is there.',
  isThorough: false,
  of: /^projects\/registry\.yaml$/,
  check(work) {
    const paths = registeredPaths(work);
    const nameless = paths.find(({ path }) => path === undefined);
    const gone = paths.filter(
      ({ path }) => path === undefined || statIfReachable(work.system, path)?.kind !== 'folder',
    );
    const reason = nameless ? `${nameless.name} has no path` : `the folder of ${gone[0]?.name} is not there`;
    const result = counted('project_discovery', 'projects', paths.length - gone.length, paths.length, reason);
    return result.status === 'error' && nameless === undefined ? { ...result, status: 'warning' } : result;
  },
};

const state: HomeCheck = {
  name: 'state_preservation',
  about: 'Every JSON file of every .orch-state of the registered projects can be read.',
  isThorough: true,
  of: /^$/,
  check(work) {
    const { system } = work;
    const files = registeredPaths(work).flatMap(({ path }) => {
      const folder = path === undefined ? undefined : join(path, '.orch-state');
      if (folder === undefined || statIfReachable(system, folder)?.kind !== 'folder') return [];
      return walk(system, system.realPath(folder))
        .entries.filter(({ kind, rel }) => kind === 'file' && displayPath(rel).endsWith('.json'))
        .map(({ rel }) => joinPath(folder, rel));
    });
    const broken = files.filter((path) => !isJson(system, path));
    const reason = broken[0] && `${displayPath(broken[0])} is no JSON that can be read`;
    return counted('state_preservation', 'files', files.length - broken.length, files.length, reason);
  },
};

const credentials: HomeCheck = {
  name: 'credential_migration',
  about: 'The store opens with its key, every secret in it decrypts, and no other user may read either file.',
  isThorough: false,
  of: /^credentials\.(key|enc)$/,
  check({ system, target }) {
    const [key, enc] = ['credentials.key', 'credentials.enc'].map((rel) => join(target, rel)) as [
      string,
      string,
    ];
    if (system.lstat(enc) === undefined)
      return skipped('credential_migration', 'secrets', 'there are no stored secrets');
    const open = [key, enc].find(
      (path) => system.platform !== 'win32' && ((system.lstat(path)?.mode ?? 0) & 0o077) !== 0,
    );
    const failed = (reason: string) =>
      ({ name: 'credential_migration', status: 'error', done: 0, of: 1, unit: 'stores', reason }) as const;
    if (open !== undefined) return failed(`${open} can be read by other users`);
    try {
      const read = (path: string) => (system.lstat(path) === undefined ? undefined : system.readFile(path));
      const count = readVault(read(key), read(enc)).names().length;
      return counted('credential_migration', 'secrets', count, count, undefined);
    } catch (error) {
      if (error instanceof AppError) return failed(error.message);
      if (hasErrno(error, 'EACCES', 'EPERM')) return failed('this user may not read it');
      throw error;
    }
  },
};

const permissions: HomeCheck = {
  name: 'agent_permissions',
  about: 'Nobody else may write to the home, to its settings or to the custom agents.',
  isThorough: false,
  of: /^(agents\/|config\.yaml$)/,
  check({ system, target }) {
    const agents = join(target, 'agents');
    const entries = statIfReachable(system, agents)?.kind === 'folder' ? walk(system, agents).entries : [];
    const files: PathLike[] = [
      target,
      join(target, 'config.yaml'),
      ...entries.filter(({ kind }) => kind !== 'link').map(({ rel }) => joinPath(agents, rel)),
    ];
    const wrong = files.filter((path) => {
      const stat = ifReachable(() => system.lstat(path));
      return (
        stat !== undefined &&
        ((stat.mode & 0o002) !== 0 || (system.uid !== undefined && stat.uid !== system.uid))
      );
    });
    const reason = wrong[0] && `${displayPath(wrong[0])} can be changed by others`;
    return counted('agent_permissions', 'files', files.length - wrong.length, files.length, reason);
  },
};

const backup: HomeCheck = {
  name: 'backup_integrity',
  about:
    'Every byte of the newest backup from before a migration is read and compared, and its key opens it.',
  isThorough: true,
  of: /^$/,
  async check({ system, settings, target }) {
    try {
      const fallback = { kind: 'before-migration', target } as const;
      const path = chooseBackup(system, settings.home, settings.backups, undefined, fallback);
      const identity = await loadIdentity(system, identityPath(settings.home.path));
      const { checks } = await verifyBackup(system, path, identity);
      const failed = checks.find(({ ok }) => !ok);
      const files = checks.find(({ name }) => name === 'file_checksums');
      return {
        name: 'backup_integrity',
        status: failed === undefined ? 'ok' : 'error',
        done: files?.done ?? 0,
        of: files?.of ?? 0,
        unit: 'files',
        ...(failed && { reason: failed.reason ?? failed.name }),
      };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'NOTHING_TO_ROLL_BACK')
        return skipped('backup_integrity', 'files', 'there is no backup');
      return {
        name: 'backup_integrity',
        status: 'error',
        done: 0,
        of: 1,
        unit: 'backups',
        reason: error.message,
      };
    }
  },
};

const commands: HomeCheck = {
  name: 'command_functionality',
  about: 'The package’s own status, health and projects list answer, and show what is registered.',
  isThorough: true,
  of: /^$/,
  check: ({ system, target }) => checkCommands(system, target, probePackage(system)),
};

/** In the order in which they are shown. */
export const HOME_CHECKS: readonly HomeCheck[] = [
  syntax,
  completeness,
  oldAndNew,
  projects,
  state,
  credentials,
  permissions,
  backup,
  commands,
];

function registeredPaths(work: HomeCheckWork): { name: string; path: string | undefined }[] {
  const root = rootOf(work, 'projects/registry.yaml');
  const list = root && nodeAt(root, ['projects']);
  if (list?.kind !== 'map') return [];
  return list.entries.map(({ key, value }) => {
    const path = nodeAt(value, ['path']);
    return { name: key.source, path: path?.kind === 'scalar' ? String(path.value) : undefined };
  });
}

function isJson(system: HomeCheckWork['system'], path: PathLike): boolean {
  try {
    JSON.parse(system.readFile(path, 64 << 20).toString('utf8'));
    return true;
  } catch (error) {
    if (
      error instanceof SyntaxError ||
      error instanceof AppError ||
      hasErrno(error, 'EACCES', 'EPERM', 'EINVAL')
    )
      return false;
    throw error;
  }
}
