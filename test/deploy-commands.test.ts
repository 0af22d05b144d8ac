import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '../commands/index.ts';
import { deployCommands } from '../deploy-commands.ts';
import { botConfig } from '../src/bot/bot-config.ts';
import { startPlaygroundDiscord } from '../src/playground/discord/start.ts';
import { useTempFolder } from './helpers/temp.ts';

const folder = useTempFolder();

async function atDiscord() {
  const discord = await startPlaygroundDiscord();
  onTestFinished(() => discord.close());
  const config = botConfig(undefined, 'bot.yml', {
    DISCORD_TOKEN: discord.token,
    DISCORD_APP_ID: discord.applicationId,
    DISCORD_GUILD_ID: discord.guildId,
    OWNER_ID: discord.createUser({ username: 'ada' }).id,
    DISCORD_API: discord.api,
    DATA_DIR: folder(),
  });
  const puts = () =>
    discord.traffic.frames.filter(({ about, from }) => from === 'bot' && about.startsWith('PUT')).length;
  return { config, puts };
}

it('sends the commands once, and again only when one has changed', async () => {
  const { config, puts } = await atDiscord();

  expect((await deployCommands(config)).state).toBe('changed');
  expect((await deployCommands(config)).state).toBe('unchanged');
  expect(puts()).toBe(1);

  const file = join(folder(), 'deployed-commands.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(
    file,
    readFileSync(file, 'utf8')
      .replace('Look at your installation', 'Look at an installation')
      .replace(/"sha256":"./, '"sha256":"x'),
  );
  const again = await deployCommands(config);
  expect(again).toEqual({ state: 'changed', difference: ['changed: /assess'] });
  expect(puts()).toBe(2);
});

it('only shows the difference in a dry run', async () => {
  const { config, puts } = await atDiscord();

  const { state, difference } = await deployCommands(config, true);

  expect(state).toBe('dry-run');
  expect(difference).toEqual(COMMANDS.map(({ definition }) => `new: /${definition.name}`));
  expect(puts()).toBe(0);
});

it('sends everything when the record of the last time cannot be read', async () => {
  const { config, puts } = await atDiscord();
  writeFileSync(join(folder(), 'deployed-commands.json'), '{"sha256": 3');

  expect((await deployCommands(config)).state).toBe('changed');
  expect(puts()).toBe(1);
});
