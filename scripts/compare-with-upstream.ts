import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareWithUpstream } from '../test/compare/compare.ts';

/** Runs the package's own migrator and ours over the same installations and writes what each carried over. */
const upstream = process.env['UPSTREAM_CLONE'];
if (upstream === undefined) throw new Error('Set UPSTREAM_CLONE to a clone of jmontp/agent-workflow.');
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'awm-compare-'));
try {
  const page = compareWithUpstream(upstream, folder);
  writeFileSync(join(import.meta.dirname, '..', 'docs', 'compare-with-upstream.md'), page);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
