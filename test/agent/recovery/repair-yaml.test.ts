import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repairYaml, SET_ASIDE } from '../../../src/agent/recovery/repair-yaml.ts';
import { readYaml } from '../../../src/agent/yaml/read-yaml.ts';
import { python } from '../../helpers/python.ts';

const GOOD = `# mine
global:
  default_mode: partial   # as before
  log_level: INFO
ai_provider:
  provider: claude
  model: "sonnet"
projects:
  max_concurrent: 3
`;
const repair = (text: string | Buffer) => repairYaml(Buffer.from(text));
const edits = (text: string | Buffer) => repair(text)?.edits.map(({ line, now }) => [line, now]);
const readsWithPython = (text: string) =>
  python(
    'import sys, json, yaml; print(json.dumps(isinstance(yaml.safe_load(json.load(sys.stdin)), dict)))',
    text,
  );
const ALL_KEYS = /global:[\s\S]*ai_provider:[\s\S]*projects:/;

describe('the smallest edit that makes a file readable', () => {
  it('is none where the file can be read', () => {
    expect(repair(GOOD)).toBeUndefined();
    expect(repair('')).toBeUndefined();
  });

  it.each([
    ['a tab for an indentation', '  log_level: INFO', '\tlog_level: INFO', [[4, '  log_level: INFO']]],
    ['a quote that was not closed', '"sonnet"', '"sonnet', [[7, '  model: "sonnet"']]],
    ['a value that needs quotes', '"sonnet"', '@sonnet', [[7, "  model: '@sonnet'"]]],
    ['a colon in a value', '"sonnet"', 'sonnet: 4', [[7, "  model: 'sonnet: 4'"]]],
    ['no space after a colon', 'provider: claude', 'provider:claude', [[6, '  provider: claude']]],
    [
      'the marks of a merge',
      '  model: "sonnet"\n',
      '<<<<<<< mine\n  model: "sonnet"\n>>>>>>> theirs\n',
      [
        [7, `${SET_ASIDE}<<<<<<< mine`],
        [9, `${SET_ASIDE}>>>>>>> theirs`],
      ],
    ],
    ['a line that means nothing', '  model: "sonnet"', '  }{][', [[7, `  ${SET_ASIDE}}{][`]]],
  ])('mends %s, and leaves every other line', (_, old, broken, expected) => {
    const text = GOOD.replace(old, broken);
    expect(readYaml(Buffer.from(text)).root).toBeUndefined();

    expect(edits(text)).toEqual(expected);

    const result = repair(text)?.text ?? '';
    expect(result).toMatch(ALL_KEYS);
    expect(readsWithPython(result)).toBe(true);
  });

  it('takes zero bytes away that a crash left, and keeps what is before them', () => {
    const result = repair(Buffer.concat([Buffer.from(GOOD), Buffer.alloc(300)]));
    expect(result?.text).toBe(GOOD);
    expect(readsWithPython(result?.text ?? '')).toBe(true);
  });

  it('keeps a line that is no UTF-8 as a comment that spells its bytes', () => {
    const bytes = Buffer.from(GOOD.replace('claude', 'cl\u00e4ude'), 'latin1');
    expect(edits(bytes)).toEqual([[6, `  ${SET_ASIDE}provider: cl\\xE4ude`]]);
  });

  it('is not offered where most of the file would have to go', () => {
    expect(repair('}{\n][\n@@\n}{\nglobal: {}\n')).toBeUndefined();
    expect(repair(Buffer.from([0x80, 0x81, 0x0a, 0x82, 0x0a]))).toBeUndefined();
  });

  it('ends for any text, is readable then, and has every line of before in it', () => {
    const piece = fc.constantFrom(
      'a: 1',
      '  b: "x',
      '\tc: 2',
      '- d',
      '}',
      '  e:f',
      '&',
      '# g',
      '',
      'h: [1,',
      "i: 'j",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (lines) => {
        const result = repair(lines.join('\n'));
        if (result === undefined) return;
        expect(readYaml(Buffer.from(result.text)).problems.filter(({ level }) => level === 'error')).toEqual(
          [],
        );
        const after = result.text.split('\n');
        expect(after).toHaveLength(lines.length);
        for (const [index, line] of lines.entries())
          expect(after[index]?.replaceAll(/[\s'"]/g, '')).toContain(line.replaceAll(/[\s'"]/g, ''));
      }),
    );
  });
});
