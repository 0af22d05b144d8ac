import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeEnvText, hasStrayByte, isUtf16 } from '../../../src/agent/credentials/dotenv-text.ts';
import { askPython } from './python.ts';

test('bytes that are not UTF-8 are kept one by one, as Python keeps them with surrogateescape', () => {
  const nearUtf8 = fc.constantFrom(
    0x41,
    0x0a,
    0x0d,
    0x80,
    0x8f,
    0x90,
    0x9f,
    0xa0,
    0xbf,
    0xc1,
    0xc2,
    0xe0,
    0xed,
    0xef,
    0xf0,
    0xf4,
    0xf5,
  );
  const files = fc.sample(fc.array(nearUtf8, { maxLength: 12 }), { seed: 1704, numRuns: 3000 });
  const theirs = askPython<string[]>(
    `import io, json, sys
read = lambda b: io.TextIOWrapper(io.BytesIO(bytes(b)), encoding='utf-8', errors='surrogateescape').read()
print(json.dumps([read(b) for b in json.load(sys.stdin)]))`,
    files,
  );
  for (const [n, bytes] of files.entries()) expect(decodeEnvText(Buffer.from(bytes))).toBe(theirs[n]);
});

test('stray bytes are told from characters beyond the basic plane', () => {
  expect(hasStrayByte(decodeEnvText(Buffer.from('💩é\ufeff')))).toBe(false);
  expect(hasStrayByte(decodeEnvText(Buffer.from([0xf0, 0x9f, 0x92, 0xa9, 0xa9])))).toBe(true);
});

test('UTF-16 is told by its byte order mark', () => {
  expect(isUtf16(Buffer.from('\ufeffA=1', 'utf16le'))).toBe(true);
  expect(isUtf16(Buffer.from([0xfe, 0xff, 0, 0x41]))).toBe(true);
  expect(isUtf16(Buffer.from('\ufeffA=1'))).toBe(false);
  expect(isUtf16(Buffer.alloc(1))).toBe(false);
});
