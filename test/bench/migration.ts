import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPrograms } from '../../scripts/build.ts';
import { buildMixedInstallation } from '../fixtures/mixed-installation.ts';
import { installUpstream, must } from '../helpers/upstream-package.ts';
import { type Contender, measure, table } from './measure.ts';

/**
 * A whole automated migration beside what reads and copies the same bytes, and (with UPSTREAM_CLONE) beside the package's
 * own migrator. Each round has a fresh installation; nothing is deleted between rounds.
 */
const ROOT = join(import.meta.dirname, '..', '..');
const SOURCE = join(ROOT, 'src', 'agent.ts');
const DIST = join(ROOT, 'dist');
const BUNDLE = join(DIST, 'migration-agent.cjs');
const PATH = '/usr/bin:/bin';
const UPSTREAM = process.env['UPSTREAM_CLONE'];

/** Tables in Markdown; everything that is written goes below `folder`. */
export async function migration(folder: string, rounds: number): Promise<string[]> {
  await buildPrograms(DIST);
  const without = 'Without UPSTREAM_CLONE the row of the package itself is left out.\n';
  return [
    beside(folder, rounds),
    UPSTREAM === undefined ? without : besideUpstream(folder, UPSTREAM, rounds),
  ];
}

function ours(name: string, entry: string, homes: readonly string[]): Contender {
  return {
    name,
    prepare: (n) => {
      const home = homes[n] as string;
      const args = [entry, 'migrate-from-git', join(home, 'agent-workflow'), '--automated', '--yes'];
      return { command: process.execPath, args, env: { PATH, HOME: home, LC_ALL: 'C.UTF-8' } };
    },
  };
}

/** The same bytes copied and hashed by the standard tools: clone and state, without any understanding. */
function beside(root: string, rounds: number): string {
  const built = (name: string) =>
    Array.from({ length: rounds }, (_, n) => buildMixedInstallation(join(root, `${name}-${n}`)).home);
  const homes = built('mixed');
  const copy: Contender = {
    name: '`cp -a` + `sha256sum` of clone and projects',
    prepare: (n) => {
      const to = join(root, `copy-${n}`);
      const script = `mkdir "${to}" && cp -a "${homes[n]}/agent-workflow" "${homes[n]}/work" "${to}" && find "${to}" -type f -exec sha256sum {} + > /dev/null`;
      return { command: 'sh', args: ['-c', script], env: { PATH } };
    },
  };
  return table(
    'The generated installation (45 MB of state, 294 files of the person’s own)',
    measure(
      [
        ours('automated migration, verified', BUNDLE, homes),
        ours('the same from the sources', SOURCE, built('sources')),
        copy,
      ],
      rounds,
    ),
  );
}

/** The package's own migrator, on its own repository without the dangling link that stops it. */
function besideUpstream(root: string, upstream: string, rounds: number): string {
  const command = installUpstream(upstream, join(root, 'upstream'));
  const homes = (name: string) =>
    Array.from({ length: rounds }, (_, n) => realHome(join(root, `${name}-${n}`), upstream));
  const theirHomes = homes('theirs');
  const theirs: Contender = {
    name: 'the package’s own `migrate-from-git --backup-first --import-projects --preserve-config`',
    prepare: (n) => {
      const home = theirHomes[n] as string;
      const args = [
        'migrate-from-git',
        join(home, 'agent-workflow'),
        '--backup-first',
        '--import-projects',
        '--preserve-config',
      ];
      return { command, args, env: { PATH, HOME: home, LC_ALL: 'C.UTF-8' }, input: 'y\ny\n' };
    },
  };
  return table(
    'The real tree of agent-workflow, one project',
    measure(
      [
        ours('automated migration, verified', BUNDLE, homes('ours')),
        ours('the same from the sources', SOURCE, homes('real-sources')),
        theirs,
      ],
      rounds,
    ),
  );
}

function realHome(home: string, upstream: string): string {
  const clone = join(home, 'agent-workflow');
  mkdirSync(home);
  must('git', ['clone', '-q', '--no-hardlinks', upstream, clone]);
  for (const name of ['bin/python', 'bin/python3', 'bin/python3.12', 'lib64'])
    unlinkSync(join(clone, '.audit-env', name));
  mkdirSync(join(home, 'shop/.orch-state'), { recursive: true });
  writeFileSync(join(home, 'shop/.orch-state/status.json'), '{"current_state": "IDLE"}\n');
  writeFileSync(join(clone, '.env'), 'ANTHROPIC_API_KEY=sk-ant-api03-abcdefghij0123456789klmnop\n', {
    mode: 0o600,
  });
  const settings = `orchestrator:\n  mode: blocking\n  project_name: shop\n  project_path: ${join(home, 'shop')}\n`;
  writeFileSync(join(clone, 'config.yml'), settings);
  return home;
}
