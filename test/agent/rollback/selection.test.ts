import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackupRoot } from '../../../src/agent/backup/format.ts';
import { chosenProjects, coverOf, FULL, selectionFrom } from '../../../src/agent/rollback/selection.ts';

const problem = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return String((error as Error).message);
  }
  return 'nothing was thrown';
};
const root = (id: string, path: string): BackupRoot => ({ id, path, present: true });
const ROOTS = [
  root('source', '/home/ada/clone'),
  root('target', '/home/ada/.agent-workflow'),
  root('project-1', '/srv/shop/.orch-state'),
  root('project-2', '/srv/api/.orch-state'),
  root('project-3', '/old/api/.orch-state'),
];

describe('what of a backup is restored', () => {
  it.each([
    ['config.yaml', true],
    ['credentials.enc', false],
    ['projects/registry.yaml', false],
    ['', false],
  ])('config_only, of %o: %o', (key, isCovered) => {
    expect(coverOf(selectionFrom('config_only', []))(key)).toBe(isCovered);
  });

  it.each([
    ['category:config', ['config.yaml']],
    ['category:credentials', ['credentials.enc', 'credentials.key']],
    ['category:projects', ['projects', 'projects/registry.yaml']],
    ['category:state', ['global', 'global/notes/a.md']],
    ['category:logs', ['logs', 'logs/a.log']],
    ['category:custom', ['agents', 'agents/agent-poet.yaml', 'projects-of-mine.txt', 'reminder.txt']],
    ['agents', ['agents', 'agents/agent-poet.yaml']],
    ['agents/', ['agents', 'agents/agent-poet.yaml']],
  ])('%s takes what belongs to it, and nothing else', (one, keys) => {
    const all = [
      '',
      'config.yaml',
      'credentials.enc',
      'credentials.key',
      'projects',
      'projects/registry.yaml',
      'projects-of-mine.txt',
      'global',
      'global/notes/a.md',
      'logs',
      'logs/a.log',
      'agents',
      'agents/agent-poet.yaml',
      'reminder.txt',
    ];
    expect(all.filter(coverOf(selectionFrom('selective', [one])))).toEqual(
      all.filter((key) => keys.includes(key)),
    );
  });

  it('gives every entry of a home to exactly one category', () => {
    const categories = ['config', 'credentials', 'projects', 'state', 'logs', 'custom'];
    const part = fc.constantFrom('config.yaml', 'credentials.key', 'projects', 'global', 'logs', 'a', 'ü');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const key = Buffer.from(parts.join('/')).toString('latin1');
        const taken = categories.filter((name) =>
          coverOf(selectionFrom('selective', [`category:${name}`]))(key),
        );
        expect(taken).toHaveLength(1);
        expect(coverOf(FULL)(key)).toBe(true);
      }),
    );
  });

  it('names a project by its folder, its path or its id; what fits nothing or two is told', () => {
    const chosen = (...only: string[]) =>
      chosenProjects(selectionFrom('selective', only), ROOTS).map(({ id }) => id);
    expect(chosen('project:shop', 'project:/srv/shop', 'project:project-1')).toEqual(['project-1']);
    expect(chosen('project:/old/api')).toEqual(['project-3']);
    expect(problem(() => chosen('project:api'))).toContain('2 projects are called "api"');
    expect(problem(() => chosen('project:nobody'))).toContain('it holds: shop, api, api');
  });

  it.each([
    ['half', [], 'there is no type "half"'],
    ['selective', [], 'needs at least one --only'],
    ['full', ['agents'], '--only needs --type selective'],
    ['selective', ['category:everything'], 'there is no category:everything'],
    ['selective', ['../outside'], 'is no path in the configuration home'],
    ['selective', [''], 'is no path in the configuration home'],
  ])('refuses %s %o in plain words', (type, only, words) => {
    expect(problem(() => selectionFrom(type, only))).toContain(words);
  });
});
