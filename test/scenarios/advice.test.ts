import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ERRORS } from '../../src/shared/errors.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Commands that delete for good, as somebody would type them at a shell. */
const DELETES = /\brm\s+(-\w+\s+)*(-\w*[rRf]\w*|--recursive|--force)|\brmdir\s|\bshred\s|\bfind\b.*-delete\b/;

/** One removes a scratch folder that it made itself; the other is a setting that forbids the command. */
const OTHER = ['src/agent/backup/restore-script.ts', 'src/playground/sample/settings.ts'];

it('Nothing that is printed or documented tells anybody to delete the old clone', () => {
  const files = globSync('{src,commands,services,config}/**/*.{ts,js,yml,yaml,md}', { cwd: ROOT })
    .concat(globSync('{docs/**/*.md,README.md}', { cwd: ROOT }))
    .filter((file) => !OTHER.includes(file));
  expect(files.length).toBeGreaterThan(300);
  const found = files.flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (DELETES.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
  const texts = Object.values(ERRORS).flatMap(({ message, hint }) => [message, hint]);
  expect(texts.filter((text) => DELETES.test(text))).toEqual([]);
  expect('rm -rf ~/agent-workflow').toMatch(DELETES);
});

it('Every text that speaks of the old folder at the end of a migration says to keep it', () => {
  const ends = ['src/agent/cli/views/result.ts', 'src/agent/export/checklist.ts'].map((file) =>
    readFileSync(join(ROOT, file), 'utf8'),
  );
  for (const text of ends) {
    expect(text).toMatch(/Keep (the old folder|\$\{source\})/);
    expect(text).toContain('migration-agent retire');
  }
});
