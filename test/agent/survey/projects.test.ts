import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, put } from '../../fixtures/write-files.ts';
import { ForbiddingSystem } from '../../helpers/machines.ts';
import { makeClone, planOf, surveyOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('the projects of an installation', () => {
  it('are found in all three layouts', () => {
    const found = projectsOf({
      'projects/web.yaml': 'name: web\npath: /srv/web\n',
      'config.yml': lines(
        'orchestrator: {project_name: single, project_path: /srv/single}',
        'projects: [{name: listed, path: /srv/listed}]',
      ),
      'config/projects.yaml': 'projects: [{name: classic, path: /srv/classic, orchestration: blocking}]\n',
      'orch-config.yaml': 'projects: {multi: {path: /srv/multi, status: active}}\n',
    });

    expect(found.map(({ key, path }) => [key, path])).toEqual([
      ['listed', '/srv/listed'],
      ['single', '/srv/single'],
      ['multi', '/srv/multi'],
      ['classic', '/srv/classic'],
      ['web', '/srv/web'],
    ]);
  });

  it('of one name and different folders stay two, and the second one gets a number', () => {
    const found = projectsOf({
      'projects/a.yaml': 'name: api\npath: /srv/a\n',
      'projects/b.yaml': 'name: api\npath: /srv/b\n',
      'projects/c.yaml': 'name: api-2\npath: /srv/c\n',
    });

    expect(found.map(({ key, path, clashOf }) => [key, path, clashOf])).toEqual([
      ['api', '/srv/a', undefined],
      ['api-2', '/srv/b', 'api'],
      ['api-2-2', '/srv/c', 'api-2'],
    ]);
  });

  it('of one folder in two layouts are one, also where a link, a slash or ~ leads there', () => {
    mkdirSync(join(temp(), 'work/api'), { recursive: true });
    symlinkSync('work/api', join(temp(), 'link'));

    const found = projectsOf({
      'config.yml': `projects: [{name: api, path: "${join(temp(), 'link')}"}]\n`,
      'orch-config.yaml': 'projects: {other-name: {path: ~/work/api/}}\n',
      'projects/api.yaml': `path: ${join(temp(), 'work/../work/api')}\n`,
    });

    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ key: 'api', exists: true });
    expect(found[0]?.mentions.map(({ file }) => file.rel)).toEqual([
      'config.yml',
      'orch-config.yaml',
      'projects/api.yaml',
    ]);
  });

  it('without a path are joined with one of their name, and stay without a path alone', () => {
    const found = projectsOf({
      'config/projects.yaml': 'projects: [{name: api}, {name: lonely, path: ""}]\n',
      'projects/api.yaml': 'path: /srv/api\n',
    });

    expect(found.map(({ key, path }) => [key, path])).toEqual([
      ['api', '/srv/api'],
      ['lonely', undefined],
    ]);
  });

  it('are neither named nor located by a secret', () => {
    const found = projectsOf({
      'config.yml': lines(
        'projects:',
        '  - {name: ghp_0123456789abcdefghijABCDEFGHIJ012345, project_name: spare, path: /srv/a}',
        '  - {name: b, path: "https://bob:s3cret@github.com/b.git"}',
      ),
    });

    expect(found.map(({ key, path }) => [key, path])).toEqual([
      ['spare', '/srv/a'],
      ['b', undefined],
    ]);
  });

  it('are joined by their folder before their name', () => {
    const found = projectsOf({
      'config.yml': 'projects: [{name: api}]\n',
      'config/projects.yaml': 'projects: [{path: /srv/x}, {name: api, path: /srv/x}]\n',
    });

    expect(found.map(({ key, path }) => [key, path])).toEqual([
      ['api', undefined],
      ['x', '/srv/x'],
    ]);
  });

  it('whose folder is gone are there, with a finding that names file and line; so is a second one of a name', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      'projects/old.yaml': '# of old\npath: /nowhere/old\n',
      'projects/older.yaml': 'path: /nowhere/older\nname: old\n',
    });

    const { projects, findings } = surveyOf(clone);

    expect(projects).toMatchObject([{ key: 'old', exists: false, hasState: false }, { key: 'old-2' }]);
    expect(findings.filter(({ code }) => code.startsWith('project-'))).toMatchObject([
      { code: 'project-gone', file: 'projects/old.yaml', line: 2 },
      { code: 'project-gone', file: 'projects/older.yaml', line: 1 },
      { code: 'project-name-clash', file: 'projects/older.yaml', line: 2 },
    ]);
  });

  it.each([
    ['a zero byte', 'a\0b'],
    ['too many letters', 'x/'.repeat(4000)],
    ['a file in the middle', 'orchestrator.yaml/below'],
  ])('whose path has %s are gone, and nothing is thrown', (_, path) => {
    const clone = makeClone(join(temp(), 'clone'), {
      'projects/odd.yaml': `path: ${JSON.stringify(path)}\nname: odd\n`,
    });

    const plan = planOf(clone);

    expect(plan.survey.projects).toMatchObject([{ key: 'odd', exists: false }]);
  });

  it('in folders that may not be looked into are kept', () => {
    mkdirSync(join(temp(), 'work/api/.orch-state'), { recursive: true });
    const clone = makeClone(join(temp(), 'clone'), { 'projects/api.yaml': 'path: ~/work/api\n' });
    for (const forbidden of ['/.orch-state', '/work/api']) {
      const system = new ForbiddingSystem({ HOME: temp() }, (path) => path.endsWith(forbidden));

      const { survey, content } = planOf(clone, { system });

      expect(survey.projects).toMatchObject([{ exists: true }]);
      expect(survey.unreadable).toMatchObject([{ path: expect.stringContaining('work/api') }]);
      expect(content.decisions.open).toMatchObject([{ id: 'unreadable-files' }]);
    }
  });

  it('have names from their keys or files where they state none, and may have any name', () => {
    const found = projectsOf({
      'projects/from-file.yaml': 'path: /srv/1\n',
      'orch-config.yaml': 'projects:\n  from-key: {path: /srv/2}\n  12: {path: /srv/3, name: 99}\n',
      'config/projects.yaml': 'projects: [{path: /srv/from-path}, {}, just text, null]\n',
    });

    expect(found.map(({ key }) => key).sort()).toEqual([
      '99',
      'from-file',
      'from-key',
      'from-path',
      'project',
    ]);
  });

  it('have state where .orch-state is a folder that holds anything', () => {
    mkdirSync(join(temp(), 'work/new/.orch-state'), { recursive: true });
    put(temp(), 'work/api/.orch-state/backlog.json', '{}');
    put(temp(), 'work/web/.orch-state', 'a file');
    const clone = makeClone(join(temp(), 'clone'), {
      'projects/api.yaml': 'path: ~/work/api\n',
      'projects/new.yaml': 'path: ~/work/new\n',
      'projects/web.yaml': 'path: ~/work/web\n',
    });

    const { projects, states } = surveyOf(clone);

    expect(projects.map(({ hasState }) => hasState)).toEqual([true, true, false]);
    expect(states).toMatchObject([
      { root: 'project-1', path: join(temp(), 'work/api/.orch-state'), files: 1, bytes: 2 },
    ]);
  });
});

function projectsOf(files: Record<string, string>) {
  return surveyOf(makeClone(join(temp(), 'clone'), files)).projects;
}
