import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectsGit } from '../../../../src/agent/cli/guided/projects-git.ts';
import { put } from '../../../fixtures/write-files.ts';
import { treeDigest } from '../../../helpers/digest.ts';
import { withOverrides } from '../../../helpers/faulty-system.ts';
import { makeGitClone } from '../../../helpers/git-clone.ts';
import { systemAt } from '../../../helpers/plan.ts';
import { useTempFolder } from '../../../helpers/temp.ts';

const folder = useTempFolder();
const project = (key: string) => ({ key, path: join(folder(), key), exists: true });

it('counts the files that were not committed, project by project, and touches none', () => {
  for (const name of ['clean', 'changed'])
    makeGitClone(join(folder(), name), { 'a.txt': 'a\n', 'b.txt': 'b\n' });
  put(folder(), 'changed/a.txt', 'more\n');
  put(folder(), 'plain/a.txt', 'no repository\n');
  put(folder(), 'broken/.git', 'gitdir: /nowhere\n');
  const before = treeDigest(folder());
  const all = ['clean', 'changed', 'plain', 'broken'].map(project);
  const gone = { key: 'gone', path: join(folder(), 'gone'), exists: false };

  expect(projectsGit(systemAt(folder()), [...all, gone])).toEqual({
    of: 3,
    clean: 1,
    changed: [{ project: 'changed', files: 1 }],
    unknown: ['broken'],
    notLooked: 0,
  });
  expect(treeDigest(folder())).toBe(before);
});

it('stops looking when it takes too long, and says how many it did not look at', () => {
  for (const name of ['one', 'two', 'three']) makeGitClone(join(folder(), name), { 'a.txt': 'a\n' });
  let elapsed = 0;
  const slow = withOverrides(systemAt(folder()), { elapsed: () => (elapsed += 700) });

  const found = projectsGit(slow, ['one', 'two', 'three'].map(project), 1000);

  expect(found).toMatchObject({ of: 3, clean: 1, notLooked: 2 });
});
