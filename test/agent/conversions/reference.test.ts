import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { conversionReference } from '../../../src/agent/conversions/reference.ts';

it('docs/conversions.md says what the rules say (npm run docs writes it)', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/conversions.md'), 'utf8');
  expect(page).toBe(conversionReference());
});
