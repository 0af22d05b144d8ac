import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { isSea } from 'node:sea';

// Stripped and compiled modules are kept beside the packages, not in a folder that other users could write to. The single
// file has its code compiled inside.
if (!isSea())
  enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'migration-agent'));

void import('./agent/cli/main.ts').then(async ({ main }) => {
  process.exitCode = await main(process.argv.slice(2));
});
