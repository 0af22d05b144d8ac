import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { messageText } from '../../src/playground/discord/driver/look.ts';
import type { PlaygroundDiscord } from '../../src/playground/discord/playground-discord.ts';
import { startPlaygroundDiscord } from '../../src/playground/discord/start.ts';
import { useTempFolder } from '../helpers/temp.ts';

const FLAGS = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, '../../src/bot.ts')];

const folder = useTempFolder();

async function playground(): Promise<PlaygroundDiscord> {
  const discord = await startPlaygroundDiscord();
  onTestFinished(() => discord.close());
  return discord;
}

function envOf(discord: PlaygroundDiscord, change: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: '/usr/bin:/bin',
    HOME: folder(),
    DISCORD_TOKEN: discord.token,
    DISCORD_APP_ID: discord.applicationId,
    DISCORD_GUILD_ID: discord.guildId,
    OWNER_ID: discord.createUser({ username: 'ada' }).id,
    DISCORD_API: discord.api,
    DISCORD_CDN: discord.cdn,
    DATA_DIR: join(folder(), 'data'),
    HUB_LISTEN: `unix:${join(folder(), 'run', 'hub.sock')}`,
    HTTP_LISTEN: '127.0.0.1:0',
    ...change,
  };
}

/** A verb that ends by itself, with the playground answering meanwhile. */
async function ask(args: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [...FLAGS, ...args], { cwd: folder(), env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  const exit = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exit, stdout, stderr };
}

type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** The bot itself, up to the line that says that it takes commands. */
async function start(env: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, FLAGS, { cwd: folder(), env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let output = '';
  const ready = await new Promise<LogLine>((resolve, reject) => {
    child.stdout?.on('data', (data: Buffer) => {
      output += data.toString();
      const line = output.split('\n').find((text) => text.includes('the bot takes commands'));
      if (line !== undefined) resolve(JSON.parse(line) as LogLine);
    });
    void ended.then((exit) => reject(new Error(`it ended with ${exit}: ${output}`)));
  });
  return { child, ended, ready, output: () => output };
}

describe('the bot as a program', () => {
  it('tells Discord its commands, answers them, says that it is ready, and ends on SIGTERM with 0', async () => {
    const discord = await playground();
    const env = envOf(discord);
    const bot = await start(env);

    const health = `http://${String(bot.ready['http'])}`;
    expect((await fetch(`${health}/readyz`)).status).toBe(200);
    expect((await fetch(`${health}/healthz`)).status).toBe(200);
    expect((await fetch(`${health}/`)).status).toBe(404);
    const answer = await discord
      .as(env['OWNER_ID'] ?? '')
      .slash(discord.channelId('migration-help'), '/help');
    expect(messageText(answer.message)).toContain('/assess');

    bot.child.kill('SIGTERM');
    expect(await bot.ended).toBe(0);
    expect(bot.output()).not.toContain(discord.token);
    expect(existsSync(join(folder(), 'run', 'hub.sock'))).toBe(false);
  });

  it('ends with 1 when its session is over for good, so that a supervisor starts it anew', async () => {
    const discord = await playground();
    const bot = await start(envOf(discord));

    discord.dropGateway('dead');

    expect(await bot.ended).toBe(1);
  });

  it('names every wrong setting at once, and never the token', async () => {
    const { exit, stdout, stderr } = await ask([], {
      PATH: '/usr/bin:/bin',
      HOME: folder(),
      DISCORD_TOKEN: 'tell.no.one',
      OWNER_ID: 'ada',
      HTTP_LISTEN: 'nowhere',
    });

    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    for (const words of ['discord_app_id (DISCORD_APP_ID) is missing', 'owner_id', 'http_listen'])
      expect(stderr).toContain(words);
    expect(stderr).not.toContain('tell.no.one');
  });

  it('knows no other verb, and explains those it knows', async () => {
    const env = { PATH: '/usr/bin:/bin', HOME: folder() };
    expect(await ask(['dance'], env)).toMatchObject({ exit: 2, stdout: '' });
    expect((await ask(['--help'], env)).stdout).toContain('migration-bot doctor');
  });
});

describe('migration-bot init', () => {
  it('makes settings and keys that only their owner can read, and touches nothing the second time', async () => {
    const env = { PATH: '/usr/bin:/bin', HOME: folder() };

    const first = await ask(['init'], env);
    const second = await ask(['init'], env);

    expect(first.exit).toBe(0);
    expect(first.stdout).toContain('RECOVERY-next-identity.pem');
    expect(statSync(join(folder(), 'config', 'bot.yml')).mode & 0o777).toBe(0o600);
    expect(second).toMatchObject({ exit: 0 });
    expect(second.stdout).toContain('were there already');
    expect(spawnSync('grep', ['-r', 'PRIVATE', '-l', folder()], { encoding: 'utf8' }).stdout).not.toContain(
      'yml',
    );
  });
});

describe('migration-bot doctor', () => {
  it('finds nothing wrong where all is well', async () => {
    const discord = await playground();
    const { exit, stdout } = await ask(['doctor'], envOf(discord));

    expect(exit).toBe(0);
    expect(stdout).toContain('Nothing is wrong.');
    expect(stdout).toMatch(/^ok +THREADS_CHANNEL /m);
    expect(existsSync(join(folder(), 'data'))).toBe(false);
  });

  it('names what is wrong and what to do: token, server, channel, permission', async () => {
    const discord = await playground();
    const withToken = await ask(['doctor', '--json'], envOf(discord, { DISCORD_TOKEN: 'a.b.c' }));
    discord.setPermissions(discord.channelId('migration-help'), discord.applicationId, { deny: 1n << 36n });
    const withPlaces = await ask(
      ['doctor', '--json'],
      envOf(discord, { HELP_CHANNEL: 'nowhere', THREADS_CHANNEL: 'migration-help' }),
    );

    expect(withToken.exit).toBe(1);
    expect(JSON.parse(withToken.stdout)).toMatchObject({
      findings: [{ check: 'token', status: 'error' }, {}, {}, {}, {}],
    });
    expect(withPlaces.exit).toBe(1);
    const errors = (
      JSON.parse(withPlaces.stdout) as { findings: { check: string; status: string; says: string }[] }
    ).findings.filter(({ status }) => status === 'error');
    expect(errors.map(({ check }) => check)).toEqual(['HELP_CHANNEL', 'THREADS_CHANNEL']);
    expect(errors[1]?.says).toContain('Create Private Threads');
  });
});
