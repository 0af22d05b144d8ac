import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployCommands } from '../../deploy-commands.ts';
import { botConfig } from '../../src/bot/bot-config.ts';
import { BotProcess } from '../../src/playground/computer/bot-process.ts';
import { messageText } from '../../src/playground/discord/driver/look.ts';
import type { UserDriver } from '../../src/playground/discord/driver/user-driver.ts';
import type { PlaygroundDiscord } from '../../src/playground/discord/playground-discord.ts';
import { startPlaygroundDiscord } from '../../src/playground/discord/start.ts';
import { cardSaying, threadOf } from '../bot/bot-world.ts';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { askAgent } from '../helpers/agent.ts';
import { makeCertificate } from '../helpers/certificates.ts';
import { Program } from '../helpers/program.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { freePort, startTlsProxy, type TlsProxy } from '../helpers/tls-proxy.ts';

/** The bot of somebody else behind nginx, a person of its server who does not run it, and that person's computer. */
describe('a computer somewhere else', () => {
  const folder = useTempFolder('file');
  let tiny: TinyInstallation;
  let discord: PlaygroundDiscord;
  let bot: BotProcess;
  let proxy: TlsProxy;
  let ben: UserDriver;
  let eve: UserDriver;
  let env: Readonly<Record<string, string>>;
  let agent: Program | undefined;

  beforeAll(async () => {
    tiny = buildTinyInstallation(folder(), 'none');
    const tls = makeCertificate(folder());
    const [port, hubPort] = [await freePort(), await freePort()];
    discord = await startPlaygroundDiscord();
    ben = discord.createUser({ username: 'ben' });
    eve = discord.createUser({ username: 'eve' });
    const settings = {
      DISCORD_TOKEN: discord.token,
      DISCORD_APP_ID: discord.applicationId,
      OWNER_ID: discord.createUser({ username: 'operator' }).id,
      DISCORD_API: discord.api,
      DISCORD_CDN: discord.cdn,
      DATA_DIR: join(folder(), 'bot'),
      HUB_LISTEN: `ws://127.0.0.1:${hubPort}`,
      HUB_PUBLIC_URL: `wss://localhost:${port}`,
      HUB_TRUST_PROXY: '127.0.0.1',
      HTTP_LISTEN: '127.0.0.1:0',
      HOME: folder(),
    };
    await deployCommands(botConfig(undefined, 'bot.yml', settings));
    bot = new BotProcess({ env: settings, log: join(folder(), 'bot.log') });
    await bot.start();
    proxy = await startTlsProxy(join(folder(), 'nginx'), port, hubPort, tls);
    env = { NODE_EXTRA_CA_CERTS: tls.authority };
  });
  afterAll(async () => {
    agent?.child.kill('SIGKILL');
    await bot.close();
    await proxy.stop();
    await discord.close();
  });

  const help = () => discord.channelId('migration-help');
  const ask = async (person: UserDriver, command: string, options: Record<string, string> = {}) =>
    (await person.slash(help(), command, { options })).message;

  /** `pair` at the terminal up to the code that it shows. */
  async function pairing(): Promise<{ readonly terminal: Program; readonly code: string }> {
    const terminal = Program.onTerminal(tiny.home, ['pair', '--hub', proxy.url], env);
    await terminal.says('Your Discord username');
    terminal.type('ben');
    await terminal.says('The code is good for five minutes.');
    return { terminal, code: /pair code:([A-Z]{4}-[A-Z]{4})/.exec(terminal.output)?.[1] ?? '' };
  }

  it('is told in Discord how to begin, with the address', async () => {
    expect(messageText(await ask(ben, '/machine setup'))).toContain(`pair --hub ${proxy.url}`);
  });

  it('is not linked for a second account that has the code, and keeps nothing', async () => {
    const { terminal, code } = await pairing();
    const asked = await ask(eve, '/machine pair', { code });
    await eve.press(asked.id, 'This is my computer: show the number');

    expect(await terminal.ended).toBe(1);
    expect(terminal.output).toContain('another account answered than was typed');
    expect(askAgent(tiny.home, ['unpair'])).toMatchObject({ result: { unpaired: false } });
    expect(messageText(await ask(eve, '/machine list'))).toContain('No computer is linked');
  });

  it('is linked by a code typed in Discord and six digits typed at the terminal', async () => {
    const { terminal, code } = await pairing();
    const words = /The words: +([a-z]+ [a-z]+ [a-z]+)/.exec(terminal.output)?.[1] ?? 'none';
    const asked = await ask(ben, '/machine pair', { code });
    expect(messageText(asked)).toContain(words);
    const claimed = await ben.press(asked.id, 'This is my computer: show the number');
    const digits = /# (\d{3} \d{3})/.exec(messageText(claimed.message))?.[1] ?? '';
    expect(terminal.output).not.toContain(digits);

    await terminal.says('The six digits that Discord shows you:');
    expect(terminal.output).toContain(`ben (${ben.id})`);
    terminal.type(digits);
    await terminal.says('Which may the bot look at?');
    terminal.type('1');

    expect(await terminal.ended).toBe(0);
    const linked = await ben.waitFor(help(), (message) => messageText(message).includes('## Linked'), {
      about: 'that it is linked',
    });
    expect(linked.id).toBe(asked.id);
  });

  it('connects through the proxy, and is looked at from Discord by its owner alone', async () => {
    agent = Program.start(tiny.home, ['connect', '--allow-root'], env);
    await agent.says(`connected to the bot at ${proxy.url}`);

    expect(messageText(await ask(eve, '/assess'))).toContain('No computer is linked');
    await ask(ben, '/assess');
    await cardSaying(ben, await threadOf(ben), 'Recommended');
    await agent.says('assess an installation: done');
  });

  it('leaves no digits, code or key in the log of the bot', () => {
    const log = readFileSync(join(folder(), 'bot.log'), 'utf8');
    expect(log).toContain(proxy.url);
    expect(log).not.toMatch(/[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/);
    expect(log).not.toContain('PRIVATE KEY');
  });
});
