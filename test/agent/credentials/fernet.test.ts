import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decryptFernet,
  encryptFernet,
  isFernetKey,
  newFernetKey,
} from '../../../src/agent/credentials/fernet.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { askPython } from './python.ts';

const KEY = Buffer.from('cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=');
const TOKEN =
  'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';
const NOW = new Date('1985-10-26T01:20:00-07:00');

describe('the vectors of the Fernet specification', () => {
  test('generate.json: the token is made byte for byte', () => {
    const iv = Buffer.from(Array.from({ length: 16 }, (_, n) => n));
    expect(encryptFernet(KEY, Buffer.from('hello'), NOW, iv)).toBe(TOKEN);
  });

  test('verify.json: the token opens', () => {
    expect(decryptFernet(KEY, TOKEN)?.toString()).toBe('hello');
  });

  test.each([
    [
      'incorrect mac',
      'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==',
    ],
    ['too short', 'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA=='],
    [
      'invalid base64',
      '%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==',
    ],
    [
      'payload size not multiple of block size',
      'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm',
    ],
    [
      'payload padding error',
      'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==',
    ],
    [
      'incorrect IV',
      'gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==',
    ],
  ])('invalid.json: a token with "%s" is refused', (_, token) => {
    expect(decryptFernet(KEY, token)).toBeUndefined();
  });

  test.each([
    [
      'far-future TS',
      'gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==',
    ],
    [
      'expired TTL',
      'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==',
    ],
  ])(
    'invalid.json: a token that is only of the wrong age ("%s") opens, since no age is asked for',
    (_, token) => {
      expect(decryptFernet(KEY, token)?.toString()).toBe('');
    },
  );
});

describe('keys', () => {
  test('a new key is 44 characters that count as a key, and each one is another', () => {
    const [a, b] = [newFernetKey(), newFernetKey()];
    expect(a).toHaveLength(44);
    expect(isFernetKey(a)).toBe(true);
    expect(a.equals(b)).toBe(false);
  });

  test('one newline after a key is no harm, anything else is', () => {
    const key = KEY.toString();
    expect(isFernetKey(Buffer.from(`${key}\n`))).toBe(true);
    for (const wrong of [
      '',
      key.slice(1),
      `${key}\n\n`,
      `${key} `,
      ` ${key}`,
      `${key}=`,
      key.replace('-', '+'),
      key.replace('4=', '5='),
    ])
      expect(isFernetKey(Buffer.from(wrong)), wrong).toBe(false);
  });

  test('encrypting with something that is no key says so without showing it', () => {
    const act = () => encryptFernet(Buffer.from('canary-no-key'), Buffer.from('x'), NOW);
    expect(act).toThrow(AppError);
    expect(act).not.toThrow(/canary/);
  });
});

describe('tokens', () => {
  test('whatever is encrypted comes back, and with another key it does not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (plain) => {
        const key = newFernetKey();
        const token = encryptFernet(key, plain, NOW);
        expect(decryptFernet(key, token)?.equals(plain)).toBe(true);
        expect(decryptFernet(newFernetKey(), token)).toBeUndefined();
      }),
    );
  });

  test('a token with any one character changed, added or missing is refused', () => {
    fc.assert(
      fc.property(
        fc.nat(TOKEN.length - 1),
        fc.constantFrom('', 'A', '_', '=', '\n', '+', 'é'),
        (at, other) => {
          const changed = TOKEN.slice(0, at) + other + TOKEN.slice(at + 1);
          fc.pre(changed !== TOKEN);
          expect(decryptFernet(KEY, changed)).toBeUndefined();
          if (other !== '')
            expect(decryptFernet(KEY, TOKEN.slice(0, at) + other + TOKEN.slice(at))).toBeUndefined();
        },
      ),
    );
  });

  test('nothing that is no token makes it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.string({ unit: 'binary' }), (key, token) => {
        expect(decryptFernet(Buffer.from(key), token)).toBeUndefined();
      }),
    );
  });

  test('Python reads ours, and we read those of Python', () => {
    const plains = fc.sample(fc.uint8Array({ maxLength: 100 }), 300).map((bytes) => Buffer.from(bytes));
    const ours = plains.map((plain) => {
      const key = newFernetKey();
      return {
        key: key.toString(),
        hex: plain.toString('hex'),
        token: encryptFernet(key, plain, new Date()),
      };
    });
    const theirs = askPython<{ opened: string; token: string }[]>(
      `import json, sys
from cryptography.fernet import Fernet
out = []
for case in json.load(sys.stdin):
    f = Fernet(case['key'].encode())
    out.append({'opened': f.decrypt(case['token'].encode()).hex(), 'token': f.encrypt(bytes.fromhex(case['hex'])).decode()})
print(json.dumps(out))`,
      ours,
    );
    expect(theirs.map(({ opened }) => opened)).toEqual(ours.map(({ hex }) => hex));
    const read = theirs.map(({ token }, n) =>
      decryptFernet(Buffer.from(ours[n]!.key), token)?.toString('hex'),
    );
    expect(read).toEqual(ours.map(({ hex }) => hex));
  });
});
