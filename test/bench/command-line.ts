import { join } from 'node:path';
import { buildPrograms } from '../../scripts/build.ts';
import { type Contender, measure, type Row } from './measure.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SOURCE = join(ROOT, 'src', 'agent.ts');
const DIST = join(ROOT, 'dist');

/** How soon the command line answers, bundled and from the sources, beside a Node that does nothing. */
export async function commandLine(_folder: string, rounds: number): Promise<string[]> {
  // In the package's own folder, where it would lie once it is installed.
  await buildPrograms(DIST);
  const bundle = join(DIST, 'migration-agent.cjs');
  const contender = (name: string, args: readonly string[]): Contender => ({
    name,
    prepare: () => ({ command: process.execPath, args, env: { PATH: '/usr/bin:/bin' } }),
  });
  const rows = measure(
    [
      contender('`node -e 0`', ['-e', '0']),
      contender('`migration-agent --version`', [bundle, '--version']),
      contender('`migration-agent --help`', [bundle, '--help']),
      contender('`migration-agent migrate-assess --help`', [bundle, 'migrate-assess', '--help']),
      contender('`--version` from the sources', [SOURCE, '--version']),
    ],
    rounds * 5,
  );
  return [besideNode(rows)];
}

function besideNode([node, ...ours]: readonly Row[]): string {
  const least = node?.seconds ?? 1;
  const ms = (seconds: number) => (seconds * 1000).toFixed(0);
  const line = ({ name, seconds, all }: Row) =>
    `| ${name} | ${ms(seconds)} | ${ms(Math.min(...all))} to ${ms(Math.max(...all))} | ${(seconds / least).toFixed(2)} |`;
  return [
    '### The start of the command line',
    '',
    '| | median, ms | all, ms | this / `node -e 0` |',
    '|---|---|---|---|',
    ...[node, ...ours].filter((row) => row !== undefined).map(line),
    '',
  ].join('\n');
}
