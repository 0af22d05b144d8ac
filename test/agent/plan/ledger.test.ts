import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countLedger,
  FATES,
  type Fate,
  keyItem,
  keyPath,
  Ledger,
  type LedgerRow,
} from '../../../src/agent/plan/ledger.ts';

const row: fc.Arbitrary<LedgerRow> = fc.record({
  kind: fc.constantFrom('key', 'file', 'secret', 'project'),
  item: fc.string({ maxLength: 4 }),
  fate: fc.constantFrom(...(Object.keys(FATES) as Fate[])),
});

describe('the ledger', () => {
  it('refuses a second fate, and knows items of two kinds apart', () => {
    const ledger = new Ledger();
    ledger.add({ kind: 'key', item: 'a', fate: 'mapped' });
    ledger.add({ kind: 'file', item: 'a', fate: 'left' });

    expect(() => ledger.add({ kind: 'key', item: 'a', fate: 'dropped' })).toThrow('two fates for key');
    expect(ledger.rows).toHaveLength(2);
    expect([ledger.has('key', 'a'), ledger.has('secret', 'a')]).toEqual([true, false]);
  });

  it('names what has no fate', () => {
    const ledger = new Ledger();
    ledger.add({ kind: 'key', item: 'a', fate: 'mapped' });

    expect(
      ledger.missing([
        { kind: 'key', item: 'a' },
        { kind: 'project', item: 'a' },
      ]),
    ).toEqual(['project a']);
  });

  it('sums to all of its rows, in effect, kept but not in effect, left and needing the person apart', () => {
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const counts = Object.values(countLedger(rows));

        expect(counts.reduce((sum, { total }) => sum + total, 0)).toBe(rows.length);
        for (const { total, inEffect, notInEffect, left, needsYou } of counts) {
          expect(inEffect + notInEffect + left + needsYou).toBe(total);
          expect(Math.min(inEffect, notInEffect, left, needsYou)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('counts as in effect only what the package acts on', () => {
    const inEffect = Object.entries(FATES).flatMap(([fate, facts]) => (facts.inEffect ? [fate] : []));

    expect(inEffect).toEqual(['mapped', 'renamed', 'default', 'kept-in-effect']);
  });
});

describe('the name of a key', () => {
  it.each([
    [['a', 'b-c', '0'], 'a.b-c.0'],
    [['a.b'], '"a.b"'],
    [[''], '""'],
    [['a b', '"', 'ü#'], '"a b"."\\""."ü#"'],
    [[], ''],
  ])('of %j is %s', (path, name) => {
    expect(keyPath(path)).toBe(name);
  });

  it('is never that of another key', () => {
    const path = fc.array(fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('a', '.', '"', 'a.b', '\\')));
    fc.assert(
      fc.property(path, path, (a, b) => {
        expect(keyItem('f', a) === keyItem('f', b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});
