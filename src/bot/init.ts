import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openIdentity } from '../../services/hub/identity.ts';
import { asStartedHere } from '../shared/own-command.ts';
import { PACKAGE_ROOT } from '../shared/package-root.ts';
import { BOT_DEFAULTS, DEFAULT_FILE } from './bot-config.ts';

const EXAMPLE = join(PACKAGE_ROOT, 'config', 'bot.example.yml');

/**
 * What has to be there before the first start: settings to fill in (0600) and the bot's keys. Nothing that is there is
 * touched; a second call says so.
 * @throws BOT_KEYS_UNUSABLE
 */
export async function init(_args: readonly string[]): Promise<number> {
  const settings = join(process.cwd(), DEFAULT_FILE);
  const isNew = !existsSync(settings);
  if (isNew) {
    mkdirSync(dirname(settings), { recursive: true });
    writeFileSync(settings, readFileSync(EXAMPLE), { mode: 0o600, flag: 'wx' });
  }
  const dataDir = process.env['DATA_DIR'] || BOT_DEFAULTS.data_dir;
  const { identity, recoveryFile } = openIdentity(dataDir);
  const lines = [
    isNew ? `Settings to fill in: ${settings}` : `Settings: ${settings}`,
    `Bot: ${identity.botId}`,
    ...(recoveryFile === undefined
      ? ['Its keys were there already.']
      : [
          'Its keys were made.',
          `Move this file to a safe place away from this computer: ${recoveryFile}`,
          'It is the only key that can replace a stolen one. Nothing that runs ever reads it.',
        ]),
    'Next: fill in the settings, then `migration-bot doctor`.',
  ];
  process.stdout.write(`${asStartedHere(lines.join('\n'))}\n`);
  return 0;
}
