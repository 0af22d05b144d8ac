import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInline } from '../../../src/playground/web/page/inline-markdown.js';
import { parseMarkdown } from '../../../src/playground/web/page/markdown.js';

const text = (words: string) => ({ kind: 'text', text: words });

describe('the page’s markdown', () => {
  it('knows headings, subtext, and lines that stay lines', () => {
    expect(parseMarkdown('## Plan\none\ntwo\n-# small')).toEqual([
      { kind: 'heading', level: 2, children: [text('Plan')] },
      { kind: 'lines', lines: [[text('one')], [text('two')]] },
      { kind: 'subtext', children: [text('small')] },
    ]);
  });

  it('knows lists, also one in another, and numbers that begin where they are written', () => {
    const [bullets, numbers] = parseMarkdown('- one\n  - deeper\n- two\n3. three');

    expect(bullets?.items?.map(({ children }) => children)).toEqual([[text('one')], [text('two')]]);
    expect(bullets?.items?.[0]?.blocks).toMatchObject([
      { kind: 'bullets', items: [{ children: [text('deeper')] }] },
    ]);
    expect(numbers).toMatchObject({ kind: 'ordered', start: 3 });
  });

  it('keeps fenced code as it is', () => {
    expect(parseMarkdown('before\n```sh\necho **hi**\n```\nafter')).toEqual([
      { kind: 'lines', lines: [[text('before')]] },
      { kind: 'fence', text: 'echo **hi**' },
      { kind: 'lines', lines: [[text('after')]] },
    ]);
  });

  it('knows emphasis, code and what stands for a time, channel, person, role or command', () => {
    const id = '123456789012345678';
    expect(
      parseInline(`**a *b*** \`c*d*\` <t:1700000000:R> <#${id}> <@${id}> <@&${id}> </help:${id}>`),
    ).toEqual([
      { kind: 'strong', children: [text('a '), { kind: 'emphasis', children: [text('b')] }] },
      text(' '),
      { kind: 'code', text: 'c*d*' },
      text(' '),
      { kind: 'time', seconds: 1_700_000_000, style: 'R' },
      text(' '),
      { kind: 'channel', id },
      text(' '),
      { kind: 'user', id },
      text(' '),
      { kind: 'role', id },
      text(' '),
      { kind: 'command', text: '/help' },
    ]);
  });

  it('takes no underscore inside a word and no escaped character for markup', () => {
    expect(parseInline('agent_tool_config \\*not\\* \\`code\\`')).toEqual([
      text('agent_tool_config *not* `code`'),
    ]);
  });

  it('links only to web addresses', () => {
    expect(parseInline('[x](javascript:alert(1))')).toEqual([text('[x](javascript:alert(1))')]);
    expect(parseInline('[docs](https://example.org/a)')).toEqual([
      { kind: 'link', href: 'https://example.org/a', children: [text('docs')] },
    ]);
  });

  it('reads any text to its end and loses no letter of it', () => {
    const words = fc.array(
      fc.constantFrom('a', 'b ', '*', '**', '_', '`', '\n', '- ', '# ', '||', '~~', '<t:', '>', '\\'),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(words, (parts) => {
        const source = parts.join('');
        const letters = (value: string) => value.replace(/[^ab]/g, '');
        expect(letters(shownText(parseMarkdown(source)))).toBe(letters(source));
      }),
    );
  });
});

/** All text of a parsed message, in order. */
function shownText(node: unknown): string {
  if (Array.isArray(node)) return node.map(shownText).join('');
  if (typeof node !== 'object' || node === null) return '';
  const { text: own = '', children, lines, items, blocks } = node as Record<string, unknown>;
  return `${own}${[children, lines, items, blocks].map(shownText).join('')}`;
}
