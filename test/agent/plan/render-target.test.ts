import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildHardInstallation } from '../../fixtures/hard-installation.ts';
import { buildMixedInstallation } from '../../fixtures/mixed-installation.ts';
import { lines, put } from '../../fixtures/write-files.ts';
import { configOf, fatesOf, makeClone, planOf, systemAt, writeHome } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

const EXISTING = lines(
  '# mine',
  'global:',
  '  log_level: DEBUG   # while learning',
  "  odd:   'spacing'",
  'discord: {enabled: false}   # flow',
  'my_own: [1,2,   3]',
  '',
  '# the end',
);

describe('an existing config.yaml', () => {
  it('keeps its comments, its order and every value of the person; the loser is told', () => {
    put(temp(), '.agent-workflow/config.yaml', EXISTING);
    const plan = planWith({ 'config.yml': 'orchestrator: {log_level: ERROR, mode: partial}\n' });

    const text = plan.rendered.config!;

    for (const line of ['# mine', '  log_level: DEBUG   # while learning', "  odd:   'spacing'"])
      expect(text.split('\n')).toContain(line);
    expect(text).toContain('# flow');
    expect(text).toContain('my_own: [1,2,   3]\n');
    expect(text).toContain('# the end');
    expect(configOf(plan)).toMatchObject({
      global: { log_level: 'DEBUG', default_mode: 'partial', data_retention_days: 30 },
      discord: { enabled: false },
      legacy: { 'config.yml': { orchestrator: { log_level: 'ERROR' } } },
    });
    expect(plan.content.ledger).toContainEqual({
      kind: 'key',
      item: 'config.yml#orchestrator.log_level',
      fate: 'kept-unused',
      note: 'your configuration home goes first; this one said "ERROR"',
    });
  });

  it('without a change of its own is not written', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'config.yml': 'ai: {model: x, other: 1}\n' });
    writeHome(planOf(clone));

    expect(planOf(clone).content.actions).toEqual([]);
  });

  it.each(['global: null\n', 'global:\n', '{}\n', '', '# only a comment\n', '\ufeffglobal: {}\r\n'])(
    'that says %j is filled',
    (text) => {
      put(temp(), '.agent-workflow/config.yaml', text);

      expect(configOf(planWith({ 'config.yml': 'logging: {level: ERROR}\n' }))).toMatchObject({
        global: { log_level: 'ERROR' },
      });
    },
  );

  it('with a value where a section is needed is damaged, with its line', () => {
    put(temp(), '.agent-workflow/config.yaml', 'a: 1\nglobal: 5\n');

    expect(() => planWith({ 'config.yml': 'logging: {level: ERROR}\n' })).toThrow(
      expect.objectContaining({ code: 'TARGET_DAMAGED', line: 2 }),
    );
  });
});

describe('a second plan on the migrated home', () => {
  it.each(['none', 'existing'] as const)(
    'of the mixed installation with a home that is %s changes nothing',
    (target) => {
      const built = buildMixedInstallation(join(temp(), 'root'), { stateMegabytes: 1, target });
      const options = { target: built.target, system: systemAt(built.home) };
      const first = planOf(built.clone, options);
      writeHome(first);

      const again = planOf(built.clone, options);

      expect(again.rendered).toEqual({ config: undefined, registry: undefined, base: undefined });
      expect(again.draft.secrets).toEqual([]);
      expect(Object.keys(fatesOf(again)).sort()).toEqual(Object.keys(fatesOf(first)).sort());
    },
  );

  it('of the hard installation with its answers asks no value again', () => {
    const built = buildHardInstallation(join(temp(), 'root'));
    const options = { target: built.target, system: systemAt(built.home) };
    const { open } = planOf(built.clone, options).content.decisions;
    const answers = Object.fromEntries(open.map(({ id, options: all }) => [id, all.at(-1)!.id]));
    writeHome(planOf(built.clone, { ...options, answers }));

    const again = planOf(built.clone, options);

    expect(again.rendered).toEqual({ config: undefined, registry: undefined, base: undefined });
    expect(again.content.decisions.open.filter(({ id }) => id.startsWith('value:'))).toEqual([]);
  });
});

function planWith(files: Record<string, string>) {
  return planOf(makeClone(join(temp(), 'clone'), files));
}
