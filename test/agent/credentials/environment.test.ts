import { describe, expect, it } from 'vitest';
import { environmentOf } from '../../../src/agent/credentials/environment.ts';
import { newFernetKey } from '../../../src/agent/credentials/fernet.ts';
import { readVault, sealVault, Vault, type VaultEntry } from '../../../src/agent/credentials/vault.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { fernetKey, fernetToken } from '../../fixtures/fernet-token.ts';

describe('the environment of a command', () => {
  it('has each secret under the variable that it came from', () => {
    expect(environment([entry('github_token', 'GITHUB_TOKEN'), entry('my_key', 'My_Key')])).toEqual({
      GITHUB_TOKEN: 'value of github_token',
      My_Key: 'value of my_key',
    });
  });

  it('never puts a spare value in the place of the one in effect', () => {
    const entries = [entry('github_token_prod_env', 'GITHUB_TOKEN'), entry('github_token', 'GITHUB_TOKEN')];

    expect(environment(entries)).toEqual({
      GITHUB_TOKEN: 'value of github_token',
      GITHUB_TOKEN_PROD_ENV: 'value of github_token_prod_env',
    });
  });

  it.each([
    ['ANTHROPIC_API_KEY', undefined, 'ANTHROPIC_API_KEY'],
    ['OPENAI_API_KEY', 'openai', 'OPENAI_API_KEY'],
  ])('names the AI key that came from %s, with the provider %s, %s', (variable, provider, name) => {
    expect(Object.keys(environment([entry('ai_provider_key', variable)], provider))).toEqual([name]);
  });

  it('guesses the variable of entries that somebody else stored', () => {
    const key = fernetKey('theirs');
    const names = ['discord_bot_token', 'github_token', 'ai_provider_key', 'other', 'bad_variable'];
    const credentials = Object.fromEntries(
      names.map((name) => [
        name,
        { encrypted_value: fernetToken(key, name), metadata: { variable: 'NOT ONE' } },
      ]),
    );
    const vault = readVault(Buffer.from(key), Buffer.from(JSON.stringify({ credentials })));

    expect([...environmentOf(vault, 'openai').keys()]).toEqual([
      'DISCORD_BOT_TOKEN',
      'GITHUB_TOKEN',
      'OPENAI_API_KEY',
      'OTHER',
      'BAD_VARIABLE',
    ]);
  });

  it('leaves out a value that no environment can hold, and an entry without one', () => {
    const zero: VaultEntry = { ...entry('zero', 'ZERO'), value: new Secret('ZERO', 'a\0b') };

    expect(environment([zero, entry('a_token', 'A_TOKEN')])).toEqual({ A_TOKEN: 'value of a_token' });
    expect(environmentOf(new Vault(), undefined).size).toBe(0);
  });
});

function entry(credentialKey: string, variable: string): VaultEntry {
  return {
    credentialKey,
    variable,
    type: 'token',
    provider: 'generic',
    description: '',
    scope: 'global',
    value: new Secret(variable, `value of ${credentialKey}`),
  };
}

function environment(entries: readonly VaultEntry[], provider?: string): Record<string, string> {
  const key = newFernetKey();
  const vault = readVault(key, sealVault(undefined, key, entries, new Date(0)));
  return Object.fromEntries(
    [...environmentOf(vault, provider)].map(([name, value]) => [name, value.reveal().toString()]),
  );
}
