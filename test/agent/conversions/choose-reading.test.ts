import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf, makeClone, planOf, rowOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const FILES = { '.env': 'A_TOKEN=ab\\ncd1234\nB_TOKEN = secret-b1\nWEB_PORT=80\\80\n' };

describe('a variable that sh and python-dotenv read differently', () => {
  it('is what python-dotenv reads, without a question that stays open', () => {
    const plan = planWith({});

    expect(stored(plan)).toEqual({ a_token: 'ab\\ncd1234', b_token: 'secret-b1' });
    expect(configOf(plan)).toMatchObject({ legacy: { env: { WEB_PORT: '80\\80' } } });
    expect(plan.content.decisions.open).toEqual([]);
    expect(plan.content.decisions.safe).toMatchObject([
      { id: 'reading:.env#A_TOKEN', safe: 'dotenv', file: '.env', line: 1 },
      { id: 'reading:.env#B_TOKEN', safe: 'dotenv', file: '.env', line: 2 },
      { id: 'reading:.env#WEB_PORT', safe: 'dotenv', file: '.env', line: 3 },
    ]);
    expect(rowOf(plan, '.env#A_TOKEN').note).toBe("python-dotenv's reading; sh has another");
  });

  it('is what sh reads where the person says so', () => {
    const plan = planWith({
      'reading:.env#A_TOKEN': 'sh',
      'reading:.env#B_TOKEN': 'sh',
      'reading:.env#WEB_PORT': 'sh',
    });

    expect(stored(plan)).toEqual({ a_token: 'abncd1234' });
    expect(rowOf(plan, '.env#B_TOKEN')).toMatchObject({
      fate: 'left',
      note: 'the reading of sh, as you decided',
    });
    expect(configOf(plan)).toMatchObject({ legacy: { env: { WEB_PORT: '8080' } } });
    expect(plan.content.decisions.safe).toEqual([]);
  });

  it('shows neither reading in the plan', () => {
    const plan = planWith({});

    expect(plan.bytes.toString()).not.toMatch(/cd1234|secret-b1/);
    expect(JSON.stringify(plan.survey.findings)).not.toMatch(/cd1234|secret-b1/);
  });
});

function planWith(answers: Record<string, string>) {
  return planOf(makeClone(join(temp(), 'clone'), FILES), { answers });
}

function stored(plan: ReturnType<typeof planOf>): Record<string, string> {
  return Object.fromEntries(
    plan.draft.secrets.map(({ credentialKey, value }) => [credentialKey, value.reveal().toString()]),
  );
}
