import { describe, expect, it } from 'vitest';
import { bytesInWords, counted, durationInWords } from '../../src/shared/words.ts';

describe('figures in words', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.0 KB'],
    [45_100_000, '45.1 MB'],
    [2_100_000_000, '2.1 GB'],
    [5e15, '5000.0 TB'],
  ])('%i bytes are %s', (bytes, words) => {
    expect(bytesInWords(bytes)).toBe(words);
  });

  it.each([
    [0, '0.0 s'],
    [900, '0.9 s'],
    [14_200, '14 s'],
    [263_000, '4 min 23 s'],
  ])('%i milliseconds are %s', (milliseconds, words) => {
    expect(durationInWords(milliseconds)).toBe(words);
  });

  it('have their noun in the right number', () => {
    expect([counted(1, 'project'), counted(0, 'project'), counted(2, 'entry', 'entries')]).toEqual([
      '1 project',
      '0 projects',
      '2 entries',
    ]);
  });
});
