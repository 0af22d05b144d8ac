import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'postject';
import { bundle, COPY_WORKER } from './build.ts';

/** What Node looks for in its own file; `node --experimental-sea-config` and postject agree on it. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/**
 * Makes the agent as one file for this platform, which needs neither Node nor npm: Node itself with the bundle in it. Returns
 * its path; beside it lies `NAME.sha256`, as sha256sum writes and checks it.
 */
export async function buildSingle(folder: string): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), 'migration-agent-single-'));
  try {
    await bundle(work, 'agent', 'src/agent.ts', { inOneFile: true });
    await bundle(work, ...COPY_WORKER, { inOneFile: true });
    const blob = makeBlob(work);
    const name = `migration-agent-${process.platform}-${process.arch}`;
    const file = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
    mkdirSync(folder, { recursive: true });
    rmSync(file, { force: true });
    copyFileSync(process.execPath, file);
    chmodSync(file, 0o755);
    const macho = process.platform === 'darwin' ? { machoSegmentName: 'NODE_SEA' } : {};
    await inject(file, 'NODE_SEA_BLOB', blob, { sentinelFuse: FUSE, ...macho });
    const sum = createHash('sha256').update(readFileSync(file)).digest('hex');
    writeFileSync(`${file}.sha256`, `${sum}  ${name}\n`);
    return file;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function makeBlob(work: string): Buffer {
  const output = join(work, 'agent.blob');
  const config = join(work, 'sea.json');
  const settings = {
    main: join(work, 'migration-agent.cjs'),
    output,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    assets: { 'copy-worker.cjs': join(work, 'migration-copy-worker.cjs') },
  };
  writeFileSync(config, JSON.stringify(settings));
  const { status, stderr } = spawnSync(process.execPath, ['--experimental-sea-config', config], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`node made no blob: ${stderr}`);
  return readFileSync(output);
}

if (process.argv[1] === import.meta.filename) {
  const file = await buildSingle(join(import.meta.dirname, '..', 'dist', 'single'));
  process.stdout.write(`${file}\n`);
}
