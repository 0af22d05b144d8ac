import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { makeFolders } from '../files.ts';
import { findCommand } from '../survey/package-probe.ts';
import type { CommandResult, ReadSystem, System } from '../system.ts';
import { PACKAGE_NAME } from './package-spec.ts';
import { INSTALL_TIMEOUT_MS, installEnv, offlineEnv, reasonOf } from './python.ts';

/** Each makes an environment of the package's own. None ever installs into a Python that others use. */
export type InstallMethod = 'pipx' | 'uv' | 'venv';

export interface InstallPlace {
  /** Folder of the package's environment. */
  readonly environment: string;
  /** Folder that its commands are linked from. */
  readonly bin: string;
}

export interface InstallWork {
  readonly python: string;
  /** The proven file. */
  readonly wheel: string;
  readonly commands: readonly string[];
  readonly place: InstallPlace;
  /** Folder that everything else comes from; undefined: the index that pip is set up for. */
  readonly wheels: string | undefined;
}

interface Installer {
  isThere(system: ReadSystem): boolean;
  /** @throws PACKAGE_INSTALL_FAILED where the program does not tell */
  place(system: System, name: string): InstallPlace;
  /** @throws PACKAGE_INSTALL_FAILED */
  install(system: System, work: InstallWork): void;
}

export const INSTALLERS: Readonly<Record<InstallMethod, Installer>> = {
  pipx: {
    isThere: (system) => program(system, 'pipx') !== undefined,
    place: (system, name) => {
      const told = ask(system, 'pipx', ['environment']);
      const line = (key: string) => new RegExp(`^${key}=(/.*)$`, 'm').exec(told)?.[1];
      return placed('pipx', line('PIPX_LOCAL_VENVS'), line('PIPX_BIN_DIR'), name);
    },
    install: (system, { python, wheel, wheels }) =>
      must('pipx', start(system, 'pipx', ['install', '--python', python, wheel], wheels)),
  },
  uv: {
    isThere: (system) => program(system, 'uv') !== undefined,
    place: (system, name) =>
      placed('uv', ask(system, 'uv', ['tool', 'dir']), ask(system, 'uv', ['tool', 'dir', '--bin']), name),
    install: (system, { python, wheel, wheels }) =>
      must('uv', start(system, 'uv', ['tool', 'install', '--python', python, wheel], wheels)),
  },
  venv: {
    isThere: () => true,
    place: (system) => ({
      environment: join(
        system.env['XDG_DATA_HOME'] || join(system.home, '.local/share'),
        PACKAGE_NAME,
        'venv',
      ),
      bin: join(system.home, '.local/bin'),
    }),
    install: (system, { python, wheel, wheels, commands, place: { environment, bin } }) => {
      makeFolders(system, join(environment, '..'), 0o755);
      must('venv', run(system, python, ['-I', '-m', 'venv', environment], undefined));
      const pip = ['-m', 'pip', 'install', wheel];
      must('pip', run(system, join(environment, 'bin/python'), pip, wheels));
      makeFolders(system, bin, 0o755);
      for (const command of commands) {
        const link = join(bin, command);
        if (system.lstat(link) === undefined) system.symlink(join(environment, 'bin', command), link);
      }
    },
  },
};

/** The first that this machine has. */
export function usualMethod(system: ReadSystem): InstallMethod {
  return (['pipx', 'uv', 'venv'] as const).find((name) => INSTALLERS[name].isThere(system)) ?? 'venv';
}

function placed(method: string, environments: string | undefined, bin: string | undefined, name: string) {
  if (!environments?.startsWith('/') || !bin?.startsWith('/'))
    throw new AppError('PACKAGE_INSTALL_FAILED', { method, reason: 'it does not tell where it installs to' });
  return { environment: join(environments, name), bin };
}

function program(system: ReadSystem, name: string): string | undefined {
  return findCommand(system, [name]);
}

function ask(system: System, name: string, args: readonly string[]): string {
  return must(name, start(system, name, args, undefined))
    .stdout.toString('utf8')
    .trim();
}

function start(system: System, name: string, args: readonly string[], wheels: string | undefined) {
  return run(system, program(system, name) ?? name, args, wheels);
}

function run(system: System, command: string, args: readonly string[], wheels: string | undefined) {
  const env = wheels === undefined ? installEnv(system) : offlineEnv(system, wheels);
  return system.run(command, args, { env, cwd: system.home, timeoutMs: INSTALL_TIMEOUT_MS });
}

function must(method: string, result: CommandResult): CommandResult {
  if (result.status === 0) return result;
  throw new AppError('PACKAGE_INSTALL_FAILED', { method, reason: reasonOf(result) });
}
