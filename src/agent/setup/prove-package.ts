import { AppError } from '../../shared/errors.ts';
import { ENTRY_POINT, type PackageSpec, sameName } from './package-spec.ts';
import type { WheelFacts } from './wheel-facts.ts';

/**
 * A name alone proves nothing: anybody may have it at an index. The file has to have the name, version and hash that are
 * pinned, and its `agent-orch` has to start what the package's own does.
 * @throws PACKAGE_WRONG naming the first thing that is not so
 */
export function provePackage(spec: PackageSpec, wheel: WheelFacts): void {
  const wrong = whyWrong(spec, wheel);
  if (wrong !== undefined) throw new AppError('PACKAGE_WRONG', { file: wheel.file, reason: wrong });
}

function whyWrong(spec: PackageSpec, wheel: WheelFacts): string | undefined {
  if (!sameName(wheel.name, spec.name)) return `it is named "${wheel.name}", not "${spec.name}"`;
  if (spec.version !== undefined && wheel.version !== spec.version)
    return `it is version ${wheel.version}, not ${spec.version}`;
  if (spec.hashes.length > 0 && !spec.hashes.includes(wheel.sha256))
    return `its SHA-256 is ${wheel.sha256}, which PACKAGE_SPEC does not name`;
  const starts = wheel.commands.find(({ command }) => command === 'agent-orch')?.starts;
  if (starts === undefined) return 'it brings no command agent-orch';
  return starts === ENTRY_POINT ? undefined : `its agent-orch starts ${starts}, not ${ENTRY_POINT}`;
}
