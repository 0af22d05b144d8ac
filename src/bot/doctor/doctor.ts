import { createLogger } from '../../shared/logger.ts';
import { loadBotConfig } from '../bot-config.ts';
import { createDiscordClient } from '../discord-client.ts';
import { createRest } from '../discord-rest.ts';
import { checkAccount } from './account.ts';
import type { Finding } from './finding.ts';
import { checkFolder } from './folder.ts';
import { checkPlaces } from './places.ts';

/**
 * Everything that the bot needs, looked at and told at once. 1 when something is wrong.
 * @throws CONFIG_INVALID with all problems of the settings
 */
export async function doctor(args: readonly string[]): Promise<number> {
  const config = loadBotConfig(args, process.env, process.cwd());
  const account = await checkAccount(createRest(config), config);
  const isKnown = account.some(({ check, status }) => check === 'token' && status === 'ok');
  const client = createDiscordClient(config, createLogger('silent'), { onDead: () => {} });
  const places = isKnown ? await checkPlaces(client, config) : [];
  const findings = [...account, ...places, ...checkFolder(config)];
  const isJson = args.includes('--json');
  process.stdout.write(isJson ? `${JSON.stringify({ findings })}\n` : `${linesOf(findings).join('\n')}\n`);
  return findings.some(({ status }) => status === 'error') ? 1 : 0;
}

function linesOf(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, status, says, todo }) => [
    `${status.padEnd(8)} ${check.padEnd(width)}  ${says}`,
    ...(todo === undefined ? [] : [`${' '.repeat(9 + width + 2)}${todo}`]),
  ]);
  const wrong = findings.filter(({ status }) => status === 'error').length;
  return [...lines, '', wrong === 0 ? 'Nothing is wrong.' : `${wrong} of ${findings.length} checks failed.`];
}
