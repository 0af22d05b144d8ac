import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fernetKey, fernetToken } from '../../fixtures/fernet-token.ts';
import { lines } from '../../fixtures/write-files.ts';
import { ForbiddingSystem } from '../../helpers/machines.ts';
import { makeClone, surveyOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('secrets in YAML', () => {
  it.each([
    ['discord: {token: abcdefgh}', 'discord.token', 'DISCORD_BOT_TOKEN'],
    ['discord_token: abcdefgh', 'discord_token', 'DISCORD_BOT_TOKEN'],
    ['github: {access_token: abcdefgh}', 'github.access_token', 'GITHUB_TOKEN'],
    ['anthropic: {api_key: abcdefgh}', 'anthropic.api_key', 'ANTHROPIC_API_KEY'],
    ['ai: {provider: claude, api_key: abcdefgh}', 'ai.api_key', 'ANTHROPIC_API_KEY'],
    ['ai: {provider: openai, api_key: abcdefgh}', 'ai.api_key', 'OPENAI_API_KEY'],
    ['slack: {webhook_url: abcdefgh}', 'slack.webhook_url', 'SLACK_WEBHOOK_URL'],
    ['mail: [{password: abcdefgh}]', 'mail.0.password', 'MAIL_0_PASSWORD'],
    ['database: {password: 1234}', 'database.password', 'DATABASE_PASSWORD'],
    ['secrets: {stripe: abcdefgh}', 'secrets.stripe', 'SECRETS_STRIPE'],
    ['bot: {tokens: [abcdefgh]}', 'bot.tokens.0', 'BOT_TOKENS_0'],
    ['x: "see ghp_0123456789abcdefghijABCDEFGHIJ012345"', 'x', 'X'],
  ])('%s: %s is found as %s', (text, path, variable) => {
    const clone = makeClone(join(temp(), 'clone'), { 'config.yml': `${text}\n` });

    expect(surveyOf(clone).secrets.map((one) => [one.item, one.variable])).toEqual([
      [`config.yml#${path}`, variable],
    ]);
  });

  it.each([
    'ai: {max_tokens: 4000, credential_key: ai_provider_key}',
    'security: {requires_api_key: true}',
    'discord: {token: null}',
    'discord: {token: ""}',
    'limits: {tokens: 5}',
    'note: the token is in the safe',
  ])('%s holds none', (text) => {
    const clone = makeClone(join(temp(), 'clone'), { 'config.yml': `${text}\n` });

    expect(surveyOf(clone).secrets).toEqual([]);
  });

  it('are all values of config/secrets.yaml but true, false and nothing', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      'config/secrets.yaml': 'a: {b: short}\nc: [1, 2.5]\nd: true\ne:\n',
    });

    const { secrets } = surveyOf(clone);

    expect(secrets.map(({ item, value }) => [item, value.reveal().toString()])).toEqual([
      ['config/secrets.yaml#a.b', 'short'],
      ['config/secrets.yaml#c.0', '1'],
      ['config/secrets.yaml#c.1', '2.5'],
    ]);
  });

  it('are found again where a harmless key repeats them, and then have the same variable', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      '.env': 'DB_PASSWORD=correct-horse\nPROJECT=webshop\n',
      'config.yml': 'db: {dial: correct-horse, text: "-p correct-horse"}\nname: webshop\n',
    });

    const found = surveyOf(clone).secrets.filter(({ from }) => from === 'yaml');

    expect(found.map(({ item, variable }) => [item, variable])).toEqual([
      ['config.yml#db.dial', 'DB_PASSWORD'],
      ['config.yml#db.text', 'DB_TEXT'],
    ]);
  });

  it('are found again under any name where an env file holds the very value, unless it is everyday text', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      '.env': 'DB_LOGIN=hunter2-abcdef\nTEAM=team-blau-nord\nBASE=/srv/work/shop2\n',
      'config.yml': 'a: hunter2-abcdef\nb: team-blau-nord\nc: /srv/work/shop2\nd: x hunter2-abcdef\n',
    });

    const found = surveyOf(clone).secrets.filter(({ from }) => from === 'yaml');

    expect(found.map(({ item, variable }) => [item, variable])).toEqual([['config.yml#a', 'DB_LOGIN']]);
  });

  it('that nobody filled in are placeholders', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'config.yml': 'discord: {token: your_token_here}\n' });

    expect(surveyOf(clone).secrets).toMatchObject([{ placeholder: true }]);
  });

  it('in templates are never read', () => {
    const token = 'discord: {token: abcdefghijkl}\n';
    const clone = makeClone(join(temp(), 'clone'), {
      'config.example.yml': token,
      'projects/x.example.yaml': token,
      '.env.example': 'A_TOKEN=abcdefghijkl\n',
    });

    expect(surveyOf(clone).secrets).toEqual([]);
  });
});

describe('the encrypted store', () => {
  const folder = '.orch-global/security';
  const key = fernetKey('a test');
  const store = (token: string) =>
    JSON.stringify({
      s1: { name: 'vpn password', encrypted_value: fernetToken(key, 'hunter2'), description: 'VPN' },
      s2: { name: '', encrypted_value: token },
    });

  it('gives its secrets by their ids, named as variables', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      [`${folder}/secrets.json`]: store(fernetToken(key, 'other')),
      [`${folder}/master.key`]: key,
    });

    const { secrets, storeLocked } = surveyOf(clone);

    expect(storeLocked).toBe(false);
    expect(secrets).toMatchObject([
      { item: `${folder}/secrets.json#s1`, variable: 'VPN_PASSWORD', description: 'VPN', from: 'store' },
      { item: `${folder}/secrets.json#s2`, variable: 'S2' },
    ]);
  });

  it.each([
    ['no key', {}],
    ['another key', { [`${folder}/master.key`]: fernetKey('another') }],
    ['no key at all', { [`${folder}/master.key`]: 'not a key' }],
  ])('with %s is locked, and asks', (_, files) => {
    const clone = makeClone(join(temp(), 'clone'), {
      [`${folder}/secrets.json`]: store(fernetToken(key, 'other')),
      ...files,
    });

    const survey = surveyOf(clone);

    expect(survey.storeLocked).toBe(true);
    expect(survey.findings).toContainEqual(
      expect.objectContaining({ code: 'store-locked', level: 'decision', file: `${folder}/secrets.json` }),
    );
  });

  it('of which one entry does not open gives the others and asks', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      [`${folder}/secrets.json`]: store(fernetToken(fernetKey('another'), 'x')),
      [`${folder}/master.key`]: key,
    });

    const survey = surveyOf(clone);

    expect([survey.storeLocked, survey.secrets.length]).toEqual([true, 1]);
  });

  it('whose key may not be read is locked', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      [`${folder}/secrets.json`]: store('x'),
      [`${folder}/master.key`]: key,
    });
    const system = new ForbiddingSystem({ HOME: dirname(clone) }, (path) => path.endsWith('master.key'));

    const survey = surveyOf(clone, { system });

    expect(survey.storeLocked).toBe(true);
    expect(survey.unreadable).toEqual([{ path: `${folder}/master.key`, reason: 'permission denied' }]);
  });
});

it('no secret of any source prints its value', () => {
  const clone = makeClone(join(temp(), 'clone'), {
    '.env': 'A_TOKEN=alpha-alpha\n',
    'config.yml': lines('discord: {token: beta-beta-beta}'),
  });

  const { secrets, envFiles, knownValues } = surveyOf(clone);

  expect(
    `${JSON.stringify([secrets, envFiles, knownValues])} ${secrets.map((one) => one.value)}`,
  ).not.toMatch(/alpha-alpha|beta-beta/);
});
