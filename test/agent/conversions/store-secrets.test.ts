import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fernetKey, fernetToken } from '../../fixtures/fernet-token.ts';
import { put } from '../../fixtures/write-files.ts';
import { configOf, fatesOf, makeClone, planOf, rowOf, writeHome } from '../../helpers/plan.ts';
import { python } from '../../helpers/python.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('secrets of an installation', () => {
  it('get the names that the package knows, others their variable in small letters', () => {
    const plan = planWith({
      '.env':
        'DISCORD_BOT_TOKEN=aaaaaaaa\nGITHUB_TOKEN=bbbbbbbb\nANTHROPIC_API_KEY=cccccccc\nMY_KEY=dddddddd\n',
    });

    expect(stored(plan)).toEqual({
      discord_bot_token: 'aaaaaaaa',
      github_token: 'bbbbbbbb',
      ai_provider_key: 'cccccccc',
      my_key: 'dddddddd',
    });
    expect(configOf(plan)).toMatchObject({
      ai_provider: { provider: 'claude' },
      discord: { enabled: true },
      github: { enabled: true },
    });
  });

  it('are the AI key by the provider that is configured', () => {
    const plan = planWith({
      '.env': 'ANTHROPIC_API_KEY=cccccccc\nOPENAI_API_KEY=oooooooo\n',
      'config.yml': 'ai: {provider: openai}\n',
    });

    expect(stored(plan)).toEqual({ anthropic_api_key: 'cccccccc', ai_provider_key: 'oooooooo' });
  });

  it('that say the same in two places are stored once', () => {
    const plan = planWith({
      '.env': 'DISCORD_TOKEN=aaaaaaaa\n',
      'config.yml': 'discord: {token: aaaaaaaa}\n',
    });

    expect(stored(plan)).toEqual({ discord_bot_token: 'aaaaaaaa' });
    expect(rowOf(plan, 'config.yml#discord.token')).toMatchObject({
      fate: 'mapped',
      to: 'credentials.enc#discord_bot_token',
      note: 'the same as .env#DISCORD_TOKEN',
    });
  });

  it('that disagree are all kept, the losers under names of their own', () => {
    const plan = planWith({
      '.env': 'GITHUB_TOKEN=from-dot-env\n',
      'prod.env': 'GITHUB_TOKEN=from-prod\n',
      'config.yml': 'github: {token: from-yaml}\n',
      'orchestrator.yaml': 'github: {access_token: from-main, token: from-second}\n',
    });

    expect(stored(plan)).toEqual({
      github_token: 'from-dot-env',
      github_token_prod_env: 'from-prod',
      github_token_config_yml: 'from-yaml',
      github_token_orchestrator_yaml: 'from-main',
      github_token_orchestrator_yaml_2: 'from-second',
    });
    expect(fatesOf(plan)).toMatchObject({
      'prod.env#GITHUB_TOKEN': 'kept-unused credentials.enc#github_token_prod_env',
    });
  });

  it('that nobody filled in are dropped, and said to be', () => {
    const plan = planWith({ '.env': 'GITHUB_TOKEN=your_github_token_here\n' });

    expect(stored(plan)).toEqual({});
    expect(rowOf(plan, '.env#GITHUB_TOKEN')).toMatchObject({
      fate: 'dropped',
      note: 'a placeholder of the template, not a secret',
    });
    expect(configOf(plan)).toMatchObject({ github: { enabled: false } });
  });

  it('are read back by Python as the exact bytes', () => {
    const value = 'ü "quoted" $x\\n\n two lines ';
    const plan = planWith({ 'config/secrets.yaml': `a: ${JSON.stringify(value)}\n` });

    const target = writeHome(plan);

    expect(
      python(
        'import json, sys\nfrom cryptography.fernet import Fernet\nhome = json.load(sys.stdin)\nstore = json.load(open(home + "/credentials.enc"))["credentials"]\nprint(json.dumps(Fernet(open(home + "/credentials.key").read()).decrypt(store["a"]["encrypted_value"].encode()).decode()))',
        target,
      ),
    ).toBe(value);
  });
});

describe('with a store in the new home', () => {
  const key = fernetKey('existing');

  it('what is stored there stays, and another value gets a name of its own', () => {
    putStore({ github_token: { encrypted_value: fernetToken(key, 'mine-mine') } });

    const plan = planWith({ '.env': 'GITHUB_TOKEN=theirs-theirs\n' });

    expect(stored(plan)).toEqual({ github_token_env: 'theirs-theirs' });
  });

  it('the same value is not stored again, under whichever name', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      '.env': 'GITHUB_TOKEN=one-one-one\n',
      'a.env': 'GITHUB_TOKEN=two-two-two\n',
    });
    writeHome(planOf(clone));

    const again = planOf(clone);

    expect(stored(again)).toEqual({});
    expect(fatesOf(again)).toMatchObject({
      '.env#GITHUB_TOKEN': 'mapped credentials.enc#github_token',
      'a.env#GITHUB_TOKEN': 'kept-unused credentials.enc#github_token_a_env',
    });
  });

  it('an entry without a value gives way, since it holds nothing', () => {
    putStore({ github_token: { encrypted_value: null, note: 'mine' } });
    const plan = planWith({ '.env': 'GITHUB_TOKEN=theirs-theirs\n' });

    const target = writeHome(plan);

    const again = planOf(join(temp(), 'clone'), { target });
    expect(stored(plan)).toEqual({ github_token: 'theirs-theirs' });
    expect(again.survey.target.vault?.get('github_token')?.reveal().toString()).toBe('theirs-theirs');
  });

  function putStore(credentials: object): void {
    put(temp(), '.agent-workflow/credentials.key', key);
    put(
      temp(),
      '.agent-workflow/credentials.enc',
      JSON.stringify({ version: '1.0', algorithm: 'Fernet', credentials }),
    );
  }
});

function planWith(files: Record<string, string>) {
  return planOf(makeClone(join(temp(), 'clone'), files));
}

function stored(plan: ReturnType<typeof planOf>): Record<string, string> {
  return Object.fromEntries(
    plan.draft.secrets.map(({ credentialKey, value }) => [credentialKey, value.reveal().toString()]),
  );
}
