import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ForbiddingSystem } from '../../helpers/machines.ts';
import { makeClone, planOf, surveyOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

describe('the env files of a clone', () => {
  it('are read with .env first', () => {
    const clone = cloneWith({ 'a.env': 'X_TOKEN=1', '.env': 'X_TOKEN=2', 'deploy/.env': 'X_TOKEN=3' });

    const { envFiles } = surveyOf(clone);

    expect(envFiles.map(({ rel, precedence }) => [rel, precedence])).toEqual([
      ['.env', 0],
      ['a.env', 1],
      ['deploy/.env', 1],
    ]);
  });

  it('hold settings, secrets, placeholders, empty values, and values that cannot be read', () => {
    const clone = cloneWith({
      '.env': `DEBUG=true\nA_TOKEN=abc123\nB_TOKEN=your_token_here\nC_TOKEN=\nD_TOKEN\nE_TOKEN=\${E_TOKEN}x\n`,
    });

    expect(variables(clone)).toMatchObject({
      DEBUG: 'setting',
      A_TOKEN: 'secret',
      B_TOKEN: 'placeholder',
      C_TOKEN: 'empty',
      D_TOKEN: 'empty',
    });
  });

  it('take the last definition', () => {
    const clone = cloneWith({ '.env': 'WEB_PORT=1\nWEB_PORT=2\n' });

    const [variable] = surveyOf(clone).envFiles[0]!.variables;

    expect(variable?.value.reveal().toString()).toBe('2');
    expect(variable?.line).toBe(2);
  });

  it('hide a token that stands on a line without a name', () => {
    const clone = cloneWith({ '.env': `DEBUG=1\n${TOKEN}\nsk-ant-api03-abcdefghijklmno1234\nabc+/def==\n` });

    const plan = planOf(clone);

    expect(variables(clone)).toEqual({
      DEBUG: 'setting',
      UNNAMED_LINE_2: 'secret',
      UNNAMED_LINE_3: 'secret',
      UNNAMED_LINE_4: 'secret',
    });
    for (const shown of [plan.bytes, plan.rendered.config!, JSON.stringify(plan.survey.findings)]) {
      expect(shown.includes(TOKEN)).toBe(false);
      expect(shown.includes('sk-ant-api03')).toBe(false);
    }
  });

  it('hide a setting whose value is a token, or repeats a secret', () => {
    const clone = cloneWith({
      '.env':
        'SMTP_PASSWORD=correcthorse\nSMTP_SERVER=smtp://me:pw1234@host\nDOCKER_HOST=tcp://correcthorse@h\n',
    });

    expect(variables(clone)).toEqual({
      SMTP_PASSWORD: 'secret',
      SMTP_SERVER: 'secret',
      DOCKER_HOST: 'secret',
    });
  });

  it('give findings with file and line, and without a value', () => {
    const clone = cloneWith({ '.env': 'A_TOKEN="abcdefgh\nDEBUG=1\r\nB_TOKEN=$HOME-secretvalue\n' });
    chmodSync(join(clone, '.env'), 0o644);

    const { findings } = surveyOf(clone);

    expect(findings.filter(({ file }) => file === '.env').map(({ code }) => code)).toEqual(
      expect.arrayContaining(['env-line', 'env-windows-line-ends', 'env-world-readable']),
    );
    expect(findings.find(({ code }) => code === 'env-line')?.line).toBe(1);
    expect(JSON.stringify(findings)).not.toMatch(/abcdefgh|secretvalue/);
  });

  it('say where a shell reads another value than python-dotenv', () => {
    const clone = cloneWith({ '.env': "A_TOKEN='same'\nB_TOKEN=two words\n" });

    const { findings } = surveyOf(clone);

    expect(findings.filter(({ code }) => code === 'env-disagreement')).toMatchObject([{ line: 2 }]);
  });

  it('that may not be read are left out, asked about, and never said to be moved', () => {
    const clone = cloneWith({ '.env': 'A_TOKEN=abc' });
    const system = new ForbiddingSystem({ HOME: dirname(clone) }, (path) => path.endsWith('/.env'));

    const plan = planOf(clone, { system });

    expect(plan.survey.envFiles).toEqual([]);
    expect(plan.content.decisions.open).toMatchObject([{ id: 'unreadable-files', file: '.env' }]);
    expect(plan.content.ledger.find(({ item }) => item === '.env')?.fate).toBe('needs-you');
  });
});

function cloneWith(files: Record<string, string>): string {
  return makeClone(join(temp(), 'clone'), files);
}

function variables(clone: string): Record<string, string> {
  const files = surveyOf(clone).envFiles;
  return Object.fromEntries(files.flatMap((file) => file.variables.map(({ name, what }) => [name, what])));
}
