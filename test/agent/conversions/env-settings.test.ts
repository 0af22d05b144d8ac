import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf, fatesOf, makeClone, planOf, rowOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('settings in env files', () => {
  it('are kept as text under legacy.env, empty ones too', () => {
    const plan = planWith({ '.env': 'DEBUG=true\nWEB_PORT=8080\nAPM_TOKEN\nSMTP_SERVER=\n' });

    expect(configOf(plan)['legacy']).toEqual({
      env: { DEBUG: 'true', WEB_PORT: '8080', APM_TOKEN: '', SMTP_SERVER: '' },
    });
    expect(fatesOf(plan)).toMatchObject({
      '.env#DEBUG': 'kept-unused config.yaml#legacy.env.DEBUG',
      '.env': 'mapped config.yaml and credentials.enc',
    });
  });

  it('that disagree are kept apart: .env goes first, the other one stays under its file', () => {
    const plan = planWith({
      '.env': 'DEBUG=1\nWEB_PORT=1\n',
      'a.env': 'DEBUG=1\nWEB_PORT=2\n',
      env: 'WEB_PORT=3\n',
    });

    expect(configOf(plan)['legacy']).toEqual({
      env: { DEBUG: '1', WEB_PORT: '1' },
      'a.env': { WEB_PORT: '2' },
      './env': { WEB_PORT: '3' },
    });
    expect(rowOf(plan, 'a.env#WEB_PORT').note).toBe('.env goes first');
  });

  it('that cannot be read as text need the person', () => {
    const plan = planWith({ '.env': Buffer.from('WEB_PORT=1\nWEB_HOST=caf\xe9\n', 'latin1') });

    expect(fatesOf(plan)).toMatchObject({ '.env#WEB_HOST': 'needs-you' });
    expect(configOf(plan)['legacy']).toEqual({ env: { WEB_PORT: '1' } });
  });

  it('may have any value', () => {
    const plan = planWith({ '.env': 'LANG="a\\nb: c # d"\nTZ=\'yes\'\nHOST=" 022 "\n' });

    expect(configOf(plan)['legacy']).toEqual({ env: { LANG: 'a\nb: c # d', TZ: 'yes', HOST: ' 022 ' } });
  });
});

function planWith(files: Record<string, string | Uint8Array>) {
  return planOf(makeClone(join(temp(), 'clone'), files));
}
