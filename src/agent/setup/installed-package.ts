import { isInside } from '../paths.ts';
import { type InstalledPackage, interpreterOf } from '../survey/package-probe.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import type { ReadSystem } from '../system.ts';
import { installEnv } from './python.ts';

/** Which package an installed command belongs to, by the metadata that its own Python has of it. */
export interface InstalledFacts {
  readonly name: string;
  readonly version: string;
  /** `module:function` that `agent-orch` starts. */
  readonly starts: string;
}

const READ = `
import importlib.metadata as metadata, json, sys
for one in metadata.distributions():
    for entry in one.entry_points:
        if entry.group == "console_scripts" and entry.name == sys.argv[1]:
            print(json.dumps({"name": one.metadata["Name"], "version": one.version, "starts": entry.value.split("[")[0].replace(" ", "")}))
            sys.exit()
sys.exit(1)
`;

/** Undefined where nobody can tell: the command is no program of a Python package. */
export function installedFacts(
  system: ReadSystem,
  { command }: Pick<InstalledPackage, 'command'>,
): InstalledFacts | undefined {
  const python = interpreterOf(system, command);
  if (python === undefined) return undefined;
  const args = ['-I', '-c', READ, 'agent-orch'];
  const { status, stdout } = system.run(python, args, { env: installEnv(system), cwd: '/' });
  return status === 0 ? (JSON.parse(stdout.toString('utf8')) as InstalledFacts) : undefined;
}

/** True for the clone's own: a command in it, a link into it, or an environment that runs the clone's code. */
export function isOfClone(system: ReadSystem, probe: InstalledPackage, source: string): boolean {
  return [probe.command, probe.location].some(
    (path) => path !== undefined && (isInside(path, source) || isInside(realPathSoFar(system, path), source)),
  );
}
