import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf, makeClone, type PlanOfOptions, planOf, rowOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('two sources of one setting', () => {
  it('are settled by the order of the files, and the loser is kept with its value named', () => {
    const plan = planWith({
      'config.yml': 'orchestrator: {mode: partial}\n',
      'orchestrator.yaml': 'orchestrator: {default_mode: autonomous}\n',
    });

    expect(configOf(plan)).toMatchObject({
      global: { default_mode: 'partial' },
      legacy: { 'orchestrator.yaml': { orchestrator: { default_mode: 'autonomous' } } },
    });
    expect(rowOf(plan, 'orchestrator.yaml#orchestrator.default_mode')).toMatchObject({
      fate: 'kept-unused',
      note: 'config.yml#orchestrator.mode goes first; this one said "autonomous"',
    });
  });

  it('that agree are both in effect', () => {
    const plan = planWith({
      'config.yml': 'logging: {level: WARNING}\n',
      'orchestrator.yaml': 'orchestrator: {log_level: WARN}\n',
    });

    expect(rowOf(plan, 'orchestrator.yaml#orchestrator.log_level')).toMatchObject({
      fate: 'mapped',
      note: 'config.yml#logging.level says the same',
    });
    expect(configOf(plan)).not.toHaveProperty('legacy');
  });

  it('of one file are settled by the order of the table', () => {
    const plan = planWith({ 'config.yml': 'discord: {guild: 1, guild_id: 2}\n' });

    expect(configOf(plan)).toMatchObject({ discord: { guild_id: '2' } });
  });
});

describe('a value that the package would not take', () => {
  const broken = { 'config.yml': 'orchestrator:\n  max_projects: 500\n' };
  const id = 'value:global.max_concurrent_projects';

  it('is a secret, and in no question, where it holds one that the installation keeps elsewhere', () => {
    const value = 'correct-horse-battery-staple';
    const plan = planWith({
      '.env': `ANTHROPIC_API_KEY=${value}\n`,
      'config.yml': `orchestrator:\n  mode: as ${value} says\n`,
    });
    expect(rowOf(plan, 'config.yml#orchestrator.mode')).toMatchObject({ kind: 'secret', fate: 'mapped' });
    expect(JSON.stringify(plan.content)).not.toContain(value);
  });

  it('is an open decision with its file, line and options, and is not clamped in silence', () => {
    const plan = planWith(broken);

    expect(plan.content.decisions.open).toEqual([
      {
        id,
        question:
          'config.yml#orchestrator.max_projects is 500, which is not between 1 and 50. What should global.max_concurrent_projects be?',
        options: [
          { id: 'nearest', outcome: 'Use 50, the nearest that is allowed.' },
          { id: 'default', outcome: 'Use 5, what the package does by itself.' },
        ],
        file: 'config.yml',
        line: 2,
      },
    ]);
    expect(rowOf(plan, 'config.yml#orchestrator.max_projects').fate).toBe('needs-you');
  });

  it.each([
    ['nearest', 50],
    ['default', 5],
  ])('becomes what the answer %s says, and stays under legacy', (option, value) => {
    const plan = planWith(broken, { answers: { [id]: option } });

    expect(plan.content.decisions).toEqual({ open: [], safe: [], answered: [{ id, option }] });
    expect(configOf(plan)).toMatchObject({
      global: { max_concurrent_projects: value },
      projects: { max_concurrent: value },
      legacy: { 'config.yml': { orchestrator: { max_projects: 500 } } },
    });
  });

  it('and whose default is nothing leaves the place to what else is known', () => {
    const plan = planWith(
      { 'config.yml': 'ai: {provider: hal}\n', '.env': 'OPENAI_API_KEY=abcdefghijkl\n' },
      { answers: { 'value:ai_provider.provider': 'default' } },
    );

    expect(configOf(plan)).toMatchObject({ ai_provider: { provider: 'openai' } });
  });

  it('that loses against a good one asks nothing', () => {
    const plan = planWith({
      'config.yml': 'orchestrator: {mode: partial}\n',
      'orchestrator.yaml': 'orchestrator: {mode: yolo}\n',
    });

    expect(plan.content.decisions.open).toEqual([]);
  });
});

function planWith(files: Record<string, string>, options: PlanOfOptions = {}) {
  return planOf(makeClone(join(temp(), 'clone'), files), options);
}
