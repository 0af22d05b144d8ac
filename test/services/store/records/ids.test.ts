import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { opaqueId, orderedIds } from '../../../../services/store/records/ids.ts';

describe('ids', () => {
  it('that are opaque fit into a custom_id and never repeat', () => {
    const ids = Array.from({ length: 1000 }, opaqueId);

    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it('that are ordered sort as they were made, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 47 }), { minLength: 1 }), (times) => {
        let time = 0;
        const next = orderedIds(() => time);

        const ids = times.map((at) => {
          time = at;
          return next();
        });

        expect(ids.toSorted()).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it('that are ordered stay in order when thousands come within one millisecond', () => {
    const next = orderedIds(() => 1_700_000_000_000);

    const ids = Array.from({ length: 10_000 }, next);

    expect(ids.toSorted()).toEqual(ids);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('that are ordered begin with the time', () => {
    const at = Date.UTC(2026, 0, 15);

    const [high, low] = orderedIds(() => at)().split('-');

    expect(Number.parseInt(`${high}${low}`, 16)).toBe(at);
  });
});
