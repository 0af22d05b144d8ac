import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, put } from '../../fixtures/write-files.ts';
import {
  configOf,
  fatesOf,
  makeClone,
  type PlanOfOptions,
  planOf,
  registryOf,
  rowOf,
  writeHome,
} from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('a project', () => {
  it('becomes an entry with everything that the package reads, all ids and times as text', () => {
    put(temp(), 'work/api/pyproject.toml', 'dependencies = ["fastapi"]\n');
    put(temp(), 'work/api/.orch-state/status.json', '{"current_state": "SPRINT_ACTIVE"}');
    const plan = planWith({
      'projects/api.yaml': lines(
        'name: api',
        `path: ~/work/api`,
        'mode: Partial',
        'description: The API',
        'tags: [a, b]',
        'discord: {channel_id: 1234567890123456789, channel_name: api-dev}',
        'github: {repository: me/api, default_branch: main}',
        'created_at: 2024-01-15T10:30:00',
        'last_activity: "2024-02-01"',
        'status: active',
      ),
    });

    expect(registryOf(plan)['api']).toEqual({
      name: 'api',
      path: join(temp(), 'work/api'),
      registered: '2024-01-15T10:30:00',
      last_active: '2024-02-01',
      mode: 'partial',
      framework: 'api',
      language: 'python',
      status: 'active',
      discord: { channel_id: '1234567890123456789', channel_name: 'api-dev' },
      github: { repository: 'me/api', default_branch: 'main' },
      metadata: {
        description: 'The API',
        language: 'python',
        repository: 'me/api',
        tags: ['a', 'b'],
        migrated_from: ['projects/api.yaml'],
      },
      state: {
        current: 'SPRINT_ACTIVE',
        state_file: join(temp(), 'work/api/.orch-state/status.json'),
      },
    });
    expect(configOf(plan)).not.toHaveProperty('legacy');
  });

  it('described twice takes each fact from the file that goes first, and keeps the other one', () => {
    const plan = planWith({
      'config.yml': 'projects: [{name: api, path: /srv/api, mode: partial}]\n',
      'orch-config.yaml': 'projects: {api: {path: /srv/api, mode: blocking, description: x}}\n',
    });

    expect(registryOf(plan)['api']).toMatchObject({ mode: 'partial', metadata: { description: 'x' } });
    expect(fatesOf(plan)).toMatchObject({ 'orch-config.yaml#projects.api.mode': 'kept-unused' });
    expect(configOf(plan)['legacy']).toEqual({
      'orch-config.yaml': { projects: { api: { mode: 'blocking' } } },
    });
  });

  it('that is gone has the status error, and its own status stays under legacy', () => {
    const plan = planWith({ 'projects/old.yaml': 'path: /nowhere/old\nstatus: active\n' });

    expect(registryOf(plan)['old']).toMatchObject({ status: 'error', path: '/nowhere/old' });
    expect(configOf(plan)['legacy']).toEqual({ 'projects/old.yaml': { status: 'active' } });
    expect(rowOf(plan, 'old', 'project').note).toContain('its folder is not there');
  });

  it('whose name another one has is renamed, and the row says so', () => {
    const plan = planWith({
      'projects/a.yaml': 'name: api\npath: /srv/a\n',
      'projects/b.yaml': 'name: api\npath: /srv/b\n',
    });

    expect(Object.keys(registryOf(plan))).toEqual(['api', 'api-2']);
    expect(rowOf(plan, 'api-2', 'project')).toMatchObject({ fate: 'renamed' });
    expect(rowOf(plan, 'projects/b.yaml#name')).toMatchObject({
      fate: 'renamed',
      note: 'it is "api-2" in the registry',
    });
  });

  it('that two files name differently has the name of the file that goes first, and the other one is kept', () => {
    const plan = planWith({
      'config.yml': 'projects: [{name: api, path: /srv/api}]\n',
      'projects/x.yaml': 'name: interface\npath: /srv/api\n',
    });

    expect(Object.keys(registryOf(plan))).toEqual(['api']);
    expect(rowOf(plan, 'projects/x.yaml#name')).toMatchObject({
      fate: 'kept-unused',
      note: 'another file goes first; this one said "interface"',
    });
    expect(configOf(plan)['legacy']).toEqual({ 'projects/x.yaml': { name: 'interface' } });
  });

  it('may have any name', () => {
    const names = ['yes', '1', '~', 'a: b', 'ü #1', '"', 'line\nbreak', '__proto__'];
    const files = names.map((name, n) => [
      `projects/p${n}.yaml`,
      `name: ${JSON.stringify(name)}\npath: /srv/${n}\n`,
    ]);

    const plan = planWith(Object.fromEntries(files));

    expect(Object.keys(registryOf(plan)).sort()).toEqual([...names].sort());
  });

  it('with a mode that does not exist is one decision, in however many files', () => {
    const files = {
      'projects/a.yaml': 'name: api\npath: /srv/a\nmode: yolo\n',
      'config/projects.yaml': 'projects: [{name: api, path: /srv/a, mode: yolo}]\n',
    };

    const plan = planWith(files);
    const answered = planWith(files, { answers: { 'value:projects.api.mode': 'default' } });

    expect(plan.content.decisions.open).toMatchObject([
      { id: 'value:projects.api.mode', file: 'config/projects.yaml', line: 1 },
    ]);
    expect(registryOf(answered)['api']).toMatchObject({ mode: 'blocking' });
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['a list', '[1]'],
    ['no state', '{"current_state": 5}'],
    ['a sentence', '{"current_state": "blocked by Mara"}'],
    ['a token', '{"current_state": "ghp_0123456789abcdefghijABCDEFGHIJ012345"}'],
    ['too large', `{"current_state": "X", "pad": "${'x'.repeat(1 << 20)}"}`],
  ])('whose status.json is %s has no current state', (_, content) => {
    put(temp(), 'work/api/.orch-state/status.json', content);

    const plan = planWith({ 'projects/api.yaml': 'path: ~/work/api\n' });

    expect(registryOf(plan)['api']).toMatchObject({ state: { current: null } });
  });
});

describe('with a registry in the new home', () => {
  it('an entry for the same folder stays byte for byte, however its path is written', () => {
    mkdirSync(join(temp(), 'work/api'), { recursive: true });
    symlinkSync('work', join(temp(), 'link'));
    const registry = `# mine\nprojects:\n  my-api: {path: "${join(temp(), 'link/api/')}", mode: partial}\n`;
    put(temp(), '.agent-workflow/projects/registry.yaml', registry);

    const plan = planWith({ 'projects/api.yaml': 'path: ~/work/api\nmode: blocking\ntags: [x]\n' });

    expect(plan.rendered.registry).toBe(undefined);
    expect(rowOf(plan, 'api', 'project')).toMatchObject({
      to: 'projects/registry.yaml#projects.my-api',
      note: 'registered already; your entry stays as it is',
    });
    expect(configOf(plan)['legacy']).toEqual({ 'projects/api.yaml': { mode: 'blocking', tags: ['x'] } });
  });

  it('what the person wrote into an entry of their own, a secret too, comes into no base', () => {
    const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
    const registry = `projects:\n  api: {path: /srv/api, notes: see below, github: {password: tr0ub4dor, token: ${secret}}}\n`;
    put(temp(), '.agent-workflow/projects/registry.yaml', registry);

    const plan = planWith({ 'projects/api.yaml': 'path: /srv/api\nmode: blocking\n' });

    expect(plan.rendered.registry).toBe(undefined);
    expect(plan.rendered.base).toContain('mode: blocking');
    expect(plan.rendered.base).not.toMatch(/ghp_|tr0ub4dor|see below/);
  });

  it('a project of a name that is taken gets another one, and comments stay', () => {
    const registry = '# mine\nprojects:\n  api: {path: /srv/mine}  # keep\n';
    put(temp(), '.agent-workflow/projects/registry.yaml', registry);

    const plan = planWith({ 'projects/api.yaml': 'path: /srv/theirs\n' });

    expect(Object.keys(registryOf(plan))).toEqual(['api', 'api-2']);
    expect(plan.rendered.registry?.startsWith(registry)).toBe(true);
  });

  it('a second migration finds every project again, those without a path and those that are gone too', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      'config/projects.yaml':
        'projects: [{name: lonely}, {name: a, path: /gone, status: maintenance}, {name: a, path: /gone2}]\n',
    });
    writeHome(planOf(clone));

    const again = planOf(clone);

    expect(again.rendered).toEqual({ config: undefined, registry: undefined, base: undefined });
  });
});

function planWith(files: Record<string, string>, options: PlanOfOptions = {}) {
  return planOf(makeClone(join(temp(), 'clone'), files), options);
}
