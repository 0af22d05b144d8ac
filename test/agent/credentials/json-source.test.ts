import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  jsonNode,
  memberOf,
  readJson,
  setMember,
  textOf,
  writeJson,
} from '../../../src/agent/credentials/json-source.ts';
import { askPython } from './python.ts';

function rewrite(text: string): string {
  return writeJson(readJson(text)!);
}

describe('JSON that is read and written', () => {
  test('keeps order, twice the same name, and the spelling of numbers and strings', () => {
    const text =
      '{\n  "10": 1.0,\n  "9": 1e400,\n  "a": 12345678901234567890,\n  "a": "\\u00e9\\/",\n  "__proto__": []\n}';
    expect(rewrite(text)).toBe(text);
  });

  test('is the same data whatever the values, and stays as it is when written again', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 1, 4, '\t'), (json, indent) => {
        const written = rewrite(JSON.stringify(JSON.parse(json), null, indent));
        expect(JSON.parse(written)).toEqual(JSON.parse(json));
        expect(rewrite(written)).toBe(written);
      }),
    );
  });

  test('looks as Python writes it with an indent of two', () => {
    const trees = fc.sample(fc.json({ maxDepth: 4 }), 300);
    const theirs = askPython<string[]>(
      'import json, sys\nprint(json.dumps([json.dumps(json.loads(t), indent=2) for t in json.load(sys.stdin)]))',
      trees,
    );
    for (const text of theirs) expect(rewrite(text)).toBe(text);
  });

  test('what is no JSON, or is nested beyond reason, is not read', () => {
    for (const text of [
      '',
      '{',
      '{"a":1,}',
      '\ufeff{}',
      "{'a':1}",
      'NaN',
      '{} {}',
      `${'['.repeat(200)}${']'.repeat(200)}`,
    ])
      expect(readJson(text), text.slice(0, 20)).toBeUndefined();
  });

  test('a very long string is read', () => {
    const long = 'x\\n'.repeat(1 << 20);
    expect(rewrite(`"${long}"`)).toBe(`"${long}"`);
  });
});

describe('members', () => {
  test('the last of two of the same name counts', () => {
    const node = readJson('{"a": "1", "b": 2, "a": "\\u0033"}')!;
    expect(textOf(node, 'a')).toBe('3');
    expect(textOf(node, 'b')).toBeUndefined();
    expect(memberOf(node, 'c')).toBeUndefined();
    expect(textOf(readJson('[]'), 'a')).toBeUndefined();
  });

  test('one is set in its place, a new one at the end', () => {
    const node = readJson('{"a": 1, "b": 2}')!;
    if (node.kind !== 'object') throw new Error('not an object');
    setMember(node, 'a', jsonNode('x"y'));
    setMember(node, 'c', jsonNode({ d: null }));
    expect(JSON.stringify(JSON.parse(writeJson(node)))).toBe('{"a":"x\\"y","b":2,"c":{"d":null}}');
  });
});
