import fc from 'fast-check';

const mixed = (length: number) =>
  fc
    .array(fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'), {
      minLength: length,
      maxLength: length,
    })
    .map((chars) => chars.join(''))
    .filter((text) => new Set(text).size > 4 && !/x{8}|X{8}|0{8}|EXAMPLE/.test(text));

export const shapedTokens: readonly (readonly [provider: string, token: fc.Arbitrary<string>])[] = [
  ['discord', fc.tuple(mixed(25), mixed(6), mixed(38)).map(([id, time, mac]) => `M${id}.${time}.${mac}`)],
  ['claude', mixed(90).map((text) => `sk-ant-api03-${text}`)],
  ['openai', mixed(48).map((text) => `sk-${text}`)],
  ['openai', mixed(60).map((text) => `sk-proj-1${text}`)],
  ['github', fc.tuple(fc.constantFrom('ghp', 'gho', 'ghs'), mixed(36)).map((parts) => parts.join('_'))],
  ['github', mixed(60).map((text) => `github_pat_${text}`)],
  ['slack', mixed(24).map((text) => `xoxb-123456789012-123456789012-${text}`)],
  ['slack', mixed(24).map((text) => `https://hooks.slack.com/services/T024BE7LD/B024BE7LE/${text}`)],
  [
    'aws',
    mixed(16)
      .map((text) => `AKIA${text.toUpperCase()}`)
      .filter((text) => !/X{8}|0{8}|EXAMPLE/.test(text)),
  ],
  ['generic', fc.tuple(mixed(20), mixed(30), mixed(43)).map(([a, b, c]) => `eyJ${a}.eyJ${b}.${c}`)],
  ['generic', mixed(12).map((text) => `postgres://app:p1${text}@db.internal:5432/app`)],
];

/** A token of any known shape, with random content. */
export const realToken = fc.oneof(...shapedTokens.map(([, token]) => token));
