import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildManyProjects, type ManyProjects } from '../fixtures/many-projects.ts';
import { type Contender, measure, median, type Row } from './measure.ts';

/**
 * An assessment beside what looks at the same files without understanding any: `find -ls` of the home, and `git status` of
 * the clone and of each project. Nobody writes, so all rounds share one installation.
 */
const ENTRY = join(import.meta.dirname, '..', '..', 'src', 'agent.ts');
const PATH = '/usr/bin:/bin';
const COUNTS = [12, 100, 1000];
/** As `npm run agent` starts it. */
const START = ['--max-semi-space-size=4', ENTRY];
/** The most memory that a command had at a time, in KiB (getrusage(2)). */
const PEAK = `
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
`;

/** A table in Markdown; everything that is written goes below `folder`. */
export function assess(folder: string, rounds: number): string[] {
  const lines = COUNTS.map((count) => {
    const built = buildManyProjects(join(folder, `projects-${count}`), count);
    const [ours, theirs] = measure([assessment(built), standardTools(built)], rounds) as [Row, Row];
    const peak = median(Array.from({ length: rounds }, () => peakMegabytes(built)));
    return `| ${count} | ${spread(ours)} | ${spread(theirs)} | ${(ours.seconds / theirs.seconds).toFixed(2)} | ${peak.toFixed(0)} |`;
  });
  return [
    [
      '### An assessment of many projects',
      '',
      '| projects | `migrate-assess`, s | `find -ls` and `git status` of each repository, s | ours / theirs | ours at its peak, MB |',
      '|---|---|---|---|---|',
      ...lines,
      '',
    ].join('\n'),
  ];
}

function spread({ seconds, all }: Row): string {
  return `${seconds.toFixed(2)} (${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)})`;
}

function command({ home, clone }: ManyProjects) {
  const env = { PATH, HOME: home, LC_ALL: 'C.UTF-8' };
  return { command: process.execPath, args: [...START, 'migrate-assess', clone, '--json'], env };
}

function assessment(built: ManyProjects): Contender {
  return { name: 'migrate-assess', prepare: () => command(built) };
}

function standardTools({ home, clone, projects }: ManyProjects): Contender {
  const script =
    'find "$HOME" -ls > /dev/null && while read -r folder; do git -C "$folder" status > /dev/null || exit 1; done';
  const input = `${[clone, ...projects].join('\n')}\n`;
  return {
    name: 'find and git',
    prepare: () => ({ command: 'sh', args: ['-c', script], env: { PATH, HOME: home }, input }),
  };
}

function peakMegabytes(built: ManyProjects): number {
  const { command: program, args, env } = command(built);
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', PEAK, program, ...args], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return (Number(stdout) * 1024) / 1e6;
}
