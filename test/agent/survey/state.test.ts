import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { put } from '../../fixtures/write-files.ts';
import { makeClone, surveyOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

it.each([
  ['lies in the project', 'work/api/state', false],
  ['lies elsewhere', 'elsewhere', true],
  ['begins like the project', 'work/api-2', true],
])('state behind a link that %s: it is told', (_, to, outside) => {
  put(temp(), `${to}/status.json`, '{}');
  mkdirSync(join(temp(), 'work/api'), { recursive: true });
  symlinkSync(join(temp(), to), join(temp(), 'work/api/.orch-state'));
  const clone = makeClone(join(temp(), 'clone'), { 'projects/api.yaml': 'path: ~/work/api\n' });

  expect(surveyOf(clone).states).toMatchObject([{ outside, files: 1 }]);
});
