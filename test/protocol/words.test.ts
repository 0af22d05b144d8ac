import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planWords } from '../../src/protocol/digest.ts';
import { pairingDigits, pairingWords } from '../../src/protocol/pairing-frames.ts';
import { WORDS } from '../../src/protocol/word-list.ts';

const digest = fc.stringMatching(/^[0-9a-f]{64}$/);

describe('the list of words', () => {
  it('has 2048 different ones, in order, of 3 to 7 small letters', () => {
    expect(WORDS).toHaveLength(2048);
    expect(new Set(WORDS).size).toBe(2048);
    expect([...WORDS].sort()).toEqual(WORDS);
    expect(WORDS.filter((word) => !/^[a-z]{3,7}$/.test(word))).toEqual([]);
  });

  it('has no word that begins another, so that words run together are still told apart', () => {
    expect(WORDS.filter((word, place) => WORDS[place + 1]?.startsWith(word))).toEqual([]);
  });

  it('has no two words that differ in one letter only', () => {
    const seen = new Map<string, string>();
    const close: string[] = [];
    for (const word of WORDS) {
      const holes = [...word].flatMap((_, place) => [
        `${word.slice(0, place)}?${word.slice(place + 1)}`,
        word.slice(0, place) + word.slice(place + 1),
      ]);
      for (const hole of new Set([
        word,
        ...holes.filter((one) => one.includes('?') || WORDS.includes(one)),
      ])) {
        const other = seen.get(hole);
        if (other !== undefined) close.push(`${other} ${word}`);
        seen.set(hole, word);
      }
    }
    expect(close).toEqual([]);
  });
});

describe('three words and six digits', () => {
  it('are always from the list, and always six', () => {
    fc.assert(
      fc.property(digest, (T) => {
        for (const words of [pairingWords(T), planWords(T)]) {
          expect(words).toHaveLength(3);
          for (const word of words) expect(WORDS).toContain(word);
        }
        expect(pairingDigits(T)).toMatch(/^[0-9]{6}$/);
      }),
    );
  });

  it('are others for another hash and for another use', () => {
    fc.assert(
      fc.property(digest, digest, (one, two) => {
        fc.pre(one !== two);
        expect(pairingWords(one)).not.toEqual(pairingWords(two));
        expect(pairingWords(one)).not.toEqual(planWords(one));
      }),
    );
  });
});
