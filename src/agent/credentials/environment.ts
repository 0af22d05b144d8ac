import type { Secret } from '../../shared/secret.ts';
import type { Vault } from './vault.ts';

/** The package's own names, where an entry does not say its variable. */
const VARIABLES: Readonly<Record<string, string>> = {
  discord_bot_token: 'DISCORD_BOT_TOKEN',
  github_token: 'GITHUB_TOKEN',
};

/**
 * The variables in which programs expect the stored secrets. An entry that was only kept beside another value of the
 * same variable has its own name in capitals, so that it never takes the place of the one in effect. A value with a zero
 * byte cannot be in an environment and is left out.
 */
export function environmentOf(vault: Vault, provider: string | undefined): Map<string, Secret> {
  const stated = statedVariables(vault);
  const variables = new Map<string, Secret>();
  for (const name of vault.names()) {
    const value = vault.get(name);
    if (value === undefined || value.reveal().includes(0)) continue;
    variables.set(variableOf(name, stated.get(name), provider), value);
  }
  return variables;
}

function variableOf(name: string, stated: string | undefined, provider: string | undefined): string {
  if (name === 'ai_provider_key')
    return stated ?? (provider === 'openai' ? 'OPENAI_API_KEY' : 'ANTHROPIC_API_KEY');
  const known = VARIABLES[name] ?? (stated?.toLowerCase() === name ? stated : undefined);
  return known ?? name.toUpperCase();
}

/** `metadata.variable` of each entry, where it is there. */
function statedVariables(vault: Vault): Map<string, string> {
  if (vault.bytes === undefined) return new Map();
  const file = JSON.parse(vault.bytes.toString('utf8')) as {
    credentials?: Record<string, { metadata?: { variable?: unknown } }>;
  };
  return new Map(
    Object.entries(file.credentials ?? {}).flatMap(([name, entry]) => {
      const variable = entry?.metadata?.variable;
      return typeof variable === 'string' && /^[A-Za-z_]\w*$/.test(variable)
        ? [[name, variable] as const]
        : [];
    }),
  );
}
