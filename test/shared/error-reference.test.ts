import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorReference } from '../../src/shared/error-reference.ts';

it('docs/errors.md says what the registry says (npm run docs writes it)', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');
  expect(page).toBe(errorReference());
});
