import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refuseExposed } from '../../../src/agent/plan/exposure.ts';
import { put } from '../../fixtures/write-files.ts';
import { makeClone, surveyOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
const NOTHING = { config: undefined, registry: undefined, base: undefined };

describe('the last look at a plan', () => {
  it.each([
    ['a known secret', 'a hunter2-\\"hunter2 b', 'A_PASSWORD'],
    ['a token', `see ${TOKEN}`, 'a github token'],
  ])('stops at %s and names it without its value', (_, text, name) => {
    const survey = surveyOf(clone());

    for (const [bytes, rendered] of [
      [text, NOTHING],
      ['', { ...NOTHING, config: text }],
      ['', { ...NOTHING, registry: text }],
    ] as const) {
      const look = () => refuseExposed(survey, Buffer.from(bytes), rendered);
      expect(look).toThrow(expect.objectContaining({ code: 'SECRET_EXPOSED', params: { name } }));
      expect(look).not.toThrow(/hunter2|ghp_/);
    }
  });

  it('lets pass what is no secret, everyday words, and what the person’s own home says already', () => {
    put(temp(), '.agent-workflow/config.yaml', `version: "1.0"\nmine: ${TOKEN}\n`);
    const survey = surveyOf(clone());
    const config = `mine: ${TOKEN}\nmax_token: "abcdefgh12345678"\nteam: correct-horse\n`;

    expect(() => refuseExposed(survey, Buffer.from('webshop'), { ...NOTHING, config })).not.toThrow();
  });
});

function clone(): string {
  return makeClone(join(temp(), 'clone'), {
    '.env': `A_PASSWORD='hunter2-"hunter2'\nB_PASSWORD=correct-horse\nTEAM=webshop\n`,
  });
}
