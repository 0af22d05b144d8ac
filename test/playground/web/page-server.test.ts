import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Snapshot } from '../../../src/playground/discord/driver/snapshot.ts';
import type { PlaygroundDiscord } from '../../../src/playground/discord/playground-discord.ts';
import { startPlaygroundDiscord } from '../../../src/playground/discord/start.ts';
import { invitePeople, type People } from '../../../src/playground/people.ts';
import { PageServer } from '../../../src/playground/web/page-server.ts';

let discord: PlaygroundDiscord;
let people: People;
let page: PageServer;
let cookie: string;
beforeAll(async () => {
  discord = await startPlaygroundDiscord({ roles: [{ name: 'staff' }, { name: 'manager' }] });
  people = invitePeople(discord);
  page = await PageServer.start(
    { discord, people, computer: undefined, bot: undefined, claude: undefined },
    0,
  );
  const answer = await fetch(page.url);
  cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
});
afterAll(async () => {
  await page.close();
  await discord.close();
});

const origin = () => `http://127.0.0.1:${page.port}`;

describe('the page’s server', () => {
  it('gives the page to who has the key, and a cookie that scripts and other sites do not get', async () => {
    const answer = await fetch(page.url);

    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<title>Playground</title>');
    expect(answer.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
  });

  it('lets nothing run and nothing load but what it brings itself', async () => {
    const answer = await fetch(page.url);
    const policy = answer.headers.get('content-security-policy') ?? '';
    const [, nonce] = /'nonce-([^']+)'/.exec(policy) ?? [];

    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toContain('unsafe');
    expect(await answer.text()).toContain(`nonce="${nonce}"`);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['/', '/app.js', '/cdn/attachments/1/2/x', '/?key=wrong'])(
    'refuses %s without the key',
    async (path) => {
      expect((await fetch(`${origin()}${path}`)).status).toBe(403);
    },
  );

  it('serves the files of the page with the cookie, and nothing beside them', async () => {
    const get = async (path: string) => (await fetch(`${origin()}${path}`, { headers: { cookie } })).status;

    expect(await get('/app.js')).toBe(200);
    expect(await get('/vendor/xterm.mjs')).toBe(200);
    expect(await get('/style/tokens.css')).toBe(200);
    expect(await get('/..%2fpage-server.ts')).toBe(404);
    expect(await get('/../../../package.json')).toBe(404);
  });

  it('refuses a name that somebody else pointed at this computer', async () => {
    expect(await statusFor({ host: `evil.example:${page.port}`, cookie })).toBe(403);
    expect(await statusFor({ host: `localhost:${page.port}`, cookie })).toBe(200);
    // Forwarded over SSH, the browser's port is another one.
    expect(await statusFor({ host: '127.0.0.1:9999', cookie })).toBe(200);
  });

  it.each([
    ['another site', () => ({ origin: 'https://evil.example', cookie })],
    ['a page on another port', () => ({ origin: 'http://127.0.0.1:1', cookie })],
    ['a program without an origin', () => ({ cookie })],
    ['somebody without the cookie', () => ({ origin: origin() })],
  ])('refuses a live connection from %s', async (_who, headers) => {
    const socket = new WebSocket(`${origin().replace('http', 'ws')}/live`, { headers: headers() });
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('403');
  });
});

describe('a live connection', () => {
  it('tells who one can be and shows the screen of the one that one is', async () => {
    await using live = await openLive();
    expect(await live.next('hello')).toMatchObject({ hasComputer: false, bot: 'ready' });
    const first = await live.next('screen');
    expect(first.screen.user.id).toBe(people.owner.driver.id);

    live.ask({ ask: 'be', persona: 'second' });

    const second = await live.next('screen');
    expect(second).toMatchObject({ persona: 'second', screen: { user: { id: people.second.driver.id } } });
  });

  it('writes what is said and shows it', async () => {
    await using live = await openLive();
    await live.next('screen');
    const channel = discord.channelId('general');

    live.ask({ ask: 'say', id: 1, channel, text: 'Good morning' });

    expect(await live.next('reply')).toEqual({ tell: 'reply', id: 1 });
    const { screen } = await live.next('screen');
    expect(screen.messages[channel]?.at(-1)?.content).toBe('Good morning');
  });

  it('says why something cannot be done', async () => {
    await using live = await openLive();
    const channel = discord.channelId('general');

    live.ask({ ask: 'slash', id: 7, channel, command: '/unheard-of', options: {} });

    expect(await live.next('reply')).toMatchObject({
      id: 7,
      refused: expect.stringContaining('no command /unheard-of'),
    });
  });

  it.each(['not json', '{"ask":"be","persona":"root"}', '{"ask":"say","id":1}', '[]'])(
    'ends at %s',
    async (text) => {
      await using live = await openLive();
      live.socket.send(text);
      const [code] = await once(live.socket, 'close');
      expect(code).toBe(1008);
    },
  );

  it('shows addresses of files on the page’s own port, where they are found', async () => {
    await using live = await openLive();
    live.ask({ ask: 'be', persona: 'owner' });
    const { screen } = await live.next('screen');
    expect(JSON.stringify(screen)).not.toContain(discord.cdn);
  });
});

function statusFor(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: page.port, path: '/', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject);
    asked.end();
  });
}

interface Told {
  readonly tell: string;
  readonly screen: Snapshot;
}

/** A connection as the page makes it. `next` takes the oldest of a kind that was not taken yet. */
async function openLive() {
  const socket = new WebSocket(`${origin().replace('http', 'ws')}/live`, {
    headers: { origin: origin(), cookie },
  });
  const told: Told[] = [];
  const waiting: { kind: string; resolve: (told: Told) => void }[] = [];
  socket.on('message', (data) => {
    const news = JSON.parse(data.toString()) as Told;
    const at = waiting.findIndex(({ kind }) => kind === news.tell);
    if (at < 0) told.push(news);
    else waiting.splice(at, 1)[0]?.resolve(news);
  });
  await once(socket, 'open');
  return {
    socket,
    ask: (what: object) => socket.send(JSON.stringify(what)),
    next: (kind: string) => {
      const at = told.findIndex(({ tell }) => tell === kind);
      if (at >= 0) return Promise.resolve(told.splice(at, 1)[0] as Told);
      return new Promise<Told>((resolve) => waiting.push({ kind, resolve }));
    },
    [Symbol.asyncDispose]: async () => {
      if (socket.readyState === socket.CLOSED) return;
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
