import { expect, it } from 'vitest';
import { patchTexts } from '../../../src/agent/survey/patch-texts.ts';
import { lines } from '../../fixtures/write-files.ts';

const HEAD = ['diff --git a/x b/x', 'index 1..2 100644', '--- a/x', '+++ b/x'];

it('a patch has a text before and one after, of all its hunks', () => {
  const patch = lines(
    ...HEAD,
    '@@ -1,3 +1,3 @@ section',
    ' same',
    '-old 1',
    '-old 2',
    '+-- new',
    '@@ -9 +9 @@',
    '-GIT binary patch',
    '+++ b/y',
    '\\ No newline at end of file',
  );

  const texts = patchTexts(Buffer.from(patch));

  expect(texts?.map(String)).toEqual(['same\nold 1\nold 2\nGIT binary patch', 'same\n-- new\n++ b/y']);
});

it.each(['GIT binary patch', 'Binary files a/x and b/x differ'])('a patch of bytes has none: %s', (line) => {
  expect(patchTexts(Buffer.from(lines(...HEAD.slice(0, 2), line, 'delta 12', 'zcmZ')))).toBeUndefined();
});

it('an empty patch has empty texts', () => {
  expect(patchTexts(Buffer.alloc(0))?.map(String)).toEqual(['', '']);
});
