import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeText } from '../../src/shared/safe-text.ts';

describe('text that came from elsewhere', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', '\\u{1b}[31mred\\u{1b}[0m'],
    ['two\nlines\r', 'two\\u{a}lines\\u{d}'],
    ['a\u202eb\u2066c', 'a\\u{202e}b\\u{2066}c'],
    ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
    ['\u009b31m', '\\u{9b}31m'],
    ['\ud800', '\\u{d800}'],
    ['übersicht 🎉 日本', 'übersicht 🎉 日本'],
  ])('%j is shown as %s', (text, shown) => {
    expect(safeText(text)).toBe(shown);
  });

  it('is always one line without control characters, and never longer than asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (text, max) => {
        const shown = safeText(text, max);

        expect(shown).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        expect(shown.length).toBeLessThanOrEqual(max);
      }),
    );
  });

  it('says where it was cut', () => {
    expect(safeText('abcdef', 4)).toBe('abc…');
  });
});
