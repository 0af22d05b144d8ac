import { knownToken } from './token-rules.ts';

/**
 * Shapes of well-known tokens, as their makers document them. One combined expression in linear time: every repetition is
 * bounded or begins only where a run of token characters begins, so that no character is read more than a few times.
 */
export interface SecretPattern {
  readonly provider: string;
  readonly type: 'token' | 'api_key' | 'password' | 'url' | 'generic';
}

/** Names that speak of a secret, in any letter case: V8 misses alternatives inside an inline `(?i:…)`. */
const NAMES = 'password|passwd|secret|token|api_?key|private_?key|access_?key'.replace(
  /[a-z]/g,
  (letter) => `[${letter}${letter.toUpperCase()}]`,
);

/** Characters of a quoted value that looks random. */
const VALUE = '[\\w+/=.~!@#$%^&*-]';

const SHAPES: readonly (readonly [provider: string, type: SecretPattern['type'], source: string])[] = [
  // base64 of the bot's id (digits, so it begins with M, N or O) . time . signature
  ['discord', 'token', String.raw`\b[MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{27,45}(?![\w-])`],
  ['discord', 'url', String.raw`discord(?:app)?\.com\/api\/webhooks\/\d{15,21}\/[\w-]{30,100}`],
  ['claude', 'api_key', String.raw`\bsk-ant-(?=[A-Za-z_-]{0,60}\d)[\w-]{20,}`],
  [
    'openai',
    'api_key',
    String.raw`\bsk-(?:(?:proj|svcacct|admin)-(?=[A-Za-z_-]{0,60}\d)[\w-]{20,}|[A-Za-z0-9]{20,})`,
  ],
  ['github', 'token', String.raw`\b(?:gh[opusr]_[A-Za-z0-9]{30,}|github_pat_\w{22,})`],
  ['gitlab', 'token', String.raw`\bglpat-[\w-]{20,}`],
  ['slack', 'token', String.raw`\bxox[abeoprs]-(?=[A-Za-z-]{0,60}\d)[A-Za-z0-9-]{10,}`],
  [
    'slack',
    'url',
    String.raw`hooks\.slack\.com\/(?:services|workflows|triggers)\/T?\w{6,20}\/\w{6,30}\/\w{16,100}`,
  ],
  ['aws', 'api_key', String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}(?!\w)`],
  ['google', 'api_key', String.raw`\bAIza[\w-]{35}(?![\w-])`],
  ['stripe', 'api_key', String.raw`\b[rs]k_live_[A-Za-z0-9]{20,}`],
  ['sentry', 'url', String.raw`:\/\/[0-9a-f]{32}@[\w.-]{1,100}\/\d`],
  ['age', 'generic', String.raw`\bAGE-SECRET-KEY-1[0-9A-Z]{58}`],
  ['generic', 'generic', '-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----'],
  ['generic', 'token', String.raw`\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}`],
  ['generic', 'url', String.raw`:\/\/[^\s/?#:@'"<>]{0,100}:[^\s/?#@'"<>]{1,200}@`],
  // A token in the place of the user: https://<token>@github.com/…
  ['generic', 'url', String.raw`:\/\/[\w.~%-]{20,200}@(?=[\w[])`],
  // The whole text is user:password@host
  [
    'generic',
    'url',
    String.raw`^\s{0,9}(?!(?:mailto|sips?|acct|xmpp|npm|git|pip|pkg):)[\w.+%-]{1,100}:[^\s/@]{1,200}@[\w.-]{1,200}(?::\d{1,5})?(?:\/\S{0,200})?\s{0,9}$`,
  ],
  // NAME = "value" in code: a name that speaks of a secret, and a value of mixed letters or digits
  [
    'generic',
    'password',
    String.raw`(?:${NAMES})["']?\s{0,4}[:=]\s{0,4}["'](?=${VALUE}{0,60}[a-z])(?=${VALUE}{0,60}[A-Z\d])${VALUE}{16,200}["']`,
  ],
];

/** A run of token characters begins here; `\b` alone would also begin after a hyphen. */
function combined(shapes: typeof SHAPES): RegExp {
  return new RegExp(
    shapes.map(([, , source]) => `(${source.replace(/^\\b/, '(?<![\\w-])')})`).join('|'),
    'g',
  );
}

const COMBINED = combined(SHAPES);
/** Without those that take twice the time: addresses, and names beside values. */
const TOKENS = combined(SHAPES.filter(([, type]) => type !== 'url' && type !== 'password'));

/** Examples in documentation: AWS's own sample key, and values crossed out with x, stars, zeros or `your`. */
const CROSSED_OUT = /EXAMPLE|x{8}|X{8}|0{8}|\*{3}|[-_]your[-_]/;

/** The password of an address that stands for another value: `${PASSWORD}`, `$PASSWORD`, `{password}`, `%s`, `***`. */
const STANDS_FOR_ANOTHER =
  /^:\/\/your[-_][\w-]*@$|^:\/\/[^:]*:(?:\$.*|\{.*\}|%s|\*+|x+|\.+|your.*|(?<=\/\/username:)password)@$/i;

/** The kind of the first token in a single value, or undefined if no shape occurs that is known here or to the library. */
export function secretPattern(value: string): SecretPattern | undefined {
  const own = secretShapes(value).next().value?.pattern;
  if (own !== undefined) return own;
  const known = knownToken(value);
  return known === undefined || CROSSED_OUT.test(known.token) ? undefined : known.pattern;
}

/** Every token in the text by its shape, with its own characters: those are secret. */
export function* secretShapes(
  text: string,
): Generator<{ readonly pattern: SecretPattern; readonly token: string }, undefined> {
  for (const match of text.matchAll(COMBINED)) {
    if (CROSSED_OUT.test(match[0]) || STANDS_FOR_ANOTHER.test(match[0])) continue;
    const shape = SHAPES[match.slice(1).findIndex((group) => group !== undefined)]!;
    yield { pattern: { provider: shape[0], type: shape[1] }, token: match[0] };
  }
}

/** Whether any known shape occurs in the text, which may be a whole file: the time is linear in its length. */
export function findSecretPatterns(text: string): boolean {
  return !secretShapes(text).next().done;
}

/** Whether a token that can be told by its own characters occurs in the text: for the many megabytes of logs and state. */
export function findTokens(text: string): boolean {
  for (const [token] of text.matchAll(TOKENS)) if (!CROSSED_OUT.test(token)) return true;
  return false;
}
