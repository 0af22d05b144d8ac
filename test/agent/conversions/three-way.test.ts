import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { isNothingToDo } from '../../../src/agent/plan/plan.ts';
import { list, scalar } from '../../../src/agent/yaml/build.ts';
import { setInYaml, type YamlChange } from '../../../src/agent/yaml/merge-yaml.ts';
import { removeInYaml } from '../../../src/agent/yaml/remove-in-yaml.ts';
import { put } from '../../fixtures/write-files.ts';
import {
  configOf,
  makeClone,
  type PlanOfOptions,
  planOf,
  registryOf,
  rowOf,
  writeHome,
} from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const SETTINGS = `orchestrator:
  mode: partial
  log_level: WARNING
  max_projects: 7
  beta: {fast: true, colours: [red, green]}
discord:
  channel_prefix: crew
  greeting: hello
tdd: {enabled: true, tools: {lint: ruff}}
`;

let clone: string;
const at = (rel: string) => join(temp(), '.agent-workflow', rel);
const source = (text: string) => put(clone, 'config.yml', text);
const plan = (options: PlanOfOptions = {}) => planOf(clone, options);
const edit = (...changes: YamlChange[]) => {
  writeFileSync(at('config.yaml'), setInYaml(readFileSync(at('config.yaml'), 'utf8'), changes));
};
const removeAtHome = (...path: string[]) =>
  writeFileSync(at('config.yaml'), removeInYaml(readFileSync(at('config.yaml'), 'utf8'), [path]));

describe('a setting, at a migration after the first', () => {
  beforeEach(() => {
    clone = makeClone(join(temp(), 'clone'), { 'config.yml': SETTINGS });
    writeHome(plan());
  });

  it('that nobody changed leaves every byte', () => {
    expect(plan().rendered).toEqual({ config: undefined, registry: undefined, base: undefined });
    expect(isNothingToDo(plan())).toBe(true);
  });

  it('that only the installation changed takes its new value, and the comments of the home stay', () => {
    const text = readFileSync(at('config.yaml'), 'utf8');
    writeFileSync(at('config.yaml'), text.replace(/log_level: WARN$/m, 'log_level: WARN   # quiet'));
    source(SETTINGS.replace('WARNING', 'ERROR').replace('ruff', 'flake8').replace('crew', 'team'));

    const again = plan();

    expect(configOf(again)).toMatchObject({
      global: { log_level: 'ERROR', default_mode: 'partial' },
      discord: { channel_prefix: 'team' },
      legacy: { 'config.yml': { tdd: { enabled: true, tools: { lint: 'flake8' } } } },
    });
    expect(again.rendered.config).toContain('log_level: ERROR   # quiet');
    expect(again.content.decisions.safe).toEqual([]);
    writeHome(again);
    expect(isNothingToDo(plan())).toBe(true);
  });

  it('that only the home changed stays, the ledger names the loser, and there is nothing to do', () => {
    edit(
      { path: ['global', 'log_level'], node: scalar('DEBUG') },
      { path: ['legacy', 'config.yml', 'tdd', 'tools', 'lint'], node: scalar('mine') },
    );

    const again = plan();

    expect(isNothingToDo(again)).toBe(true);
    expect(rowOf(again, 'config.yml#orchestrator.log_level')).toMatchObject({
      fate: 'kept-unused',
      to: 'migration/base.yaml',
      note: 'you changed it in your configuration home since the last migration; the old installation still says "WARNING"',
    });
    expect(rowOf(again, 'config.yml#tdd.tools.lint').note).toContain('still says "ruff"');
    expect(rowOf(again, 'config.yml#tdd.enabled').to).toBe('config.yaml#legacy."config.yml".tdd.enabled');
  });

  it('that both changed to the same value is no question', () => {
    edit({ path: ['global', 'log_level'], node: scalar('ERROR') });
    source(SETTINGS.replace('WARNING', 'ERROR'));

    const again = plan();

    expect(again.rendered.config).toBe(undefined);
    expect(again.content.decisions.safe).toEqual([]);
    writeHome(again);
    expect(isNothingToDo(plan())).toBe(true);
  });

  describe('that both changed', () => {
    const id = 'both:config.yaml#global.log_level';
    beforeEach(() => {
      edit({ path: ['global', 'log_level'], node: scalar('DEBUG') });
      source(SETTINGS.replace('WARNING', 'ERROR'));
    });

    it('stays as the home has it, unless the person decides otherwise; both values are named', () => {
      const again = plan();

      expect(again.content.decisions.safe).toEqual([
        {
          id,
          question:
            'config.yaml#global.log_level was "WARN" after the last migration. The old installation says "ERROR" now, and your configuration home "DEBUG". Which one counts?',
          options: [
            { id: 'mine', outcome: 'Keep "DEBUG", as your configuration home has it.' },
            { id: 'old', outcome: 'Take "ERROR" of the old installation.' },
          ],
          safe: 'mine',
          file: 'config.yml',
          line: 3,
        },
      ]);
      expect(configOf(again)).toMatchObject({
        global: { log_level: 'DEBUG' },
        legacy: { 'config.yml': { orchestrator: { log_level: 'ERROR' } } },
      });
      expect(rowOf(again, 'config.yml#orchestrator.log_level').note).toBe(
        'both were changed since the last migration, and your configuration home goes first; this one says "ERROR"',
      );
      writeHome(again);
      expect(plan().content.decisions.safe).toEqual([]);
      expect(isNothingToDo(plan())).toBe(true);
    });

    it('becomes what the installation says where the person decides so', () => {
      const again = plan({ answers: { [id]: 'old' } });

      expect(configOf(again)).toMatchObject({ global: { log_level: 'ERROR' } });
      expect(configOf(again)['legacy']).not.toHaveProperty(['config.yml', 'orchestrator', 'log_level']);
      writeHome(again);
      expect(isNothingToDo(plan())).toBe(true);
    });
  });

  it('hides in its question what may be a secret', () => {
    edit({ path: ['discord', 'greeting'], node: scalar('ghp_0123456789abcdefghijABCDEFGHIJ012345') });
    source(SETTINGS.replace('hello', 'welcome'));

    const [question] = plan().content.decisions.safe;

    expect(question?.question).toBe(
      'config.yaml#discord.greeting was "hello" after the last migration. The old installation says "welcome" now, and your configuration home ********. Which one counts?',
    );
  });

  it('that the installation has no more goes from the home, or is the package’s default again', () => {
    source('orchestrator: {mode: partial}\ntdd: {enabled: true}\n');

    const again = plan();

    expect(configOf(again)).toMatchObject({
      global: { default_mode: 'partial', log_level: 'INFO', max_concurrent_projects: 5 },
      projects: { max_concurrent: 5 },
      discord: { channel_prefix: 'orch' },
    });
    expect(configOf(again)['legacy']).toEqual({ 'config.yml': { tdd: { enabled: true } } });
    expect(configOf(again)['discord']).not.toHaveProperty('greeting');
    expect(rowOf(again, 'migration/base.yaml#config.global.log_level')).toMatchObject({
      fate: 'dropped',
      note: 'the old installation does not say it any more; it was "WARN" at the last migration; what the package does by itself is in its place',
    });
    expect(rowOf(again, 'migration/base.yaml#config.discord.greeting').fate).toBe('dropped');
    writeHome(again);
    expect(isNothingToDo(plan())).toBe(true);
  });

  it('that the installation has no more stays where the home changed it', () => {
    edit(
      { path: ['global', 'log_level'], node: scalar('DEBUG') },
      { path: ['discord', 'greeting'], node: scalar('hi') },
      { path: ['legacy', 'config.yml', 'tdd', 'tools', 'lint'], node: scalar('mine') },
    );
    source('orchestrator: {mode: partial, max_projects: 7}\n');

    const again = plan();

    expect(configOf(again)).toMatchObject({
      global: { log_level: 'DEBUG', max_concurrent_projects: 7 },
      discord: { greeting: 'hi' },
    });
    expect(configOf(again)['legacy']).toEqual({ 'config.yml': { tdd: { tools: { lint: 'mine' } } } });
    expect(rowOf(again, 'migration/base.yaml#config.global.log_level').fate).toBe('kept-in-effect');
    writeHome(again);
    expect(isNothingToDo(plan())).toBe(true);
  });

  it('that the person took out of the home stays out, a whole map too', () => {
    removeAtHome('global', 'log_level');
    removeAtHome('discord', 'greeting');
    removeAtHome('legacy');

    expect(isNothingToDo(plan())).toBe(true);

    source(SETTINGS.replace('ruff', 'flake8').replace('WARNING', 'ERROR'));
    const again = plan();
    expect(again.content.decisions.safe.map(({ id }) => id)).toEqual([
      'both:config.yaml#global.log_level',
      'both:config.yaml#legacy."config.yml".tdd.tools.lint',
    ]);
    expect(again.content.decisions.safe[0]?.options[0]?.outcome).toBe(
      'Keep nothing, as your configuration home has it.',
    );
    expect(configOf(again)['global']).not.toHaveProperty('log_level');
  });

  it('of a home whose file is gone is written again, and so is a project', () => {
    const before = readFileSync(at('config.yaml'), 'utf8');
    rmSync(at('config.yaml'));
    rmSync(at('projects/registry.yaml'));

    expect(plan().rendered.config).toBe(before);
    expect(plan().rendered.registry).toContain('projects:');
  });

  it('that is a list is taken or left whole', () => {
    source(SETTINGS.replace('[red, green]', '[red, green, blue]'));
    expect(configOf(plan())).toMatchObject({
      legacy: { 'config.yml': { orchestrator: { beta: { colours: ['red', 'green', 'blue'] } } } },
    });

    edit({ path: ['legacy', 'config.yml', 'orchestrator', 'beta', 'colours'], node: list(['red']) });
    const again = plan();
    expect(again.content.decisions.safe.map(({ id }) => id)).toEqual([
      'both:config.yaml#legacy."config.yml".orchestrator.beta.colours',
    ]);
    expect(again.rendered.config).toBe(undefined);
    expect(rowOf(again, 'config.yml#orchestrator.beta.colours.2').to).toBe('migration/base.yaml');

    source(SETTINGS.replace('[red, green]', '[]'));
    expect(rowOf(plan(), 'config.yml#orchestrator.beta.colours').note).toContain('both were changed');
  });

  it('that is new in the installation, and was a default of the package, is taken', () => {
    source(`${SETTINGS}backup_retention_days: 90\nai: {model: sonnet, temperature: 0.2}\n`);

    expect(configOf(plan())).toMatchObject({
      global: { data_retention_days: 90 },
      ai_provider: { model: 'sonnet', temperature: 0.2 },
    });
  });

  it('that became a map, or a value of a map, is taken whole', () => {
    source(SETTINGS.replace('{lint: ruff}', 'none').replace('greeting: hello', 'greeting: {text: hello}'));

    const again = plan();

    expect(configOf(again)).toMatchObject({
      discord: { greeting: { text: 'hello' } },
      legacy: { 'config.yml': { tdd: { tools: 'none' } } },
    });
    writeHome(again);
    expect(isNothingToDo(plan())).toBe(true);
  });

  it('of a file that cannot be read now is not taken for removed', () => {
    source('orchestrator: {mode: partial\n');

    const again = plan({ answers: { 'file:config.yml': 'leave' } });

    expect(again.rendered.config).toBe(undefined);
    source(SETTINGS);
    expect(isNothingToDo(plan())).toBe(true);
  });

  it('of another installation is none of its business', () => {
    const other = makeClone(join(temp(), 'other'), { 'config.yml': 'orchestrator: {log_level: ERROR}\n' });
    const second = planOf(other, { target: at('') });

    expect(rowOf(second, 'config.yml#orchestrator.log_level').note).toContain(
      'configuration home goes first',
    );
    writeHome(second);

    expect(readFileSync(at('migration/base.yaml'), 'utf8')).toMatch(/clone":[\s\S]+other":/);
    expect(isNothingToDo(planOf(other, { target: at('') }))).toBe(true);
  });

  it('without a base, or with a damaged one, is the home’s, and the damage is told', () => {
    edit({ path: ['global', 'log_level'], node: scalar('DEBUG') });
    source(SETTINGS.replace('WARNING', 'ERROR'));
    const note = 'your configuration home goes first; this one said "ERROR"';
    writeFileSync(at('migration/base.yaml'), 'schema: [\n');

    expect(rowOf(plan(), 'config.yml#orchestrator.log_level').note).toBe(note);
    expect(plan().survey.findings).toContainEqual(
      expect.objectContaining({ code: 'base-unreadable', level: 'warning' }),
    );
    rmSync(at('migration/base.yaml'));
    expect(rowOf(plan(), 'config.yml#orchestrator.log_level').note).toBe(note);
    expect(plan().survey.findings.map(({ code }) => code)).not.toContain('base-unreadable');
  });
});

describe('a value that the package would not take, at a migration after the first', () => {
  const id = 'value:global.max_concurrent_projects';
  const first = 'orchestrator: {max_projects: 500}\n';
  beforeEach(() => {
    clone = makeClone(join(temp(), 'clone'), { 'config.yml': first });
    writeHome(plan({ answers: { [id]: 'nearest' } }));
  });

  it('stays as it was decided, and is asked about again only when it changed', () => {
    expect(isNothingToDo(plan())).toBe(true);
    source('orchestrator: {max_projects: 600}\n');
    expect(plan().content.decisions.open.map((one) => one.id)).toEqual([id]);
    const again = plan({ answers: { [id]: 'default' } });
    expect(configOf(again)).toMatchObject({
      global: { max_concurrent_projects: 5 },
      legacy: { 'config.yml': { orchestrator: { max_projects: 600 } } },
    });
    writeHome(again);
    expect(isNothingToDo(plan())).toBe(true);
  });

  it('is no question where the person has set another one in the home', () => {
    edit({ path: ['projects', 'max_concurrent'], node: scalar(9) });
    source('orchestrator: {max_projects: 600}\n');

    const again = plan();

    expect(again.content.decisions.open).toEqual([]);
    expect(configOf(again)).toMatchObject({
      global: { max_concurrent_projects: 50 },
      projects: { max_concurrent: 9 },
    });
    writeHome(again);
    expect(isNothingToDo(plan())).toBe(true);
  });
});

describe('a project, at a migration after the first', () => {
  const projects = (shop: string, more = '') => `projects:\n  shop: {${shop}}\n${more}`;
  let path: string;
  const registryEdit = (...changes: YamlChange[]) =>
    writeFileSync(
      at('projects/registry.yaml'),
      setInYaml(readFileSync(at('projects/registry.yaml'), 'utf8'), changes, 'projects/registry.yaml'),
    );

  beforeEach(() => {
    path = join(temp(), 'work', 'shop');
    put(path, 'go.mod', 'module shop\n');
    clone = makeClone(join(temp(), 'clone'), {
      'config.yml': projects(`path: ${path}, mode: partial, description: A shop, tags: [a, b]`),
    });
    writeHome(plan());
  });

  it('that nobody changed leaves every byte, also when its files tell something else by now', () => {
    put(path, 'package.json', '{"dependencies": {"react": "1"}}');

    expect(isNothingToDo(plan())).toBe(true);
  });

  it('takes the facts that only the installation changed, and keeps those that only the home changed', () => {
    registryEdit(
      { path: ['projects', 'shop', 'metadata', 'description'], node: scalar('Mine') },
      { path: ['projects', 'shop', 'last_active'], node: scalar('yesterday') },
    );
    source(projects(`path: ${path}, mode: autonomous, description: A shop, tags: [a, b, c], repo: me/shop`));

    const again = plan();

    expect(registryOf(again)).toMatchObject({
      shop: {
        mode: 'autonomous',
        last_active: 'yesterday',
        github: { repository: 'me/shop' },
        metadata: { description: 'Mine', tags: ['a', 'b', 'c'], repository: 'me/shop' },
      },
    });
    expect(rowOf(again, 'config.yml#projects.shop.description')).toMatchObject({
      fate: 'kept-unused',
      to: 'migration/base.yaml',
    });
    expect(rowOf(again, 'config.yml#projects.shop.mode').fate).toBe('mapped');
    writeHome(again);
    expect(isNothingToDo(plan())).toBe(true);
  });

  it('asks about a fact that both changed, with the home’s own as the safe answer', () => {
    registryEdit({ path: ['projects', 'shop', 'mode'], node: scalar('blocking') });
    source(projects(`path: ${path}, mode: autonomous, description: A shop, tags: [a, b]`));
    const id = 'both:projects/registry.yaml#projects.shop.mode';

    expect(plan().content.decisions.safe.map((one) => one.id)).toEqual([id]);
    expect(rowOf(plan(), 'config.yml#projects.shop.mode').note).toContain('both were changed');
    expect(registryOf(plan({ answers: { [id]: 'old' } }))).toMatchObject({ shop: { mode: 'autonomous' } });
    writeHome(plan());
    expect(isNothingToDo(plan())).toBe(true);
  });

  it('loses a fact that the installation states no more', () => {
    source(projects(`path: ${path}`));

    expect(registryOf(plan())).toMatchObject({
      shop: { mode: 'blocking', metadata: { description: '', tags: [] } },
    });
  });

  it('is the same one where it was moved to another folder', () => {
    const moved = join(temp(), 'work', 'store');
    put(moved, 'go.mod', 'module shop\n');
    source(projects(`path: ${moved}, mode: partial, description: A shop, tags: [a, b]`));

    const again = plan();

    expect(Object.keys(registryOf(again))).toEqual(['shop']);
    expect(registryOf(again)).toMatchObject({ shop: { path: moved } });
    writeHome(again);
    expect(isNothingToDo(plan())).toBe(true);
  });

  it('that the person took out of the registry stays out, until the installation changes it and they say so', () => {
    writeFileSync(
      at('projects/registry.yaml'),
      removeInYaml(readFileSync(at('projects/registry.yaml'), 'utf8'), [['projects', 'shop']]),
    );

    expect(isNothingToDo(plan())).toBe(true);
    expect(rowOf(plan(), 'shop', 'project')).toMatchObject({
      fate: 'left',
      note: 'you took the project out of your registry since the last migration',
    });
    source(projects(`path: ${path}, mode: blocking, description: A shop, tags: [a, b]`));
    const id = 'both:projects/registry.yaml#projects.shop';
    expect(plan().content.decisions.safe.map((one) => one.id)).toEqual([id]);
    expect(plan().rendered.registry).toBe(undefined);
    expect(registryOf(plan({ answers: { [id]: 'old' } }))).toMatchObject({ shop: { mode: 'blocking' } });
  });

  it('that the installation has no more stays registered, unless the person wants it to go', () => {
    source('orchestrator: {mode: blocking}\n');
    const id = 'gone:projects/registry.yaml#projects.shop';

    const again = plan();

    expect(again.content.decisions.safe.map((one) => one.id)).toEqual([id]);
    expect(again.rendered.registry).toBe(undefined);
    expect(registryOf(plan({ answers: { [id]: 'remove' } }))).toEqual({});
    writeHome(again);
    expect(isNothingToDo(plan())).toBe(true);
  });

  it('keeps the status error until its folder is there again', () => {
    rmSync(path, { recursive: true });
    const gone = plan();
    expect(registryOf(gone)).toMatchObject({ shop: { status: 'error' } });
    writeHome(gone);
    expect(isNothingToDo(plan())).toBe(true);
  });
});
