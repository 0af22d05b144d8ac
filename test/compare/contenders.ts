import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askAgent, runAgent } from '../helpers/agent.ts';
import type { Subject } from './subjects.ts';

export interface Attempt {
  /** What was typed, without paths. */
  readonly typed: string;
  readonly exit: number;
  readonly saysSuccess: boolean;
}

export interface Migrated {
  /** The second only if the first carried nothing over. */
  readonly attempts: readonly Attempt[];
  /** What the person is told is not carried: lines of a warning, and of the ledger where there is one. */
  readonly told: string;
}

const PATH = '/usr/bin:/bin';

/** Ours, automated; where it stops with open decisions, again with the first option of each as the answer. */
export function migrateWithOurs({ home, clone }: Subject): Migrated {
  const args = ['migrate-from-git', clone, '--automated', '--yes'];
  const typed = 'migrate-from-git --automated --yes';
  const first = runAgent(home, args);
  const attempts = [{ typed, exit: first.exit, saysSuccess: first.exit === 0 }];
  if (first.exit === 0) return { attempts, told: notCarried(home) };
  const { result } = askAgent<{ decisions: { id: string; options: { id: string }[] }[] }>(home, args);
  const answers = join(home, 'answers.yaml');
  const lines = result.decisions.map(({ id, options }) => `${JSON.stringify(id)}: ${options[0]?.id}\n`);
  writeFileSync(answers, lines.join(''));
  const second = runAgent(home, [...args, '--answers', answers]);
  attempts.push({ typed: `${typed} --answers FILE`, exit: second.exit, saysSuccess: second.exit === 0 });
  return { attempts, told: notCarried(home) };
}

function notCarried(home: string): string {
  const text = readFileSync(join(home, '.agent-workflow/migration/ledger.json'), 'utf8');
  const { rows } = JSON.parse(text) as { rows: { item: string; fate: string }[] };
  const left = rows.filter(({ fate }) => ['left', 'dropped', 'needs-you'].includes(fate));
  return left.map(({ item }) => item).join('\n');
}

/** Folders without which the package's migrator refuses an installation. */
const DEMANDED = ['lib', 'scripts', 'tests', 'docs_src'];

/** Lists folders in the order of their names, so that the last of several files is the same one everywhere. */
const SORTED = `import os
real = os.scandir
class Sorted:
    def __init__(self, *path):
        with real(*path) as entries: self.entries = iter(sorted(entries, key=lambda entry: entry.name))
    def __iter__(self): return self.entries
    def __next__(self): return next(self.entries)
    def __enter__(self): return self
    def __exit__(self, *why): pass
    def close(self): pass
os.scandir = Sorted
`;

/**
 * The package's own migrator as it is documented; where that carries nothing over, again without its backup and with
 * the folders that it demands.
 */
export function migrateWithTheirs(agentOrch: string, { home, clone }: Subject): Migrated {
  const sorted = join(home, '.sorted');
  mkdirSync(sorted);
  writeFileSync(join(sorted, 'sitecustomize.py'), SORTED);
  const env = { PATH, HOME: home, LC_ALL: 'C.UTF-8', COLUMNS: '400', PYTHONPATH: sorted };
  const run = (...options: string[]) => {
    const args = ['migrate-from-git', clone, ...options];
    const { status, stdout } = spawnSync(agentOrch, args, { env, input: 'y\ny\n', encoding: 'utf8' });
    const saysSuccess = stdout.includes('completed successfully');
    const typed = ['migrate-from-git', ...options].join(' ');
    return {
      warnings: stdout
        .split('\n')
        .filter((line) => /[⚠✗]/.test(line))
        .join('\n'),
      attempt: { typed, exit: status ?? -1, saysSuccess },
    };
  };
  const first = run('--backup-first', '--import-projects', '--preserve-config');
  if (first.attempt.saysSuccess) return { attempts: [first.attempt], told: first.warnings };
  for (const folder of DEMANDED) mkdirSync(join(clone, folder), { recursive: true });
  const second = run('--import-projects', '--preserve-config');
  return { attempts: [first.attempt, second.attempt], told: second.warnings };
}
