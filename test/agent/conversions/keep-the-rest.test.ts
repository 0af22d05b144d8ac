import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf, fatesOf, makeClone, planOf, writeHome } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('what no other conversion understood', () => {
  it('is kept under legacy by its file, with the values that PyYAML saw', () => {
    const plan = planWith({
      'config.yml': [
        'tdd: {on: yes, off: 022, time: 1:30, when: 2024-01-15, text: "022", empty: , none: {}, list: []}',
        '? 12\n: number key',
        'id: 1234567890123456789',
      ].join('\n'),
    });

    expect(configOf(plan)['legacy']).toEqual({
      'config.yml': {
        tdd: {
          true: true,
          false: 18,
          time: 90,
          when: 'date 2024-01-15',
          text: '022',
          empty: null,
          none: {},
          list: [],
        },
        12: 'number key',
        id: expect.any(Number),
      },
    });
    expect(plan.rendered.config).toContain('id: 1234567890123456789\n');
  });

  it('has a row for each key, empty maps included, in words of the new home', () => {
    const plan = planWith({ 'orchestrator.yaml': 'a.b: {c d: [1, {}]}\n"": x\n' });

    expect(fatesOf(plan)).toMatchObject({
      'orchestrator.yaml#"a.b"."c d".0': 'kept-unused config.yaml#legacy."orchestrator.yaml"."a.b"."c d".0',
      'orchestrator.yaml#"a.b"."c d".1': 'kept-unused config.yaml#legacy."orchestrator.yaml"."a.b"."c d".1',
      'orchestrator.yaml#""': 'kept-unused config.yaml#legacy."orchestrator.yaml".""',
    });
  });

  it('does not hold what moved, nor a secret', () => {
    const plan = planWith({
      'config.yml': 'orchestrator: {mode: partial}\nhooks: [{token: abcdefghijkl}, {url: x}]\n',
    });

    expect(configOf(plan)['legacy']).toEqual({ 'config.yml': { hooks: [{}, { url: 'x' }] } });
    expect(Object.keys(fatesOf(plan)).filter((item) => item.includes('hooks'))).toEqual([
      'config.yml#hooks.0.token',
      'config.yml#hooks.1.url',
    ]);
  });

  it('is brought up to date by a second migration, and nothing else is touched', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'config.yml': 'a: 1\nb: {c: 2, d: 3}\n' });
    writeHome(planOf(clone));
    makeClone(clone, { 'config.yml': 'a: 1\nb: {c: 5, e: 6}\n' });

    const again = configOf(planOf(clone));

    expect(again['legacy']).toEqual({ 'config.yml': { a: 1, b: { c: 5, e: 6 } } });
  });
});

function planWith(files: Record<string, string>) {
  return planOf(makeClone(join(temp(), 'clone'), files));
}
