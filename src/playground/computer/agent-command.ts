import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The checkout that this file belongs to. */
export const CHECKOUT = join(import.meta.dirname, '..', '..', '..');

export interface AgentCommand {
  /** Folder for the PATH: `migration-agent` is in it. */
  readonly folder: string;
  /** Process id of the agent that was started last; undefined when none was. */
  lastPid(): Promise<number | undefined>;
}

/**
 * Puts a program `migration-agent` into `folder` that runs this checkout's agent. As root it adds `--allow-root` where the
 * agent asks for it: the home folder of the playground is thrown away.
 */
export async function writeAgentCommand(folder: string): Promise<AgentCommand> {
  const pidFile = join(folder, 'agent.pid');
  await mkdir(folder, { recursive: true });
  const script = `#!/bin/sh
echo "$$" > ${quoted(pidFile)}
if [ "$1" = connect ] && [ "$(id -u)" = 0 ]; then set -- "$@" --allow-root; fi
exec ${quoted(process.execPath)} --disable-warning=ExperimentalWarning ${quoted(join(CHECKOUT, 'src/agent.ts'))} "$@"
`;
  await writeFile(join(folder, 'migration-agent'), script, { mode: 0o755 });
  return {
    folder,
    lastPid: async () => Number(await readFile(pidFile, 'utf8').catch(() => '')) || undefined,
  };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
