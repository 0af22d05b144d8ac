import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { spawn } from '@lydell/node-pty';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { put } from '../fixtures/write-files.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { treeDigest } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';

const LATER = pathToFileURL(join(import.meta.dirname, '..', 'helpers', 'a-week-later.ts')).href;
const ENTRY = join(import.meta.dirname, '..', '..', 'src', 'agent.ts');

describe('retiring the old clone, with the real program', () => {
  const folder = useTempFolder();
  let tiny: TinyInstallation;

  beforeEach(() => {
    tiny = buildTinyInstallation(folder(), 'none');
    expect(runAgent(tiny.home, ['migrate-from-git', tiny.clone, '--automated', '--yes']).exit).toBe(0);
  });

  const later = { NODE_OPTIONS: `--import ${LATER}` };
  const refusal = (env: Record<string, string> = later) =>
    askAgent(tiny.home, ['retire', tiny.clone, '--yes'], env).error?.name;

  /** Types `answer` when the name is asked for. */
  const typed = (answer: string) =>
    new Promise<number>((resolve) => {
      const terminal = spawn(process.execPath, [ENTRY, 'retire', tiny.clone, '--yes'], {
        cwd: tiny.home,
        env: { PATH: '/usr/bin:/bin', HOME: tiny.home, LC_ALL: 'C.UTF-8', TERM: 'xterm', ...later },
      });
      let shown = '';
      terminal.onData((data) => {
        shown += data;
        if (!shown.includes('aside:')) return;
        shown = '';
        terminal.write(`${answer}\r`);
      });
      terminal.onExit(({ exitCode }) => resolve(exitCode));
    });

  it('is refused before a week without use, while something leads into it, and without a backup that verifies', () => {
    expect(refusal({})).toBe('RETIRE_TOO_EARLY');
    expect(refusal()).toBe('RETIRE_NEEDS_TERMINAL');
    put(tiny.home, 'bin/start-it', `#!/bin/sh\nexec python3 ${tiny.clone}/lib/orchestrator.py\n`, 0o755);
    expect(refusal()).toBe('RETIRE_IN_USE');
    writeFileSync(join(tiny.home, 'bin/start-it'), '#!/bin/sh\n');
    const backups = join(tiny.home, '.agent-workflow-backups');
    const [backup = ''] = readdirSync(backups);
    writeFileSync(join(backups, backup, 'config-1.tar'), 'damaged');
    expect(refusal()).toBe('RETIRE_NO_BACKUP');
    expect(existsSync(tiny.clone)).toBe(true);
    expect(askAgent(tiny.home, ['retire', '--undo']).error?.name).toBe('NOTHING_RETIRED');
  });

  it('moves it aside with a note only by its typed name, and gives it back whole', async () => {
    const before = treeDigest(tiny.clone);
    expect(await typed('yes')).toBe(0);
    expect(existsSync(tiny.clone)).toBe(true);

    expect(await typed('clone')).toBe(0);

    const moved = readdirSync(tiny.home).find((name) => name.startsWith('clone.retired-')) ?? '';
    expect(treeDigest(join(tiny.home, moved))).toBe(before);
    expect(readFileSync(`${tiny.clone}.moved.txt`, 'utf8')).toContain(moved);
    expect(existsSync(tiny.clone)).toBe(false);
    expect(runAgent(tiny.home, ['retire', '--undo']).exit).toBe(0);
    expect(treeDigest(tiny.clone)).toBe(before);
    expect(readdirSync(tiny.home).filter((name) => name.startsWith('clone'))).toEqual(['clone']);
  });
});
