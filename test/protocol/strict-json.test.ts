import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseStrictJson } from '../../src/protocol/strict-json.ts';

const parse = (text: string) => parseStrictJson(Buffer.from(text));

it('every JSON value within the depth comes back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8, noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value);
      expect(parse(text)).toEqual(JSON.parse(text));
    }),
  );
});

it('a member that is named twice is refused wherever it stands', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue({ maxDepth: 3 }), fc.nat(4), (name, value, depth) => {
      const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
      const twice = `{${member},"between":[{}],${member}}`;
      expect(parse('['.repeat(depth) + twice + ']'.repeat(depth))).toBeUndefined();
    }),
  );
});

it.each([
  ['spelled in two ways', String.raw`{"alg":1,"\u0061lg":2}`],
  ['inside', '{"a":{"b":1,"b":1}}'],
  ['after a list', '{"a":[1,{"x":[]}],"a":2}'],
  ['like a part of the language', '{"__proto__":1,"__proto__":2}'],
])('a repeated name is refused when it is %s', (_, text) => {
  expect(parse(text)).toBeUndefined();
});

it.each([
  ['the same name in two objects', '[{"a":1},{"a":2}]'],
  ['a value that equals a name', '{"a":"a","b":"a"}'],
  ['brackets and commas inside of text', String.raw`{"a":"{\"b\":1,\"b\":2}","b":"],["}`],
  ['a text in a list that equals a name', '{"a":["a","a"],"b":1}'],
])('%s is no repetition', (_, text) => {
  expect(parse(text)).toEqual(JSON.parse(text));
});

it.each([
  ['nothing', Buffer.from('')],
  ['a comma too many', Buffer.from('{"a":1,}')],
  ['two values', Buffer.from('{}{}')],
  ['a byte order mark', Buffer.from('\ufeff{}')],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ['deep nesting', Buffer.from('['.repeat(17) + ']'.repeat(17))],
  ['very deep nesting', Buffer.from('['.repeat(90_000))],
])('%s is refused without an exception', (_, bytes) => {
  expect(parseStrictJson(bytes)).toBeUndefined();
});
