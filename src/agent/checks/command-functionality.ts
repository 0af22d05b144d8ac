import { join } from 'node:path';
import { readTextIfThere } from '../files.ts';
import type { InstalledPackage, PackageProbe } from '../survey/package-probe.ts';
import type { ReadSystem } from '../system.ts';
import { nodeAt } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { CheckResult } from './check.ts';

const NAME = 'command_functionality';
const TIMEOUT_MS = 30_000;

/** What the package itself is asked, and how its answer is judged. */
const QUESTIONS: readonly {
  args: readonly string[];
  accepts: (output: string, status: number) => boolean;
}[] = [
  { args: ['status'], accepts: (_, status) => status === 0 },
  {
    args: ['health'],
    accepts: (output, status) => status === 0 || /config_file_valid|Configuration Health/.test(output),
  },
  {
    args: ['configure', '--validate'],
    accepts: (output, status) => status === 0 && !/Missing section/.test(output),
  },
];

/** Runs the installed package's own commands on the new home. Looks only after everything is in its place. */
export function checkCommands(system: ReadSystem, target: string, probe: PackageProbe): CheckResult {
  if (!probe.installed) {
    const reason = 'the package is not installed; install it with: pipx install agent-workflow';
    return { name: NAME, status: 'warning', done: 0, of: QUESTIONS.length + 1, unit: 'commands', reason };
  }
  const ask = (args: readonly string[]) => run(system, probe, target, args);
  const failed = QUESTIONS.filter(({ args, accepts }) => {
    const { output, status } = ask(args);
    return !accepts(output, status);
  }).map(({ args }) => args.join(' '));
  const unlisted = unlistedProject(system, target, ask(['projects', 'list']).output);
  if (unlisted !== undefined) failed.push(`projects list (${unlisted} is not in it)`);
  const of = QUESTIONS.length + 1;
  return {
    name: NAME,
    status: failed.length === 0 ? 'ok' : 'warning',
    done: of - failed.length,
    of,
    unit: 'commands',
    reason:
      failed.length === 0
        ? undefined
        : `agent-orch ${failed.join(', agent-orch ')} did not answer as expected`,
  };
}

function run(system: ReadSystem, probe: InstalledPackage, target: string, args: readonly string[]) {
  const env = {
    PATH: system.env['PATH'] ?? '',
    HOME: system.home,
    AGENT_WORKFLOW_CONFIG_DIR: target,
    LC_ALL: 'C.UTF-8',
    COLUMNS: '400',
    NO_COLOR: '1',
    TERM: 'dumb',
  };
  const result = system.run(probe.command, args, { env, cwd: target, timeoutMs: TIMEOUT_MS });
  return {
    output: `${result.stdout.toString('utf8')}${result.stderr.toString('utf8')}`,
    status: result.status,
  };
}

/** The first registered project that the package's list does not show. Long names are cut by its table. */
function unlistedProject(system: ReadSystem, target: string, output: string): string | undefined {
  const text = readTextIfThere(system, join(target, 'projects/registry.yaml'));
  const root = text === undefined ? undefined : readYaml(Buffer.from(text)).root;
  const projects = root && nodeAt(root, ['projects']);
  const names = projects?.kind === 'map' ? projects.entries.map(({ key }) => key.source) : [];
  return names.find((name) => !output.includes(name.slice(0, 12)));
}
