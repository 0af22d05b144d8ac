import { homedir } from 'node:os';
import { deployCommands } from '../../deploy-commands.ts';
import { createServices, type Notice, type Services } from '../../services/create-services.ts';
import { defaultHubAddress } from '../../services/hub/address.ts';
import { systemClock } from '../shared/clock.ts';
import { createLogger, type Logger } from '../shared/logger.ts';
import { type BotConfig, loadBotConfig } from './bot-config.ts';
import { createRest, usernameOf } from './discord-rest.ts';
import { startHealthServer } from './health-server.ts';
import { type RunningBot, startBot } from './start-bot.ts';

/**
 * The bot, from its settings to its end: records and hub, then Discord, and in reverse. Returns 0 when a signal ended it,
 * 1 when the session with Discord is over for good, so that a supervisor starts it anew.
 * @throws AppError in words for the operator, with everything closed that was open
 */
export async function run(args: readonly string[]): Promise<number> {
  const config = loadBotConfig(args, process.env, process.cwd());
  const log = createLogger(config.logLevel);
  const stopped = signalled();
  const closers: (() => Promise<void>)[] = [];
  let isReady = false;
  try {
    const health = await startHealthServer(config.httpListen, { isReady: () => isReady });
    closers.push(() => health.close());
    const services = await openServices(config, log);
    closers.push(() => services.close());
    await deploy(config, log);
    const bot = await startBot(config, { ...services, clock: systemClock, log });
    closers.push(() => bot.close());
    isReady = true;
    log.info(
      {
        hub: services.machines.addresses.join(' '),
        http: health.address,
        publicUrl: services.machines.publicUrl,
      },
      'the bot takes commands',
    );
    if (services.machines.publicUrl === undefined)
      log.warn('no other computer can connect to this bot; HUB_PUBLIC_URL allows it, `doctor` says how');
    return await untilEnd(bot, stopped, log);
  } finally {
    isReady = false;
    for (const close of closers.reverse()) await close();
  }
}

function openServices(config: BotConfig, log: Logger): Promise<Services & { close(): Promise<void> }> {
  const rest = createRest(config);
  return createServices({
    dataDir: config.dataDir,
    listen: config.hubListen ?? defaultHubAddress(process.env, homedir()),
    publicUrl: config.hubPublicUrl,
    proxies: config.hubTrustProxy,
    tls: config.hubTls,
    owner: config.ownerId,
    app: config.appId,
    guild: config.guildId,
    usernameOf: (user) => usernameOf(rest, user),
    onNotice: (notice) => tell(notice, log),
  });
}

function tell(notice: Notice, log: Logger): void {
  switch (notice.kind) {
    case 'first-start':
      log.warn(
        { file: notice.file },
        'the keys of the bot were made; move this file to a safe place away from this computer: only it can replace a stolen key',
      );
      return;
    case 'alarm':
      log.error({ alarm: notice.alarm }, 'something happened that must not');
      return;
    case 'fault':
      log.error({ err: notice.error }, 'a service failed with a fault of ours');
      return;
  }
}

/** Commands that Discord does not know yet are told; where it refuses them, the bot runs with those it knows. */
async function deploy(config: BotConfig, log: Logger): Promise<void> {
  try {
    const { state, difference } = await deployCommands(config);
    log.info({ state, difference }, 'the commands were compared with those that Discord was told');
  } catch (error) {
    log.error({ err: error }, 'Discord did not take the commands; the next start tries again');
  }
}

async function untilEnd(bot: RunningBot, stopped: Promise<string>, log: Logger): Promise<number> {
  const end = await Promise.race([
    bot.dead.then((reason) => ({ reason, exit: 1 })),
    stopped.then((reason) => ({ reason, exit: 0 })),
  ]);
  log.info(end, 'the bot ends');
  return end.exit;
}

function signalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
}
