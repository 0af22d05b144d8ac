import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareWithUpstream, oursOf } from '../compare/compare.ts';
import { OUTCOMES } from '../compare/outcomes.ts';
import { KINDS } from '../compare/subjects.ts';
import { useTempFolder } from '../helpers/temp.ts';

const UPSTREAM = process.env['UPSTREAM_CLONE'];
const PAGE = readFileSync(join(import.meta.dirname, '../../docs/compare-with-upstream.md'), 'utf8');

describe('docs/compare-with-upstream.md', () => {
  const folder = useTempFolder('file');

  it.each(KINDS.filter(({ name }) => name !== 'many'))(
    'says of $name what our migrator carries over now',
    (kind) => {
      const start = PAGE.indexOf(`## ${kind.name}: `);
      const section = PAGE.slice(start, PAGE.indexOf('\n## ', start + 1));
      for (const { kind: of, name, outcome } of oursOf(kind, join(folder(), kind.name)).items) {
        const row = section.split('\n').find((line) => line.startsWith(`| ${of} | \`${name}\` |`));
        expect(row?.split(' | ').at(-1), `${of} ${name}`).toBe(`${OUTCOMES[outcome]} |`);
      }
    },
  );

  it.skipIf(UPSTREAM === undefined)('is what the script writes (UPSTREAM_CLONE)', () => {
    expect(compareWithUpstream(UPSTREAM as string, join(folder(), 'page'))).toBe(PAGE);
  });
});
