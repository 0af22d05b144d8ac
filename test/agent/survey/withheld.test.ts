import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isWithheld } from '../../../src/agent/survey/withheld.ts';
import { makeClone, planOf, rowOf, surveyOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

it('files whose path holds a token or a known secret are numbered, whatever they are', () => {
  const clone = makeClone(join(temp(), 'clone'), {
    '.env': 'A_PASSWORD=hunter2-hunter2\nTEAM=webshop\n',
    [`${TOKEN}.md`]: '',
    'notes/hunter2-hunter2/x.md': '',
    'projects/hunter2-hunter2.yaml': 'name: a\npath: /srv/a\n',
    'hunter2-hunter2.env': 'B_TOKEN=other-other-1\n',
    'webshop.md': '',
    'withheld-1': '',
  });

  const survey = surveyOf(clone);

  const names = survey.inventory.files.filter(isWithheld).map(({ display, kind }) => [display, kind]);
  expect(names).toHaveLength(4);
  expect(new Set(names.map(([, kind]) => kind))).toEqual(new Set(['custom']));
  expect(names.flat()).not.toContain('withheld-1');
  expect(survey.projects).toEqual([]);
  expect(survey.envFiles.map(({ rel }) => rel)).toEqual(['.env']);
  expect(survey.knownValues.map(({ name }) => name)).toContain('B_TOKEN');
});

it('they need the person, who is told to rename them, and nothing names them', () => {
  const clone = makeClone(join(temp(), 'clone'), {
    [`notes-${TOKEN}.md`]: 'x',
    [`${TOKEN}/node_modules/a.js`]: '',
  });

  const plan = planOf(clone);

  expect(plan.content.ledger.filter(({ fate }) => fate === 'needs-you')).toHaveLength(1);
  expect(JSON.stringify(plan.content.ledger)).toMatch(/rename it/);
  expect(`${plan.bytes}${JSON.stringify(plan.survey.findings)}`).not.toContain(TOKEN);
  expect(plan.draft.files).toEqual([]);
  expect(rowOf(plan, 'withheld-2').fate).toMatch(/left|needs-you/);
});
