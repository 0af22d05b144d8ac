import { scalar } from '../yaml/build.ts';
import type { Conversion, Work } from './conversion.ts';
import { mergeAt } from './three-way.ts';

/** The legacy tool used what it had a token for; the package wants to be told. */
export const enableIntegrations: Conversion = {
  id: 'enable-integrations',
  version: 2,
  about: 'Discord and GitHub are enabled where the installation has a server or a token for them.',
  inverse: { none: 'the old tool uses what it has a server or a token for' },
  convert(work) {
    const guild = work.draft.get(['discord', 'guild_id']);
    if (guild !== undefined || hasSecret(work, 'discord_bot_token')) enable(work, 'discord');
    if (hasSecret(work, 'github_token')) enable(work, 'github');
  },
};

function hasSecret(work: Work, key: string): boolean {
  return (
    work.draft.secrets.some((secret) => secret.credentialKey === key) ||
    work.survey.target.vault?.has(key) === true
  );
}

function enable(work: Work, section: string): void {
  mergeAt(work, [section, 'enabled'], scalar(true), { twoSides: 'home', onBoth: 'home' });
}
