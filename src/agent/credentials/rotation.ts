/** How a secret is made anew, by who gave it out. */
export interface Rotation {
  readonly provider: string;
  /** As people call it. */
  readonly title: string;
  /** Where it is done, and what. */
  readonly how: string;
}

const ROTATIONS: Readonly<Record<string, readonly [title: string, how: string]>> = {
  discord: [
    'Discord',
    'discord.com/developers/applications, your application, Bot, Reset Token; a webhook: the channel, Integrations, Webhooks, delete it and make a new one.',
  ],
  claude: ['Claude', 'console.anthropic.com, Settings, API keys: create a key, then disable the old one.'],
  openai: ['OpenAI', 'platform.openai.com, API keys: create a secret key, then delete the old one.'],
  'azure-openai': [
    'Azure OpenAI',
    'portal.azure.com, the resource, Keys and Endpoint: regenerate the key that is not in use, change over, then the other.',
  ],
  github: [
    'GitHub',
    'github.com, Settings, Developer settings, Personal access tokens: make one with the least rights, then delete the old one.',
  ],
  gitlab: ['GitLab', 'your GitLab, Preferences, Access tokens: make one, then revoke the old one.'],
  slack: [
    'Slack',
    'api.slack.com/apps, your app: rotate its token, or remove the webhook and add a new one.',
  ],
  aws: [
    'AWS',
    'the IAM console, Security credentials: create an access key, change over, deactivate and delete the old one.',
  ],
  google: [
    'Google',
    'console.cloud.google.com, APIs and services, Credentials: create a key, then delete the old one.',
  ],
  stripe: ['Stripe', 'dashboard.stripe.com, Developers, API keys: roll the key.'],
  npm: ['npm', 'npmjs.com, Access Tokens: generate one, then delete the old one.'],
  sentry: ['Sentry', 'your project, Settings, Client Keys (DSN): create a key, then disable the old one.'],
  smtp: ['Mail server', 'set a new password for the mailbox, or a new app password, at your mail provider.'],
  database: ['Database', 'set a new password for the database user, for example with ALTER ROLE.'],
  redis: ['Redis', 'set a new password with ACL SETUSER or requirepass.'],
  apm: ['Performance monitor', 'make a new token where the monitor is run, then delete the old one.'],
  generic: [
    'Others',
    'make a new value where it came from. A key that signs or encrypts makes what it signed before invalid: change it at a quiet time.',
  ],
};

/** What to do at a provider; one that is not in the table is named by its own name. */
export function rotationOf(provider: string): Rotation {
  const known = Object.hasOwn(ROTATIONS, provider) ? ROTATIONS[provider] : undefined;
  if (known !== undefined) return { provider, title: known[0], how: known[1] };
  return {
    provider,
    title: provider.charAt(0).toUpperCase() + provider.slice(1),
    how: 'in the settings of your account there: make a new token, change over, then delete the old one.',
  };
}
