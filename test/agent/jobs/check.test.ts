import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newFernetKey } from '../../../src/agent/credentials/fernet.ts';
import { sealVault, type VaultEntry } from '../../../src/agent/credentials/vault.ts';
import { check } from '../../../src/agent/jobs/check.ts';
import { StoredPlans } from '../../../src/agent/jobs/stored-plans.ts';
import { readSettings } from '../../../src/agent/settings.ts';
import { errorLabel } from '../../../src/shared/errors.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { put } from '../../fixtures/write-files.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { ACTOR, AGENT, JOB } from '../../protocol/parties.ts';

const TOKEN = 'made-up-token-of-this-test';

describe('checking integrations', () => {
  const folder = useTempFolder();
  let server: Server;
  let base: string;
  const seen: IncomingMessage[] = [];
  let statusOf: (request: IncomingMessage) => number;

  beforeEach(async () => {
    seen.length = 0;
    statusOf = (request) =>
      request.url === '/' ||
      request.headers.authorization === `Bot ${TOKEN}` ||
      request.headers['x-api-key'] === TOKEN
        ? 200
        : 401;
    server = createServer((request, response) => {
      seen.push(request);
      response.writeHead(statusOf(request), { location: 'http://127.0.0.1:1/' });
      response.end('{"secret": "of the service"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });

  const store = (token = TOKEN) => {
    const entry = (credentialKey: string, variable: string): VaultEntry => ({
      credentialKey,
      variable,
      type: 'token',
      provider: 'test',
      description: '',
      scope: 'global',
      value: new Secret(variable, token),
    });
    const key = newFernetKey();
    const entries = [
      entry('discord_bot_token', 'DISCORD_BOT_TOKEN'),
      entry('ai_provider_key', 'ANTHROPIC_API_KEY'),
    ];
    put(folder(), '.agent-workflow/credentials.key', key, 0o600);
    put(folder(), '.agent-workflow/credentials.enc', sealVault(undefined, key, entries, new Date()), 0o600);
  };

  const run = async (
    env: Record<string, string> = {},
    integrations?: ('discord' | 'claude' | 'github')[],
  ) => {
    const system = systemAt(folder(), { DISCORD_API: base, ANTHROPIC_BASE_URL: base, ...env });
    const settings = readSettings(system, {});
    const end = await check(
      { job: JOB, type: 'check', params: integrations === undefined ? {} : { integrations }, actor: ACTOR },
      {
        system,
        settings,
        plans: new StoredPlans(system, settings.home),
        agentId: AGENT,
        plan: undefined,
        tell: () => {},
        progress: () => {},
        stopAsked: () => undefined,
      },
    );
    if (end.end !== 'done') throw new Error(end.end);
    return end.result.integrations;
  };

  it('tells present, reachable and accepted for Discord and Claude, and asks only the free questions', async () => {
    store();
    const ok = ['present', 'reachable', 'accepted'].map((layer) => ({ layer, status: 'ok' }));
    expect(await run()).toEqual([
      { integration: 'discord', layers: ok },
      { integration: 'claude', layers: ok },
    ]);
    expect(new Set(seen.map(({ method, url }) => `${method} ${url}`))).toEqual(
      new Set(['GET /v10/gateway', 'GET /v10/users/@me', 'GET /v1/models']),
    );
  });

  it('stops at the first layer that fails, with its number and no word of the service', async () => {
    expect(await run({}, ['discord'])).toEqual([
      {
        integration: 'discord',
        layers: [{ layer: 'present', status: 'error', error: errorLabel('NO_CREDENTIALS') }],
      },
    ]);
    store('another-token');
    const [discord] = await run({}, ['discord']);
    expect(discord?.layers.at(-1)).toEqual({
      layer: 'accepted',
      status: 'error',
      error: errorLabel('TOKEN_REFUSED'),
    });
    const [gone] = await run({ DISCORD_API: 'http://127.0.0.1:1' }, ['discord']);
    expect(gone?.layers.at(-1)).toEqual({
      layer: 'reachable',
      status: 'postponed',
      error: errorLabel('SERVICE_UNREACHABLE'),
    });
  });

  it('postpones what the service cannot answer now, and follows no redirect with the token', async () => {
    store();
    for (const status of [503, 429, 302]) {
      statusOf = ({ url }) => (url === '/' ? 200 : status);
      const [discord] = await run({}, ['discord']);
      expect(discord?.layers.at(-1)).toMatchObject({ layer: 'accepted', status: 'postponed' });
    }
  });

  it('never sends a token in clear to another machine, nor to a name that could lead there', async () => {
    store();
    const port = base.split(':').at(-1);
    const [discord] = await run({ DISCORD_API: `http://localhost:${port}` }, ['discord']);
    const last = discord?.layers.at(-1);
    expect(
      ['SERVICE_ADDRESS_UNSAFE', 'SERVICE_UNREACHABLE'].map((name) => errorLabel(name as never)),
    ).toContain(last?.error);
    expect(seen.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it('says of an integration that it does not know yet that it was skipped', async () => {
    expect(await run({}, ['github'])).toEqual([
      { integration: 'github', layers: [{ layer: 'present', status: 'skipped' }] },
    ]);
  });

  it('reads the place of the stored secrets only', async () => {
    put(folder(), join('.agent-workflow', 'credentials.enc'), 'no store', 0o600);
    const [discord] = await run({}, ['discord']);
    expect(discord?.layers).toEqual([
      { layer: 'present', status: 'error', error: errorLabel('CREDENTIALS_DAMAGED') },
    ]);
    expect(seen).toEqual([]);
  });
});
