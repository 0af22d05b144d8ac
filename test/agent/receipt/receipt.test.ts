import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareWithReceipt } from '../../../src/agent/receipt/compare-receipt.ts';
import { homeHashes } from '../../../src/agent/receipt/file-hashes.ts';
import { readReceipt } from '../../../src/agent/receipt/read-receipt.ts';
import { type Receipt, signReceipt } from '../../../src/agent/receipt/receipt.ts';
import { loadOrCreateReceiptKey, receiptKeyPath } from '../../../src/agent/receipt/receipt-key.ts';
import { buildTinyInstallation } from '../../fixtures/tiny-installation.ts';
import { put } from '../../fixtures/write-files.ts';
import { python } from '../../helpers/python.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { freshSystem, homeOf, migrateTiny } from '../../helpers/tiny-migration.ts';

/** Python's own Ed25519 over the bytes that `receipt.ts` says are signed. */
const VERIFY = `
import json, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
receipt = json.load(sys.stdin)
signature = receipt.pop("signature")
text = "migration receipt\\n" + json.dumps(receipt, separators=(",", ":"), ensure_ascii=False)
Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature["key"])).verify(bytes.fromhex(signature["value"]), text.encode())
print("true")
`;

describe('a receipt', () => {
  const folder = useTempFolder();

  async function migrated() {
    const tiny = buildTinyInstallation(folder(), 'existing');
    const system = freshSystem(tiny);
    await migrateTiny(system, tiny);
    const key = loadOrCreateReceiptKey(system, homeOf(tiny));
    const path = join(tiny.target, 'migration/receipt.json');
    return { tiny, system, key, path, receipt: readReceipt(system, path, key) };
  }

  it('is signed so that others can verify it, with a private key', async () => {
    const { tiny, system, path } = await migrated();

    expect(python(VERIFY, JSON.parse(readFileSync(path, 'utf8')))).toBe(true);
    expect(system.lstat(receiptKeyPath(homeOf(tiny)))?.mode).toBe(0o600);
  });

  it('has hashes of all files before and after, keyed where a file may hold a secret', async () => {
    const { receipt, tiny } = await migrated();

    const row = (rows: Receipt['after'], path: string) => rows.find((one) => one.path === path);
    expect(row(receipt.before.source, '.env')).toMatchObject({ keyed: true });
    expect(row(receipt.after, 'credentials.enc')).toMatchObject({ keyed: true });
    expect(row(receipt.after, 'config.yaml')?.keyed).toBeUndefined();
    expect(row(receipt.after, 'migration/ledger.json')?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(receipt.before.target.map(({ path }) => path)).toContain('config.yaml');
    expect(receipt).toMatchObject({ source: tiny.clone, rules: expect.arrayContaining([expect.anything()]) });
    expect(receipt.checks.length).toBeGreaterThan(5);
  });

  it('tells a defect: what is wrong although every file is as the migration left it', async () => {
    const { tiny, system, key, receipt } = await migrated();
    put(tiny.target, 'config.yaml', '"open: [\n');
    const { signature: _, ...rest } = receipt;
    const wrong = signReceipt(
      { ...rest, after: homeHashes(system, tiny.target, key.hashKey, () => true) },
      key,
    );
    const failed = { name: 'config_syntax', status: 'error', done: 1, of: 2, unit: 'files' } as const;

    const verdictOf = (one: Receipt) => compareWithReceipt(system, one, key, [failed]).verdict;
    expect([verdictOf(wrong), verdictOf(receipt)]).toEqual(['defect', 'drift']);
  });
});
