/**
 * Values of templates that nobody filled in. A real secret must never be taken for one, so nothing is guessed from how a
 * value looks: either it has no content at all (`xxx`, `...`, `<token>`), or it is made of plain words that say so.
 */
const NOTHING =
  /^(?:[x*.\-_?#…]+|<[a-z][a-z0-9 _.-]*>|\{\{[^{}]*\}\}|\[[a-z _-]+\]|null|none|undefined|n\/a|tbd|todo|fixme)$/i;

/** `change_me_in_production`, `replaceme`. */
const CHANGE_ME =
  /^(?:please[-_ ])?(?:change|replace|fill|set|edit)[-_ ]?(?:me|this|it)(?:[-_ ][a-z]+)*[!.]?$/i;

/** The start of a token that goes on with no content: `sk-ant-...`, `ghp_xxxx`. */
const KNOWN_START = /^(?:sk-ant-api03|sk-ant|sk-proj|sk|gh[opsu]|github_pat|xox[abp]|bearer)[-_ ]/i;

/** In an address: `services/YOUR/WEBHOOK/URL`, `https://<key>@…`, documentation hosts and the template's own database. */
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i;
const ADDRESS_BLANKS =
  /<[a-z][a-z0-9 _-]*>|[/@=](?:your|YOUR)(?![a-z])|[/@=]your[-_][a-z]|\/services\/T0+\/B0+\/X+$|\/\/username:password@localhost\b/;

const EXAMPLE_ADDRESSEE = /^[\w.+-]+@example\.(?:com|org|net)$/i;

const NOUNS =
  `token tokens key keys secret password pass passphrase id ids url uri dsn webhook api value values name username user
   email mail host hostname server domain org organization repo repository channel guild bot credential credentials account
   project app string`.split(/\s+/);

const WORDS = new Set([
  ...NOUNS,
  ...`your the a an this that here with in from to of for actual real own new random strong secure unique long generated
    generate create change replace insert enter paste put add fill set use me it please and discord anthropic claude openai
    github gitlab slack google sentry smtp jwt apm aws azure redis database db access personal auth client private public
    webhooks`.split(/\s+/),
]);

const VERBS = new Set(`insert replace enter paste put fill generate create`.split(' '));

/** True for a value that only marks where one belongs, such as `your_discord_bot_token_here`, and for the empty value. */
export function isPlaceholder(value: string): boolean {
  const text = value
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .trim();
  if (text.length > 200) return false;
  if (text === '' || NOTHING.test(text) || CHANGE_ME.test(text) || EXAMPLE_ADDRESSEE.test(text)) return true;
  if (ADDRESS.test(text)) return ADDRESS_BLANKS.test(text) && !hasOwnPassword(text);
  const rest = text.replace(KNOWN_START, '');
  return (rest !== text && NOTHING.test(rest)) || isInstruction(rest);
}

/** A host called `your-startup.com` is a real one where the address has a password, or a token in the user's place. */
function hasOwnPassword(address: string): boolean {
  const [, user, password] = /^[^:]+:\/\/([^\s/:@]*)(?::(.+))?@/.exec(address) ?? [];
  const own = password ?? ((user?.length ?? 0) >= 20 ? user : undefined);
  if (own === undefined || /^(?:pass|pwd|passwd|password|secret|token|key)$/i.test(own)) return false;
  return !NOTHING.test(own) && !CHANGE_ME.test(own) && !/^[${%]/.test(own) && !isInstruction(own);
}

/** Plain words that tell what to put here: `your_…`, `…_token_here`, `generate_this`, `paste_api_key`. */
function isInstruction(text: string): boolean {
  if (!/^[A-Za-z0-9_\-. @/()]+$/.test(text)) return false;
  const words = text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const first = words[0] ?? '';
  if (words.length === 1) return isRunOfWords(first);
  if (!words.every((word) => /^[a-z]{1,14}\d?$/.test(word))) return false;
  const hasNoun = words.some((word) => NOUNS.includes(word));
  if (first === 'your') return hasNoun || words.at(-1) === 'here';
  if (words.at(-1) === 'here' && hasNoun) return true;
  return VERBS.has(first) && words.every((word) => WORDS.has(word));
}

/** `yourtokenhere`: begins with "your" and is nothing but known words. */
function isRunOfWords(word: string): boolean {
  if (word === 'placeholder') return true;
  if (!word.startsWith('your') || word.length > 40) return false;
  return new RegExp(`^your(?:${[...WORDS].join('|')})+$`).test(word);
}
