import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pythonEnvironments } from '../../../../src/agent/survey/machine/python-environments.ts';
import { put } from '../../../fixtures/write-files.ts';
import { makeClone, surveyOf, systemAt } from '../../../helpers/plan.ts';
import { useTempFolder } from '../../../helpers/temp.ts';

const temp = useTempFolder();
const SITE = 'lib/python3.12/site-packages';

describe('Python environments', () => {
  it('of the clone are named, with the version that they were made for', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      'venv/pyvenv.cfg': 'home = /usr/bin\nversion = 3.11.4\n',
    });
    expect(look(clone)).toEqual([
      { path: join(clone, 'venv'), kind: 'venv', python: '3.11.4', inClone: true, package: undefined },
    ]);
  });

  it('that have the package are told by its metadata', () => {
    const path = join(temp(), '.local/share/pipx/venvs/agent-workflow');
    put(path, `${SITE}/agent_workflow-1.2.0.dist-info/METADATA`, '');
    put(temp(), `.local/share/pipx/venvs/other/${SITE}/black-1.dist-info/METADATA`, '');
    expect(look(makeClone(join(temp(), 'clone')))).toEqual([
      {
        path,
        kind: 'pipx',
        python: '3.12',
        inClone: false,
        package: { version: '1.2.0', editableFrom: undefined },
      },
    ]);
  });

  it.each([
    [
      'pip install -e',
      'agent_workflow-0.9.8.dist-info/direct_url.json',
      (c: string) => JSON.stringify({ dir_info: { editable: true }, url: `file://${c}` }),
    ],
    ['setup.py develop', 'agent-workflow.egg-link', (c: string) => `${c}\n.`],
    ['a .pth file', 'easy-install.pth', (c: string) => `/elsewhere\n${c}\n`],
  ])('that run the code of the clone are told: %s', (_, file, text) => {
    const clone = makeClone(join(temp(), 'clone'));
    put(temp(), `.virtualenvs/aw/${SITE}/${file}`, text(clone));
    expect(look(clone)).toMatchObject([{ kind: 'venv', package: { editableFrom: clone } }]);
  });
});

function look(clone: string) {
  // What this machine's own Python has is no part of the test.
  return pythonEnvironments(systemAt(temp()), clone, surveyOf(clone).inventory).filter(({ path }) =>
    path.startsWith(temp()),
  );
}
