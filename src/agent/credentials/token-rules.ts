import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { isEverydayText } from './everyday-text.ts';
import type { SecretPattern } from './secret-patterns.ts';

/**
 * The token shapes that the secretlint project keeps, for services that our own table does not know. Rules:
 *
 * - Only single values go through it: its expressions are not all linear, and no token is longer than this.
 * - Its rules are run directly, without its engine, which would bring a debug log with it. None of those that are used
 *   here reads a file or waits for anything: a rule has said all when its function returns.
 * - Addresses with a password, private keys and program files have rules of ours (`secret-patterns.ts`).
 */
const LONGEST = 4096;
const SHORTEST = 16;

/** By the last part of a rule's id: the provider, spelt as in this program. */
const PROVIDERS: Readonly<Record<string, string>> = {
  aws: 'aws',
  npm: 'npm',
  slack: 'slack',
  openai: 'openai',
  anthropic: 'claude',
  groq: 'groq',
  huggingface: 'huggingface',
  linear: 'linear',
  notion: 'notion',
  sendgrid: 'sendgrid',
  shopify: 'shopify',
  stripe: 'stripe',
  github: 'github',
  gitlab: 'gitlab',
  grafana: 'grafana',
  '1password': '1password',
  'hashicorp-vault': 'hashicorp-vault',
  vercel: 'vercel',
  databricks: 'databricks',
  docker: 'docker',
  figma: 'figma',
  cloudflare: 'cloudflare',
  tailscale: 'tailscale',
};

/** As much of a rule as is used here; the package's own types lie in another one. */
interface RuleCreator {
  readonly meta: { readonly id: string };
  create(context: RuleContext, options: object): { file?(source: RuleSource): void };
}

interface RuleContext {
  createTranslator(): () => object;
  report(found: { readonly range: readonly [number, number] }): void;
  ignore(): void;
}

interface RuleSource {
  readonly content: string;
  readonly filePath: string;
  readonly ext: string;
  readonly contentType: 'text';
}

const RULES = (rules as readonly RuleCreator[]).flatMap((creator) => {
  const provider = PROVIDERS[creator.meta.id.replace(/^.*secretlint-rule-/, '')];
  return provider === undefined ? [] : [{ provider, creator }];
});

/** The first token in a single value that the library knows; undefined for none, and for text that cannot hold one. */
export function knownToken(
  text: string,
): { readonly pattern: SecretPattern; readonly token: string } | undefined {
  if (text.length < SHORTEST || text.length > LONGEST || isEverydayText(text)) return undefined;
  const source = { content: text, filePath: 'value', ext: '', contentType: 'text' } as const;
  for (const { provider, creator } of RULES) {
    const tokens: string[] = [];
    const rule = creator.create(
      {
        createTranslator: () => () => ({}),
        report: ({ range }) => tokens.push(text.slice(...range)),
        ignore: () => {},
      },
      {},
    );
    rule.file?.(source);
    if (tokens[0] !== undefined) return { pattern: { provider, type: 'token' }, token: tokens[0] };
  }
  return undefined;
}
