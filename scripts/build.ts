import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, type LogLevel, type RollupLog } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');

/** Native speed-ups of discord.js and ws. They are used where somebody installed them, and never needed. */
const OPTIONAL = ['bufferutil', 'utf-8-validate', 'zlib-sync'];

/** A thread of the agent's: `copy-crew.ts` looks for it beside the program. */
export const COPY_WORKER = ['copy-worker', 'src/agent/backup/copy-worker.ts'] as const;

/**
 * Bundles both programs into `folder`: `migration-agent.cjs`, `migration-bot.cjs` and the parts that they load when
 * they need them. Names stay readable, since they stand in logged stacks. What is in `folder` is replaced.
 */
export async function buildPrograms(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  await bundle(folder, 'agent', 'src/agent.ts');
  await bundle(folder, ...COPY_WORKER);
  await bundle(folder, 'bot', 'src/bot.ts');
}

/**
 * Bundles the program `entry`, a file of this repository, into `folder` as `migration-NAME.cjs` with its parts. They are
 * CommonJS, which Node loads in half the time (docs/decisions/0036). `inOneFile`: without parts, for `build-single.ts`.
 */
export async function bundle(
  folder: string,
  name: string,
  entry: string,
  { inOneFile = false } = {},
): Promise<void> {
  await build({
    cwd: ROOT,
    input: { [name]: entry },
    platform: 'node',
    external: OPTIONAL,
    onLog,
    output: {
      dir: folder,
      format: 'cjs',
      codeSplitting: !inOneFile,
      entryFileNames: 'migration-[name].cjs',
      chunkFileNames: 'parts/[name]-[hash].cjs',
      banner: (part) => (part.isEntry && !inOneFile ? '#!/usr/bin/env node' : ''),
      minify: { mangle: false, compress: true, codegen: { removeWhitespace: true } },
    },
  });
}

/** Any warning fails the build, but for the `eval` of discord.js, which only its sharding of processes calls. */
function onLog(_level: LogLevel, log: RollupLog): void {
  const isKnown = log.code === 'EVAL' && log.id?.endsWith('discord.js/src/client/Client.js') === true;
  if (!isKnown) throw new Error(log.message);
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(ROOT, 'dist');
  await buildPrograms(folder);
  process.stdout.write(`${folder}\n`);
}
