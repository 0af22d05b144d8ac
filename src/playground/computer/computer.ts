import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sample } from '../sample/write-sample.ts';
import { type AgentCommand, writeAgentCommand } from './agent-command.ts';
import { descendsFrom } from './descent.ts';
import { Terminal } from './terminal.ts';
import { TreeWatch } from './tree-watch.ts';

export interface ComputerOptions {
  readonly sample: Sample;
  /** Folder for the playground's own programs, outside the person's home. */
  readonly programs: string;
  /** Where the bot listens for agents, as MIGRATION_HUB. */
  readonly hub: string;
  /** Where the services are that the person's tokens belong to. */
  readonly services: { readonly discord: string; readonly claude: string };
}

/** The person's computer: a terminal in their home folder, and the folders that a migration is about. */
export class Computer {
  readonly home: string;
  readonly terminal: Terminal;
  /** The legacy installation. */
  readonly clone: TreeWatch;
  /** The package's configuration home. */
  readonly target: TreeWatch;
  readonly #agent: AgentCommand;

  private constructor(
    home: string,
    terminal: Terminal,
    trees: readonly [TreeWatch, TreeWatch],
    agent: AgentCommand,
  ) {
    this.home = home;
    this.terminal = terminal;
    [this.clone, this.target] = trees;
    this.#agent = agent;
  }

  static async start({ sample, programs, hub, services }: ComputerOptions): Promise<Computer> {
    const { home, clone, target } = sample;
    const agent = await writeAgentCommand(programs);
    const folder = await writeAgentFolder(home);
    const trees = [await TreeWatch.begin(clone), await TreeWatch.begin(target)] as const;
    const env = {
      HOME: home,
      PATH: `${agent.folder}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      PS1: '\\[\\e[1;32m\\]\\W\\[\\e[0m\\] $ ',
      MIGRATION_AGENT_HOME: join(home, '.local/state/migration-agent'),
      MIGRATION_HUB: hub,
      DISCORD_API: services.discord,
      ANTHROPIC_BASE_URL: services.claude,
      npm_config_update_notifier: 'false',
    };
    return new Computer(home, new Terminal({ folder, env, greeting: greeting() }), trees, agent);
  }

  /** Ends the agent as a power cut would. False when none runs in the terminal. */
  async killAgent(): Promise<boolean> {
    const pid = await this.#agent.lastPid();
    if (pid === undefined || !(await descendsFrom(pid, this.terminal.pid))) return false;
    process.kill(pid, 'SIGKILL');
    return true;
  }

  async close(): Promise<void> {
    await this.terminal.close();
  }
}

/** Stands in for the checkout, so that `npm run -s agent -- VERB` works as printed everywhere. */
async function writeAgentFolder(home: string): Promise<string> {
  const folder = join(home, 'migration-assistant');
  await mkdir(folder);
  const text = { name: 'migration-assistant', private: true, scripts: { agent: 'migration-agent' } };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(text, null, 2)}\n`);
  return folder;
}

function greeting(): string {
  const asRoot =
    process.getuid?.() === 0
      ? 'This runs as root in a home folder that is thrown away:\n`connect` gets `--allow-root` here.\n'
      : '';
  return `The old installation is ~/agent-workflow.\nTo link this computer: migration-agent pair\n${asRoot}\n`;
}
