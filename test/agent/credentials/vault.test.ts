import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { encryptFernet, newFernetKey } from '../../../src/agent/credentials/fernet.ts';
import { readVault, sealVault, type VaultEntry } from '../../../src/agent/credentials/vault.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { askPython } from './python.ts';

const folder = mkdtempSync(join(tmpdir(), 'vault-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NOW = new Date('2024-01-15T10:30:00.123Z');
const LATER = new Date('2024-02-01T00:00:00Z');

function entry(
  credentialKey: string,
  value: string | Uint8Array,
  more: Partial<VaultEntry> = {},
): VaultEntry {
  const variable = credentialKey.toUpperCase();
  return {
    credentialKey,
    variable,
    type: 'token',
    provider: 'generic',
    description: 'A "token"',
    scope: 'global',
    value: new Secret(variable, value),
    ...more,
  };
}

function reasonOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing was thrown';
}

describe('a new store', () => {
  test('has the members of the target format', () => {
    const enc = sealVault(undefined, newFernetKey(), [entry('discord_bot_token', 'canary-1')], NOW);
    expect(enc.toString()).toMatch(/^\{\n {2}"version": "1\.0",\n[\s\S]*\n\}\n$/);
    expect(enc.toString()).not.toContain('canary');
    expect(JSON.parse(enc.toString())).toEqual({
      version: '1.0',
      algorithm: 'Fernet',
      created: '2024-01-15T10:30:00Z',
      last_updated: '2024-01-15T10:30:00Z',
      credentials: {
        discord_bot_token: {
          type: 'token',
          provider: 'generic',
          encrypted_value: expect.stringMatching(/^gAAAAA/),
          created: '2024-01-15T10:30:00Z',
          last_used: null,
          metadata: {
            description: 'A "token"',
            scope: 'global',
            expires: null,
            variable: 'DISCORD_BOT_TOKEN',
          },
        },
      },
    });
  });

  test('gives back every byte of every value, to us and to Python', () => {
    const names = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), {
      maxLength: 8,
    });
    const value = fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.constant(new Uint8Array()));
    const stores = fc.sample(fc.array(fc.tuple(names, value), { maxLength: 1 }), 100).map((groups, n) => {
      const entries = groups.flatMap(([keys, bytes]) => keys.map((key) => entry(key, bytes)));
      entries.push(entry('fixed', Buffer.from([0xff, 0, 0x0a, n])));
      const key = newFernetKey();
      const path = join(folder, `${n}`);
      writeFileSync(`${path}.key`, key);
      const enc = sealVault(undefined, key, entries, NOW);
      writeFileSync(`${path}.enc`, enc);
      return { entries, vault: readVault(key, enc) };
    });
    const theirs = askPython<Record<string, string>[]>(
      `import json, sys
from cryptography.fernet import Fernet
out = []
for n in range(${stores.length}):
    fernet = Fernet(open('${folder}/%d.key' % n, 'rb').read())
    store = json.load(open('${folder}/%d.enc' % n))
    out.append({k: fernet.decrypt(e['encrypted_value'].encode()).hex() for k, e in store['credentials'].items()})
print(json.dumps(out))`,
      null,
    );
    for (const [n, { entries, vault }] of stores.entries()) {
      expect(vault.names()).toEqual(entries.map(({ credentialKey }) => credentialKey));
      for (const { credentialKey, variable, value } of entries) {
        expect(vault.get(credentialKey)?.equals(value)).toBe(true);
        expect(vault.get(credentialKey)?.name).toBe(variable);
        expect(Object.entries(theirs[n]!)).toContainEqual([credentialKey, value.reveal().toString('hex')]);
      }
    }
  });
});

describe('an existing store', () => {
  const key = newFernetKey();
  const token = encryptFernet(key, Buffer.from('canary-old'), NOW);
  const existing = Buffer.from(
    `{"note": "\\u00e9", "version": "1.0", "big": 12345678901234567890, "credentials": {"10": {"encrypted_value": "${token}", "mine": [1.0]},
     "9": {"algorithm": "other"}, "metadata_only": 5}, "last_updated": "then", "z": {}}`,
  );

  test('opens, also where an entry holds nothing that we know', () => {
    const vault = readVault(key, existing);
    expect(vault.names()).toEqual(['10', '9', 'metadata_only']);
    expect(vault.get('10')?.reveal().toString()).toBe('canary-old');
    expect(vault.get('9')).toBeUndefined();
    expect(vault.has('9')).toBe(true);
    expect(vault.has('8')).toBe(false);
    expect(JSON.stringify(vault)).not.toContain('canary');
  });

  test('keeps everything it holds, in order, when something is added', () => {
    const sealed = sealVault(readVault(key, existing), key, [entry('8', 'canary-new')], LATER).toString();
    const before = existing.toString().replace(/\s+/g, '').replace('"then"', '"2024-02-01T00:00:00Z"');
    const added = JSON.stringify(JSON.parse(sealed).credentials['8']);
    const after = sealed.replace(/\n\s*/g, '').replaceAll('": ', '":');
    expect(after.replaceAll(' ', '')).toBe(
      before.replace('"metadata_only":5', () => `"metadata_only":5,"8":${added.replaceAll(' ', '')}`),
    );
  });

  test('is not changed by a byte when nothing is added', () => {
    const vault = readVault(key, existing);
    expect(sealVault(vault, key, [], LATER).equals(existing)).toBe(true);
    expect(sealVault(vault, key, [entry('10', 'other'), entry('9', 'other')], LATER).equals(existing)).toBe(
      true,
    );
  });

  test('gives way only where an addition says so, and keeps what the old entry held beside', () => {
    const sealed = sealVault(
      readVault(key, existing),
      key,
      [entry('10', 'canary-new', { replace: true })],
      LATER,
    );
    const vault = readVault(key, sealed);
    expect(vault.names()).toEqual(['10', '9', 'metadata_only']);
    expect(vault.get('10')?.reveal().toString()).toBe('canary-new');
    expect(sealed.toString()).toMatch(/"mine": \[\n\s+1\.0\n\s+\]/);
  });

  test('is not added to with another key', () => {
    const vault = readVault(key, existing);
    expect(reasonOf(() => sealVault(vault, newFernetKey(), [entry('a', 'x')], NOW))).toMatch(
      /^CREDENTIALS_DAMAGED/,
    );
    expect(reasonOf(() => sealVault(vault, Buffer.from('no'), [entry('a', 'x')], NOW))).toMatch(
      /no Fernet key/,
    );
    expect(sealVault(vault, Buffer.from(`${key}\n`), [entry('a', 'x')], NOW)).toBeInstanceOf(Buffer);
  });

  test('two additions of one name are refused rather than one of them lost', () => {
    const twice = [entry('a', 'canary-1'), entry('a', 'canary-2')];
    expect(reasonOf(() => sealVault(undefined, key, twice, NOW))).toMatch(/^LEDGER_INCOMPLETE.*"a"/);
  });
});

describe('a damaged store', () => {
  const key = newFernetKey();
  const good = sealVault(undefined, key, [entry('a', 'canary-a'), entry('b', 'canary-b')], NOW);
  const changed = (change: (text: string) => string) => Buffer.from(change(good.toString()));

  test.each<[name: string, key: Buffer | undefined, enc: Buffer, reason: RegExp]>([
    ['without its key', undefined, good, /credentials\.key is missing/],
    ['with a key that is none', Buffer.from('canary'), good, /no Fernet key/],
    ['with another key', newFernetKey(), good, /credentials\.key does not open credentials\.enc/],
    ['with one changed entry', key, changed((text) => text.replace(/gAAAAA/, 'gAAAAB')), /the entry "a"/],
    ['that is empty', key, Buffer.alloc(0), /not a JSON object/],
    ['that is cut off', key, good.subarray(0, 100), /not a JSON object/],
    ['that is a list', key, Buffer.from('[]'), /not a JSON object/],
    ['that is not UTF-8', key, Buffer.from([0x22, 0xff, 0x22]), /not UTF-8/],
    ['of another algorithm', key, changed((text) => text.replace('"Fernet"', '"canary"')), /algorithm/],
    ['of a later version', key, changed((text) => text.replace('"1.0"', '"2.0"')), /version/],
    ['whose credentials are a list', key, Buffer.from('{"credentials": []}'), /not an object/],
  ])('%s is named, and no value with it', (_, withKey, enc, reason) => {
    const said = reasonOf(() => readVault(withKey, enc));
    expect(said).toMatch(/^CREDENTIALS_DAMAGED/);
    expect(said).toMatch(reason);
    expect(said).not.toContain('canary');
  });

  test('is another thing than none: without the file there is an empty vault', () => {
    expect(readVault(undefined, undefined).names()).toEqual([]);
    expect(readVault(undefined, Buffer.from('{}')).names()).toEqual([]);
    const sealed = sealVault(readVault(undefined, Buffer.from('{}')), key, [entry('a', 'x')], NOW);
    expect(readVault(key, sealed).get('a')?.reveal().toString()).toBe('x');
  });
});
