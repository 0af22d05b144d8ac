import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { ReadSystem } from '../system.ts';
import type { PackageSpec } from './package-spec.ts';
import { INSTALL_TIMEOUT_MS, installEnv, offlineEnv, reasonOf } from './python.ts';

const HAS_PIP = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("pip") is None)';

/**
 * Lets pip choose the wheel that this Python takes, from `wheels` or from the index that pip is set up for, and puts it
 * into `folder`. Only wheels: to build anything else would run its code before anybody has looked at it.
 * @throws PACKAGE_NOT_FOUND
 */
export function fetchWheel(
  system: ReadSystem,
  python: string,
  spec: PackageSpec,
  wheels: string | undefined,
  folder: string,
): string {
  const env = wheels === undefined ? installEnv(system) : offlineEnv(system, wheels);
  const pip = pipOf(system, python, folder);
  const wanted = spec.version === undefined ? spec.name : `${spec.name}==${spec.version}`;
  const options = ['--no-deps', '--only-binary=:all:', '--dest', join(folder, 'wheel'), wanted];
  const result = system.run(pip, ['-m', 'pip', 'download', ...options], {
    env,
    cwd: folder,
    timeoutMs: INSTALL_TIMEOUT_MS,
  });
  const file =
    result.status === 0
      ? system.readFolder(join(folder, 'wheel')).find(({ name }) => String(name).endsWith('.whl'))
      : undefined;
  if (file !== undefined) return join(folder, 'wheel', String(file.name));
  const where = wheels === undefined ? 'at the index that pip uses' : `in ${wheels}`;
  throw new AppError('PACKAGE_NOT_FOUND', { name: wanted, where, reason: reasonOf(result) });
}

/** Debian's Python comes without pip; an environment brings its own. @throws PYTHON_MISSING */
function pipOf(system: ReadSystem, python: string, folder: string): string {
  const options = { env: installEnv(system), cwd: '/', timeoutMs: INSTALL_TIMEOUT_MS };
  if (system.run(python, ['-c', HAS_PIP], options).status === 0) return python;
  const made = join(folder, 'pip');
  if (system.run(python, ['-I', '-m', 'venv', made], options).status !== 0)
    throw new AppError('PYTHON_MISSING');
  return join(made, 'bin', 'python');
}
