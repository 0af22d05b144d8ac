import { join } from 'node:path';
import { randomLetters, tokenShapes } from '../fixtures/canaries.ts';
import { buildRepository } from '../fixtures/git-history.ts';
import { buildMixedInstallation } from '../fixtures/mixed-installation.ts';
import { type Contender, measure, table } from './measure.ts';

/**
 * What looks for lines that name the clone, and for secrets in the commits of the clone, beside what looks at the same
 * files and commits with one pattern. Nobody writes, so all rounds share one installation.
 */
const ENTRY = join(import.meta.dirname, '..', '..', 'src', 'agent.ts');
const HISTORY = join(import.meta.dirname, 'search-history.ts');
const PATH = '/usr/bin:/bin';

/** Tables in Markdown; everything that is written goes below `folder`. */
export function search(folder: string, rounds: number): string[] {
  const built = buildMixedInstallation(join(folder, 'search'));
  const old = buildHistory(join(folder, 'history'));
  return [
    table(
      'Lines outside of the clone that name it (4 projects, 45 MB of state)',
      measure(
        [
          node('`references`', built, [ENTRY, 'references', built.clone, '--json']),
          shell('`grep -rnF CLONE` of the home', built, 'grep -rnF "$CLONE" "$HOME" > /dev/null'),
        ],
        rounds,
      ),
    ),
    table(
      'Secrets in the commits of a clone (200 commits of ten files each, in one of them a token)',
      measure(
        [
          node('the search of `migrate-assess` alone', old, [HISTORY, old.clone]),
          shell(
            '`git log -p` through `grep -E` with five patterns',
            old,
            'git -C "$CLONE" log -p --all | { grep -cE "sk-ant-|ghp_[A-Za-z0-9]{36}|xox[bp]-|BEGIN [A-Z ]*PRIVATE KEY|hooks\\.slack\\.com" || true; } > /dev/null',
          ),
        ],
        rounds,
      ),
    ),
  ];
}

interface Places {
  readonly home: string;
  readonly clone: string;
}

/** Each commit writes ten files of 4 KB anew. */
function buildHistory(home: string): Places {
  const clone = join(home, 'agent-workflow');
  const person = { author: 'A Person', email: 'person@example.org' };
  const text = (seed: string) =>
    `${Array.from({ length: 60 }, (_, n) => randomLetters(`${seed} ${n}`, 64)).join('\n')}\n`;
  const commits = Array.from({ length: 200 }, (_, n) => {
    const files = Array.from({ length: 10 }, (_, at): [string, string] => [
      `part_${at}.py`,
      text(`${n} ${at}`),
    ]);
    if (n === 100) files.push(['deploy.sh', `TOKEN=${tokenShapes.github('history')}\n`]);
    return { ...person, time: 1_736_500_000 + n, message: `${n}\n`, files: new Map(files) };
  });
  buildRepository(clone, { commits, remote: 'https://example.org/mine.git' });
  return { home, clone };
}

function node(name: string, { home }: Places, args: readonly string[]): Contender {
  return { name, prepare: () => ({ command: process.execPath, args, env: { PATH, HOME: home } }) };
}

function shell(name: string, { home, clone }: Places, script: string): Contender {
  const env = { PATH, HOME: home, CLONE: clone };
  return { name, prepare: () => ({ command: 'sh', args: ['-c', script], env }) };
}
