/** Tells Discord which slash commands there are. PUT only when they changed; `--dry-run` prints the difference. */
import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REST, Routes } from 'discord.js';
import { COMMANDS } from './commands/index.ts';
import { type BotConfig, loadBotConfig } from './src/bot/bot-config.ts';
import { AppError, hasErrno } from './src/shared/errors.ts';

export interface Deployment {
  readonly state: 'changed' | 'unchanged' | 'dry-run';
  /** A line for each command that is new, different or gone. */
  readonly difference: readonly string[];
}

/** What was told to Discord last, in DATA_DIR. */
const FILE = 'deployed-commands.json';

interface Deployed {
  /** Of the address, application, server and commands. */
  readonly sha256: string;
  readonly commands: readonly { readonly name: string }[];
}

/**
 * Registers all commands, for one server where DISCORD_GUILD_ID is given, else for all.
 * @throws what Discord answers when it refuses them
 */
export async function deployCommands(config: BotConfig, isDryRun = false): Promise<Deployment> {
  const { appId, guildId, discordApi, dataDir, token } = config;
  // `contexts` and `integration_types` are for commands of all servers only.
  const commands = COMMANDS.map(({ definition }) => {
    const { contexts, integration_types: types, ...everywhere } = definition;
    return guildId === undefined ? definition : everywhere;
  });
  const sha256 = hash('sha256', JSON.stringify([discordApi, appId, guildId ?? null, commands]), 'hex');
  const file = join(dataDir, FILE);
  const before = readDeployed(file);
  const difference = differenceOf(before?.commands ?? [], commands);
  if (isDryRun) return { state: 'dry-run', difference };
  if (before?.sha256 === sha256) return { state: 'unchanged', difference };
  const rest = new REST({ api: discordApi, version: '10' }).setToken(token.reveal().toString('utf8'));
  const route =
    guildId === undefined
      ? Routes.applicationCommands(appId)
      : Routes.applicationGuildCommands(appId, guildId);
  await rest.put(route, { body: commands });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify({ sha256, commands } satisfies Deployed)}\n`, { mode: 0o600 });
  return { state: 'changed', difference };
}

function differenceOf(before: Deployed['commands'], now: Deployed['commands']): string[] {
  const old = new Map(before.map((command) => [command.name, JSON.stringify(command)]));
  const names = now.map(({ name }) => name);
  return [
    ...now
      .filter((command) => old.get(command.name) !== JSON.stringify(command))
      .map(({ name }) => `${old.has(name) ? 'changed' : 'new'}: /${name}`),
    ...before.filter(({ name }) => !names.includes(name)).map(({ name }) => `gone: /${name}`),
  ];
}

/** Undefined when nothing was deployed from this folder, or its record cannot be read: then everything is sent. */
function readDeployed(file: string): Deployed | undefined {
  try {
    const { sha256, commands } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Deployed>;
    return typeof sha256 === 'string' && Array.isArray(commands) ? { sha256, commands } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function main(args: readonly string[]): Promise<void> {
  try {
    const config = loadBotConfig(args, process.env, process.cwd());
    const { state, difference } = await deployCommands(config, args.includes('--dry-run'));
    const lines = difference.length === 0 ? ['No command differs from what was deployed last.'] : difference;
    const end = {
      changed: 'Discord knows them now.',
      unchanged: 'Nothing was sent.',
      'dry-run': 'Nothing was sent.',
    };
    process.stdout.write(`${[...lines, end[state]].join('\n')}\n`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`${error.label} ${error.message}\n${error.hint}\n`);
    process.exitCode = 2;
  }
}

if (process.argv[1] === import.meta.filename) void main(process.argv.slice(2));
