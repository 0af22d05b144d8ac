import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conversionReference } from '../src/agent/conversions/reference.ts';
import { errorReference } from '../src/shared/error-reference.ts';

/** Writes the pages that are made of code. A test fails when one of them is stale. */
writeFileSync(join(import.meta.dirname, '..', 'docs', 'errors.md'), errorReference());
writeFileSync(join(import.meta.dirname, '..', 'docs', 'conversions.md'), conversionReference());
