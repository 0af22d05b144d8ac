import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Routes } from 'discord-api-types/v10';
import { expect, it } from 'vitest';
import { createDiscordClient } from '../../src/bot/discord-client.ts';
import { createLogger } from '../../src/shared/logger.ts';

const log = createLogger('silent');

it('gives an answer to an interaction up before Discord does, and does not send it again', async () => {
  const seen: string[] = [];
  const server = createServer(({ url }) => void seen.push(url ?? ''));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const onDead = () => undefined;
  const client = createDiscordClient({ discordApi: address, discordCdn: address }, log, { onDead });
  try {
    const route = Routes.interactionCallback('1234567890123456789', 'token');
    const error: unknown = await client.rest
      .post(route, { body: { type: 5 }, auth: false })
      .catch((reason: unknown) => reason);

    expect(error).toMatchObject({ name: 'TimeoutError' });
    // Numbers are what Discord says; whoever acknowledges tells "no answer" by there being none.
    expect(error).not.toHaveProperty('code');
    expect(seen).toEqual([`/v10${route}`]);
  } finally {
    await client.destroy();
    server.closeAllConnections();
    server.close();
  }
});
