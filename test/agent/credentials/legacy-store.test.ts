import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encryptFernet, newFernetKey } from '../../../src/agent/credentials/fernet.ts';
import { readLegacyStore } from '../../../src/agent/credentials/legacy-store.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { askPython } from './python.ts';

/** Writes stores as the legacy project does: with a generated key, or with one made of a master password. */
const WRITE = `
import base64, json, sys
from cryptography.fernet import Fernet
out = []
for case in json.load(sys.stdin):
    password = case['password']
    key = Fernet.generate_key() if password is None else base64.urlsafe_b64encode(password.encode().ljust(32)[:32])
    cipher = Fernet(key)
    secrets = {i: {'secret_id': i, 'name': 'NAME ' + i, 'description': 'é', 'encrypted_value': cipher.encrypt(v.encode()).decode(),
        'owner': 'admin', 'allowed_projects': ['web', 'api'], 'allowed_users': [], 'secret_type': 'api_key',
        'expires_at': '2026-01-01T00:00:00', 'created_at': '2025-01-01T00:00:00', 'last_accessed': None, 'access_count': 3}
        for i, v in case['values'].items()}
    out.append({'key': key.decode(), 'json': json.dumps(secrets, indent=2)})
print(json.dumps(out))`;

interface Written {
  key: string;
  json: string;
}

describe('stores that Python wrote', () => {
  const ids = fc.stringMatching(/^[a-z_0-9]{1,8}$/);
  const values = fc.dictionary(ids, fc.string({ unit: 'grapheme', maxLength: 40 }), {
    minKeys: 1,
    maxKeys: 4,
    noNullPrototype: true,
  });
  const password = fc.string({ unit: 'grapheme', maxLength: 40 });

  test('open with the key file', () => {
    const cases = fc
      .sample(values, { seed: 1708, numRuns: 60 })
      .map((of) => ({ password: null, values: of }));
    for (const [n, { key, json }] of askPython<Written[]>(WRITE, cases).entries()) {
      const store = readLegacyStore({ secretsJson: Buffer.from(json), masterKey: Buffer.from(key) });
      expect(store.problems).toEqual([]);
      const read = store.entries.map(({ secretId, value }) => [secretId, value.reveal().toString()]);
      expect(Object.fromEntries(read)).toEqual(cases[n]?.values);
    }
  });

  test('open with the master password, however long', () => {
    const cases = fc.sample(fc.record({ password, values }), { seed: 1709, numRuns: 60 });
    for (const [n, { json }] of askPython<Written[]>(WRITE, cases).entries()) {
      const masterPassword = new Secret('master password', cases[n]!.password);
      const store = readLegacyStore({ secretsJson: Buffer.from(json), masterPassword });
      expect(store.problems).toEqual([]);
      const read = store.entries.map(({ secretId, value }) => [secretId, value.reveal().toString()]);
      expect(Object.fromEntries(read)).toEqual(cases[n]?.values);
    }
  });

  test('keep what is told about each secret', () => {
    const [written] = askPython<Written[]>(WRITE, [{ password: null, values: { stripe: 'canary' } }]);
    const store = readLegacyStore({
      secretsJson: Buffer.from(written!.json),
      masterKey: Buffer.from(written!.key),
    });
    expect(store.entries[0]).toMatchObject({
      secretId: 'stripe',
      name: 'NAME stripe',
      description: 'é',
      owner: 'admin',
      allowedProjects: ['web', 'api'],
      secretType: 'api_key',
      expires: '2026-01-01T00:00:00',
    });
    expect(JSON.stringify(store)).not.toContain('canary');
  });
});

describe('stores in trouble', () => {
  const key = newFernetKey();
  const other = newFernetKey();
  const seal = (with_: Buffer, value: string) => encryptFernet(with_, Buffer.from(value), new Date(0));
  const store = (entries: object) => Buffer.from(JSON.stringify(entries));
  const codes = (input: Parameters<typeof readLegacyStore>[0]) =>
    readLegacyStore(input).problems.map(({ code, secretId }) => [code, secretId]);
  const two = store({
    a: { encrypted_value: seal(key, 'canary-a') },
    b: { encrypted_value: seal(other, 'canary-b') },
  });

  test('an entry of another key is a problem, the others are read', () => {
    const { entries, problems } = readLegacyStore({ secretsJson: two, masterKey: key });
    expect(entries.map(({ secretId, name }) => [secretId, name])).toEqual([['a', 'a']]);
    expect(problems).toMatchObject([{ code: 'entry-unreadable', secretId: 'b' }]);
    expect(JSON.stringify(problems)).not.toContain('canary');
  });

  test('with a key file and a password, each entry opens with the one that fits', () => {
    const masterPassword = new Secret('master password', 'pässword');
    const bytes = Buffer.concat([Buffer.from('pässword'), Buffer.alloc(32, ' ')]).subarray(0, 32);
    const fromPassword = Buffer.from(`${bytes.toString('base64url')}=`);
    const secretsJson = store({
      a: { encrypted_value: seal(key, 'one') },
      b: { encrypted_value: seal(fromPassword, 'two') },
    });
    const { entries, problems } = readLegacyStore({ secretsJson, masterKey: key, masterPassword });
    expect(entries.map(({ value }) => value.reveal().toString())).toEqual(['one', 'two']);
    expect(problems).toEqual([]);
  });

  test('each cause has its code', () => {
    expect(codes({ secretsJson: two })).toEqual([['key-missing', undefined]]);
    expect(codes({ secretsJson: two, masterKey: Buffer.from('no key') })).toEqual([['key-wrong', undefined]]);
    expect(codes({ secretsJson: two, masterKey: newFernetKey() })).toEqual([['key-wrong', undefined]]);
    expect(codes({ secretsJson: Buffer.from('{"a":'), masterKey: key })).toEqual([
      ['store-unreadable', undefined],
    ]);
    expect(codes({ secretsJson: Buffer.from('[]'), masterKey: key })).toEqual([
      ['store-unreadable', undefined],
    ]);
    expect(codes({ secretsJson: store({ a: 5, b: {}, c: { encrypted_value: 7 } }), masterKey: key })).toEqual(
      [
        ['entry-unreadable', 'a'],
        ['entry-unreadable', 'b'],
        ['entry-unreadable', 'c'],
      ],
    );
  });

  test('an empty store is no trouble, even without a key', () => {
    expect(readLegacyStore({ secretsJson: store({}) })).toEqual({ entries: [], problems: [] });
  });

  test('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (secretsJson, masterKey) => {
        readLegacyStore({ secretsJson: Buffer.from(secretsJson), masterKey: Buffer.from(masterKey) });
      }),
    );
  });
});
