import { join } from 'node:path';
import { expect, it } from 'vitest';
import { credentialFacts } from '../../../src/agent/plan/credential-facts.ts';
import { put } from '../../fixtures/write-files.ts';
import { makeClone, surveyOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

it('credentials are told by what they are, where they are, and which are the same, without their values', () => {
  const clone = makeClone(join(temp(), 'home/clone'), {
    '.env': `GITHUB_TOKEN=${TOKEN}\nSENTRY_DSN=your_sentry_dsn_here\n`,
    'prod.env': 'GITHUB_TOKEN=another-token-1\n',
    'config.yml': `deploy: {hook: ${TOKEN}}\nx: {login_token: ${TOKEN}}\n`,
  });
  put(join(clone, '..'), '.bashrc', `# x\nexport GITHUB_TOKEN=${TOKEN}\n`);

  const facts = credentialFacts(surveyOf(clone).secrets);

  expect(facts).toMatchObject([
    {
      name: 'GITHUB_TOKEN',
      provider: 'github',
      type: 'token',
      length: 40,
      places: ['.env:1', '~/.bashrc:2'],
      same_as: ['DEPLOY_HOOK', 'X_LOGIN_TOKEN'],
    },
    { name: 'GITHUB_TOKEN', length: 15, places: ['prod.env:1'], same_as: [] },
    { name: 'DEPLOY_HOOK', provider: 'github', type: 'token', places: ['config.yml:1'] },
    { name: 'X_LOGIN_TOKEN', provider: 'github', type: 'token', places: ['config.yml:2'] },
  ]);
  expect(facts[0]?.fingerprint).toBe(facts[2]?.fingerprint);
  expect(facts[0]?.fingerprint).not.toBe(facts[1]?.fingerprint);
  expect(JSON.stringify(facts)).not.toMatch(/ghp_|another-token/);
});
