import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { askIndex } from '../../../../src/agent/cli/guided/ask-index.ts';

it('asks nobody where the network is not to be used', async () => {
  expect(await askIndex({ PIP_INDEX_URL: 'http://127.0.0.1:1/' }, true)).toEqual({ state: 'offline' });
});

it('tells whether the index that pip is set to answers, whatever it says, and never its password', async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    response.writeHead(403).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { PIP_INDEX_URL: `http://me:secret@${host}/simple/` };

  expect(await askIndex(env, false)).toEqual({ state: 'answers', host });
  expect(asked).toEqual([undefined]);
  server.close();
  await once(server, 'close');
  expect(await askIndex(env, false)).toEqual({ state: 'silent', host });
});

it('takes an address that is none for a silent one', async () => {
  expect(await askIndex({ PIP_INDEX_URL: 'no address' }, false)).toMatchObject({ state: 'silent' });
});
