import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { spawn as spawnTerminal } from '@lydell/node-pty';
import { afterEach, describe, expect, it } from 'vitest';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { useTempFolder } from '../helpers/temp.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ENTRY = join(ROOT, 'src', 'agent.ts');
const PRELOAD = pathToFileURL(join(ROOT, 'test', 'helpers', 'kill-at.ts')).href;

describe('migrate-status --watch', () => {
  const folder = useTempFolder();
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  const envOf = ({ home }: TinyInstallation) => ({ PATH: '/usr/bin:/bin', HOME: home, LC_ALL: 'C.UTF-8' });

  /** A migration that stands still behind its sixth record, until it is continued. */
  async function standing(tiny: TinyInstallation): Promise<ChildProcess> {
    const child = spawn(process.execPath, [ENTRY, 'migrate-from-git', tiny.clone, '--automated', '--yes'], {
      cwd: tiny.home,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...envOf(tiny), NODE_OPTIONS: `--import ${PRELOAD}`, AWM_KILL_AT: '6 after SIGSTOP' },
    });
    children.push(child);
    const said = new Promise<string>((resolve) => {
      child.stderr?.on('data', (piece: Buffer) => piece.includes('stopped') && resolve('stopped'));
      child.on('close', () => resolve('ended'));
    });
    expect(await said).toBe('stopped');
    return child;
  }

  it('tells each step as it is done where there is no terminal, and ends with the run', async () => {
    const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'none');
    const migration = await standing(tiny);
    const watching = spawn(process.execPath, [ENTRY, 'migrate-status', '--watch'], { env: envOf(tiny) });
    children.push(watching);
    let said = '';
    watching.stdout.on('data', (piece: Buffer) => {
      said += piece.toString('utf8');
      if (said.includes('intent make-backup')) migration.kill('SIGCONT');
    });
    const exit = await new Promise((resolve) => watching.on('close', resolve));
    expect(exit, said).toBe(0);
    expect(said).toMatch(/Z begin\n.*Z done make-backup\n.*Z done clean-up\n.*Z end\n/s);
    expect(said).toMatch(/State +moved, not yet usable\n/);
    expect(said).not.toContain('\u001b');
  });

  it('draws one status anew on a terminal', async () => {
    const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'none');
    const migration = await standing(tiny);
    const terminal = spawnTerminal(process.execPath, [ENTRY, 'migrate-status', '--watch'], {
      cols: 120,
      env: { ...envOf(tiny), TERM: 'xterm' },
    });
    let screen = '';
    terminal.onData((data) => {
      screen += data;
      if (screen.includes('running now')) migration.kill('SIGCONT');
    });
    const exit = await new Promise((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
    expect(exit, screen).toBe(0);
    expect(screen).toMatch(/running now.*\u001b\[\d+A.*moved, not yet usable/s);
  });

  it('gives JSON lines, and ends with exit 5 where nobody goes on with the run', async () => {
    const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'none');
    const migration = await standing(tiny);
    const ended = new Promise((resolve) => migration.on('close', resolve));
    migration.kill('SIGKILL');
    await ended;
    const { exit, stderr } = runAgent(tiny.home, ['migrate-status', '--watch', '--json']);
    expect(exit).toBe(5);
    expect(
      stderr
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ type: 'status', outcome: 'unfinished', kind: 'migrate' }]);
    expect(askAgent(tiny.home, ['migrate-status', '--watch'])).toMatchObject({
      exit: 5,
      result: { outcome: 'unfinished' },
    });
  });
});
