import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spelling } from './arbitraries.ts';
import { ours, startPyYaml, theirs } from './oracle.ts';
import { tokenSoup, yamlFile } from './yaml-texts.ts';

const python = startPyYaml();

test('A generated scalar as a value has the type and value that PyYAML gives it.', async () => {
  await fc.assert(
    fc.asyncProperty(spelling, async (text) => {
      const file = `key: ${text}\n`;
      const expected = await theirs(python, file);
      // Names of anchors may touch a colon in PyYAML; such values are refused here, never read differently.
      const read = ours(file);
      if (!/^[&*]/.test(text) || read[0] !== 'error') expect(read).toEqual(expected);
    }),
    { numRuns: 5000 },
  );
});

test('A generated scalar as a key and in brackets is read as PyYAML reads it, or refused where it has a question mark.', async () => {
  await fc.assert(
    fc.asyncProperty(spelling, fc.constantFrom('key', 'brackets'), async (text, place) => {
      const file = place === 'key' ? `${text}: 1\nz: 2\n` : `key: [${text}]\n`;
      const read = ours(file);
      if (/[?&*]|(?:^|[,[{:] *| )[-:]/.test(text) && read[0] === 'error') return;
      expect(read).toEqual(await theirs(python, file));
    }),
    { numRuns: 3000 },
  );
});

test('A quoted scalar with the tag ! is resolved as if it were plain.', async () => {
  await fc.assert(
    fc.asyncProperty(
      spelling,
      fc.constantFrom('!', '!!int', '!!float', '!!bool', '!!null', '!!str', '!!timestamp'),
      async (text, tag) => {
        const file = `key: ${tag} ${JSON.stringify(text)}\n`;
        expect(ours(file)).toEqual(await theirs(python, file));
      },
    ),
    { numRuns: 2000 },
  );
});

test('A generated file has exactly the tree that PyYAML makes of it, or is refused by both.', async () => {
  await fc.assert(
    fc.asyncProperty(yamlFile, async (file) => {
      expect(ours(file)).toEqual(await theirs(python, file));
    }),
    { numRuns: 1500 },
  );
});

test('Pieces of YAML in any order are never read differently from PyYAML; some rare forms are refused.', async () => {
  await fc.assert(
    fc.asyncProperty(tokenSoup, async (file) => {
      const read = ours(file);
      if (read[0] !== 'error') expect(read).toEqual(await theirs(python, file));
    }),
    { numRuns: 3000 },
  );
});
