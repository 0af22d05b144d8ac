// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configuration files hold such references
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { hasSecretLine, type LineRules, lineRulesOf } from '../../../src/agent/credentials/secret-lines.ts';

const STATED: [LineRules, string][] = [
  ['settings', 'DB_PASSWORD=correct-horse'],
  ['settings', 'export DB_PASSWORD="correct horse"'],
  ['settings', 'db_password: correct horse battery'],
  ['settings', "  - password: 'abc123'"],
  ['settings', '# old: password: Comment-Pw-1'],
  ['settings', '; SMTP_PASS = hunter22'],
  ['settings', '{"a": 1, "password": "hunter22"}'],
  ['settings', 'smtp.password=hunter22'],
  ['settings', 'x: "user=a; password=hunter22"'],
  ['settings', 'SMTP_USERNAME=me@company.com'],
  ['settings', 'url=jdbc:postgresql://db/x?user=app&password=hunter22'],
  ['settings', 'token = "abc12345" # ours'],
  ['prose', 'The password: hunter22, do not tell'],
  ['prose', '- `API_TOKEN=abc12345`'],
  ['prose', '    authorization: Bearer abc12345'],
  ['script', 'DB_PASSWORD=hunter22'],
  ['script', '  export DB_PASSWORD=hunter22'],
  ['script', '# TOKEN=abc12345'],
];

const NOT_STATED: [LineRules, string][] = [
  ['settings', 'max_tokens: 4000'],
  ['settings', 'DB_PASSWORD='],
  ['settings', 'DB_PASSWORD=short'],
  ['settings', 'DB_PASSWORD=${DB_PASSWORD}'],
  ['settings', 'DB_PASSWORD=$OTHER'],
  ['settings', 'password: {{ vault.password }}'],
  ['settings', 'password: !vault |'],
  ['settings', 'password: *shared'],
  ['settings', 'DISCORD_BOT_TOKEN=your_discord_bot_token_here'],
  ['settings', 'token: <your token>'],
  ['settings', 'private_key: /etc/ssl/private.pem'],
  ['settings', 'private_key: ~/.ssh/id_rsa'],
  ['settings', 'api_key: ANTHROPIC_API_KEY'],
  ['settings', 'password: string'],
  ['settings', 'credential_key: discord_bot_token'],
  ['settings', '# password: ask Mara for it'],
  ['settings', 'if password == "hunter22"'],
  ['settings', 'https://token://elsewhere'],
  ['prose', 'Token: the token is in the safe'],
  ['prose', 'password: required.'],
  ['prose', 'token = settings.token'],
  ['prose', 'echo "ANTHROPIC_API_KEY=sk-ant-api03-..." >> .env'],
  ['prose', 'token = os.environ["TOKEN"]'],
  ['prose', '"GITHUB_TOKEN": "GitHub access (optional)"'],
  ['script', 'curl -u user password=hunter22'],
  ['script', 'TOKEN=$(cat token.txt)'],
  ['script', 'TOKEN="$1"'],
];

describe('a line', () => {
  it.each(STATED)('of %s states a secret: %s', (rules, line) => {
    expect(hasSecretLine(`first: 1\n${line}\nlast: 1\n`, rules)).toBe(true);
  });

  it.each(NOT_STATED)('of %s states none: %s', (rules, line) => {
    expect(hasSecretLine(`first: 1\n${line}\nlast: 1\n`, rules)).toBe(false);
  });

  it('of any text is judged', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom<LineRules>('settings', 'prose', 'script'), (text, rules) => {
        expect(typeof hasSecretLine(`password: ${text}`, rules)).toBe('boolean');
      }),
    );
  });
});

test.each([
  ['config.yml.bak', 'settings'],
  ['notes', 'settings'],
  ['.env.example', 'settings'],
  ['README.md.orig', 'prose'],
  ['deploy.sh', 'script'],
  ['Dockerfile', 'script'],
  ['tool.py', undefined],
  ['tool.py.bak~', undefined],
])('%s is read as %s', (name, rules) => {
  expect(lineRulesOf(name)).toBe(rules);
});

test('texts made to be slow are judged to their end', () => {
  for (const piece of ['password:', 'password: ', '"password": "', 'a.', '=', 'token=\n', ' ', '\\']) {
    const text = piece.repeat(Math.ceil((1 << 19) / piece.length));
    expect(hasSecretLine(`${text}\nDB_PASSWORD=hunter22\n`, 'settings')).toBe(true);
  }
});
