import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openRecords } from '../../../../services/store/records/open-records.ts';
import { recordsConformance } from './conformance/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'records-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true }));

recordsConformance('SQLite in memory', (now) => openRecords({ path: ':memory:', now }));

recordsConformance('SQLite in a file', (now) => {
  files++;
  return openRecords({ path: join(folder, `${files}.db`), now });
});
