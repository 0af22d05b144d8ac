import { envNameToCredentialKey, kindOfSecret } from '../credentials/secret-kinds.ts';
import type { FoundSecret } from '../survey/secrets.ts';
import { scalar } from '../yaml/build.ts';
import { chooseReading } from './choose-reading.ts';
import type { Conversion, Work } from './conversion.ts';
import { existingValue } from './existing.ts';
import { mergeAt } from './three-way.ts';

/**
 * Secrets go to the encrypted store. Of two that want the same name the more important source wins; a different value
 * is kept under a name of its own, since nobody can make it again.
 */
export const storeSecrets: Conversion = {
  id: 'store-secrets',
  version: 3,
  about:
    'Secrets of env files, inline tokens and the legacy store go to credentials.enc; placeholders do not.',
  inverse: {
    about: 'secrets, as variables in .env',
    give: ({ secrets }) => [...secrets].map(([name, value]) => ({ file: '.env', path: [name], value })),
  },
  convert(work) {
    const sorted = [...work.survey.secrets].sort((a, b) => a.precedence - b.precedence);
    const provider = aiProvider(work, sorted);
    /** The item whose value each name of the store has. */
    const owners = new Map<string, string>();
    for (const secret of sorted) store(work, secret, provider, owners);
  },
};

function store(
  work: Work,
  found: FoundSecret,
  provider: string | undefined,
  owners: Map<string, string>,
): void {
  const row = { kind: 'secret' as const, item: found.item };
  if (found.placeholder) {
    work.ledger.add({ ...row, fate: 'dropped', note: 'a placeholder of the template, not a secret' });
    return;
  }
  const chosen = chooseReading(work, found);
  if (chosen.value === undefined) {
    work.ledger.add({ ...row, fate: 'left', note: chosen.note });
    return;
  }
  const secret = { ...found, value: chosen.value };
  const key = envNameToCredentialKey(secret.variable, provider);
  const owner = owners.get(key);
  const there =
    work.survey.target.vault?.get(key) ??
    work.draft.secrets.find((entry) => entry.credentialKey === key)?.value;
  if (there?.equals(secret.value) === true) {
    work.ledger.add({
      ...row,
      fate: 'mapped',
      to: `credentials.enc#${key}`,
      note: notes(
        owner === undefined ? 'the same value is stored already' : `the same as ${owner}`,
        chosen.note,
      ),
    });
    return;
  }
  const { name, stored } = there === undefined ? { name: key, stored: false } : spareName(work, key, secret);
  if (stored) {
    work.ledger.add({
      ...row,
      fate: 'kept-unused',
      to: `credentials.enc#${name}`,
      note: notes(`stored there already; ${goesFirst(key, owner)}`, chosen.note),
    });
    return;
  }
  owners.set(name, secret.item);
  work.draft.secrets.push({
    credentialKey: name,
    variable: secret.variable,
    ...kindOfSecret(secret.variable, secret.value),
    ...(secret.description === undefined || secret.description === ''
      ? {}
      : { description: secret.description }),
    scope: 'global',
    value: secret.value,
    // An entry without a value holds nothing that could be lost.
    replace: work.survey.target.vault?.has(name) === true,
  });
  work.ledger.add({
    ...row,
    fate: name === key ? 'mapped' : 'kept-unused',
    to: `credentials.enc#${name}`,
    note:
      name === key ? chosen.note : notes(`${goesFirst(key, owner)}; this is ${masked(secret)}`, chosen.note),
  });
}

/** Names the winner where it is of this installation, not of the new home. */
function goesFirst(key: string, owner: string | undefined): string {
  return owner === undefined ? `another value of ${key} goes first` : `${owner} goes first`;
}

/** What can be said of a value without showing it. */
function masked({ variable, value }: FoundSecret): string {
  const { provider, type } = kindOfSecret(variable, value);
  const what = `${provider === 'generic' ? '' : `${provider} `}${type === 'generic' ? 'secret' : type.replace('_', ' ')}`;
  return `another ${what} of ${value.length} bytes`;
}

function notes(...parts: readonly (string | undefined)[]): string | undefined {
  const said = parts.filter((part) => part !== undefined);
  return said.length === 0 ? undefined : said.join('; ');
}

/** A free name such as `github_token_prod_env`, or the one under which this very value is stored already. */
function spareName(work: Work, key: string, secret: FoundSecret): { name: string; stored: boolean } {
  const base = `${key}_${secret.file
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')}`;
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}_${n}`;
    const there =
      work.survey.target.vault?.get(name) ??
      work.draft.secrets.find((entry) => entry.credentialKey === name)?.value;
    if (there === undefined) return { name, stored: false };
    if (there.equals(secret.value)) return { name, stored: true };
  }
}

/** The provider that settings name, else the one whose key is there; it is said to be the home's too, unless that has its own. */
function aiProvider(work: Work, secrets: readonly FoundSecret[]): string | undefined {
  const path = ['ai_provider', 'provider'];
  const has = (variable: string) =>
    secrets.some((secret) => secret.variable === variable && !secret.placeholder);
  const inferred = has('ANTHROPIC_API_KEY') ? 'claude' : has('OPENAI_API_KEY') ? 'openai' : undefined;
  const said = work.draft.get(path) ?? (inferred === undefined ? undefined : scalar(inferred));
  if (said !== undefined) mergeAt(work, path, said, { twoSides: 'home', onBoth: 'home' });
  const written = work.draft.settings.find((setting) => setting.path.join('.') === path.join('.'))?.node;
  const effective = written ?? existingValue(work, path) ?? said;
  return effective?.kind === 'scalar' && effective.type === 'text' ? String(effective.value) : undefined;
}
