import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildPrograms, bundle, COPY_WORKER } from '../../scripts/build.ts';
import { type Contender, measure, table } from './measure.ts';
import { makeTree, TREES, type TreeName } from './trees.ts';

/**
 * Backing up, verifying and restoring beside the standard tools, restic and borg (Debian's packages). BENCH_TREES names the
 * trees (`S M`). Nothing is deleted between rounds. Ours hashes, encrypts, searches for secrets and waits for the disk; it is
 * bundled as `npm run build` bundles the agent.
 */
const DIST = join(import.meta.dirname, '..', '..', 'dist');
const AGENT = join(DIST, 'migration-agent.cjs');
const PROGRAM = join(DIST, 'bench', 'migration-backup-bench.cjs');
const TOOLS = '/usr/bin:/bin';
const PEAK = `
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
`;

/** Tables in Markdown; everything that is written goes below `folder`. */
export async function backup(folder: string, rounds: number): Promise<string[]> {
  await buildPrograms(DIST);
  await bundle(join(DIST, 'bench'), 'backup-bench', 'test/bench/backup-program.ts');
  await bundle(join(DIST, 'bench'), ...COPY_WORKER);
  const names = (process.env['BENCH_TREES'] ?? 'S M').split(' ') as TreeName[];
  return names.flatMap((name) => ofTree(join(folder, name), name, rounds));
}

function ofTree(folder: string, name: TreeName, rounds: number): string[] {
  const tree = join(folder, 'tree');
  makeTree(tree, name);
  const env = {
    PATH: TOOLS,
    HOME: folder,
    RESTIC_PASSWORD: 'bench',
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
  };
  const shell = (
    title: string,
    script: (n: number) => string,
    before?: (n: number) => string,
  ): Contender => ({
    name: title,
    prepare: (n) => {
      if (before !== undefined) must(before(n), env);
      return { command: 'sh', args: ['-c', script(n)], env };
    },
  });
  const own = (n: number) => join(folder, `ours-${n}`);
  const program = (title: string, args: (n: number) => string[]): Contender => ({
    name: title,
    prepare: (n) => ({ command: process.execPath, args: [PROGRAM, ...args(n)], env }),
  });
  const restic = (n: number) => `restic -q -r ${folder}/restic-${n}`;
  const borg = (n: number) => `${folder}/borg-${n}`;
  const made = measure(
    [
      {
        ...program('ours, durable', (n) => ['make', tree, own(n)]),
        prepare: (n) => {
          mkdirSync(own(n));
          return { command: process.execPath, args: [PROGRAM, 'make', tree, own(n)], env };
        },
      },
      program('ours, a second time', (n) => ['make', tree, own(n)]),
      program('the limit: walked, read and hashed, nothing written', () => ['limit', tree]),
      shell('`cp -a`', (n) => `cp -a ${tree} ${folder}/copy-${n}`),
      shell(
        '`cp -a` and `sync -f`',
        (n) => `cp -a ${tree} ${folder}/synced-${n} && sync -f ${folder}/synced-${n}`,
      ),
      shell('`tar cf`', (n) => `tar cf ${folder}/tar-${n}.tar -C ${tree} .`),
      shell(
        '`restic backup`',
        (n) => `${restic(n)} backup ${tree}`,
        (n) => `${restic(n)} init`,
      ),
      shell(
        '`borg create`, not encrypted',
        (n) => `borg create ${borg(n)}::one ${tree}`,
        (n) => `borg init -e none ${borg(n)}`,
      ),
    ],
    rounds,
  );
  const verified = measure(
    [
      program('ours', (n) => ['verify', own(n)]),
      shell('`restic check --read-data`', (n) => `${restic(n)} check --read-data`),
    ],
    rounds,
  );
  const restored = measure(
    [
      program('ours, each hash checked', (n) => ['restore', own(n), join(folder, `restored-${n}`)]),
      shell(
        '`tar xf`',
        (n) => `tar xf ${folder}/tar-${n}.tar -C ${folder}/untarred-${n}`,
        (n) => `mkdir ${folder}/untarred-${n}`,
      ),
      shell('`restic restore`', (n) => `${restic(n)} restore latest --target ${folder}/unrestic-${n}`),
    ],
    rounds,
  );
  const changed = (contender: Contender): Contender => ({
    name: contender.name,
    prepare: (n) => {
      changeSome(tree);
      return contender.prepare(n);
    },
  });
  const rolledBack = measure(
    [
      changed({
        name: 'ours: compared, the present kept first, restored, compared again',
        prepare: (n) => ({
          command: process.execPath,
          args: [AGENT, 'restore-migration-backup', firstBackup(own(n)), '--yes', '--target', tree],
          env: { ...env, MIGRATION_AGENT_HOME: join(own(n), 'agent'), MIGRATION_BACKUP_DIR: own(n) },
        }),
      }),
      changed(shell('`cp -a` back', (n) => `cp -a ${folder}/copy-${n}/. ${tree}`)),
    ],
    rounds,
  );
  const peaks = ['make', 'verify', 'restore'].map((action) => {
    const args = {
      make: [tree, join(folder, 'ours-peak')],
      verify: [own(0)],
      restore: [own(0), join(folder, 'restored-peak')],
    }[action];
    return `${action} ${peakMegabytes([action, ...(args ?? [])], env).toFixed(0)} MB`;
  });
  const title = `${name}: ${TREES[name].files} files, ${TREES[name].bytes / 1e6} MB`;
  return [
    table(`Backup of ${title}`, made),
    table(`Verify ${name}`, verified),
    table(`Restore ${name}`, restored),
    table(`Roll back ${name} with one file in 100 changed`, rolledBack),
    `Most memory at a time: ${peaks.join(', ')}.\n`,
  ];
}

/** Another byte at the end of one file in 100. */
function changeSome(tree: string): void {
  const files = readdirSync(tree, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.json'),
  );
  for (let at = 0; at < files.length; at += 100) appendFileSync(join(tree, files[at] as string), 'x');
}

function firstBackup(parent: string): string {
  return (
    readdirSync(parent)
      .sort()
      .find((name) => name.startsWith('migration-backup-')) ?? ''
  );
}

function must(script: string, env: Readonly<Record<string, string>>): void {
  const { status, stderr } = spawnSync('sh', ['-c', script], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${script}: ${stderr}`);
}

function peakMegabytes(args: readonly string[], env: Readonly<Record<string, string>>): number {
  if (args[0] === 'make') mkdirSync(args[2] ?? '', { recursive: true });
  const { stdout, stderr, status } = spawnSync('python3', ['-c', PEAK, process.execPath, PROGRAM, ...args], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout.trim()) / 1024;
}
