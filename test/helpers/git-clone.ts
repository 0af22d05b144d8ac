import { buildRepository, type FixtureFile } from '../fixtures/git-history.ts';

/**
 * A clone whose first commit is what upstream ships and whose second one, where given, is the person's. Returns its
 * folder.
 */
export function makeGitClone(
  clone: string,
  upstream: Readonly<Record<string, FixtureFile>>,
  own?: Readonly<Record<string, FixtureFile>>,
): string {
  const person = { author: 'A Person', email: 'person@example.org' };
  const first = {
    ...person,
    time: 1_736_500_000,
    message: 'release',
    files: new Map(Object.entries(upstream)),
    refs: ['refs/remotes/origin/main'],
    tag: 'v0.9.8',
  };
  const second = {
    ...person,
    time: 1_736_600_000,
    message: 'own',
    files: new Map(Object.entries(own ?? {})),
  };
  buildRepository(clone, {
    commits: own === undefined ? [first] : [first, second],
    remote: 'https://example.org/agent-workflow.git',
  });
  return clone;
}
