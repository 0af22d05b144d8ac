import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { VERBS } from '../src/agent/cli/index.ts';
import { runAgent } from './helpers/agent.ts';
import { useTempFolder } from './helpers/temp.ts';

const ROOT = join(import.meta.dirname, '..');

describe('the agent, started as people start it', () => {
  const home = useTempFolder();

  it('runs from its .ts files through npm, whatever Node the machine has', () => {
    const { status, stdout } = spawnSync('npm', ['run', '-s', 'agent', '--', '--version'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${manifest.version}\n` });
  });

  it('lists every verb in its help', () => {
    const { exit, stdout } = runAgent(home(), ['--help']);
    expect(exit).toBe(0);
    for (const { name, summary } of VERBS) expect(stdout).toMatch(new RegExp(`${name} +${summary}`));
  });

  it.each(VERBS.map(({ name }) => name))('explains %s with its options and exit codes', (name) => {
    const { exit, stdout, stderr } = runAgent(home(), [name, '--help']);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toContain(`npm run -s agent -- ${name}`);
    expect(stdout).toContain('--json');
    expect(stdout).toMatch(/Exit codes:\n {2}0 {2}done/);
  });

  it.each(VERBS.flatMap(({ aliases = [] }) => aliases))('still knows the older form %s', (alias) => {
    expect(runAgent(home(), [alias, '--help'])).toMatchObject({ exit: 0 });
  });

  it('says what an unknown verb is answered with, on stderr, without a stack', () => {
    const { exit, stdout, stderr } = runAgent(home(), ['migrate-everything']);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toMatch(/^Error AWM-1002: There is no command "migrate-everything"\.\n {2}Run/);
    expect(stderr).not.toContain('    at ');
  });

  it('prints no runtime warnings', () => {
    expect(runAgent(home(), ['status']).stderr).toBe('');
  });
});

describe('the playground, started as newcomers start it', () => {
  const home = useTempFolder();

  it('plays the whole story in the terminal, proves it, and leaves nothing behind', () => {
    const { status, stdout, stderr } = spawnSync('npm', ['run', '-s', 'start', '--', '--tour'], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: home() },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const claim of ['Python reads it', 'The ledger is whole', 'The rollback is exact'])
      expect(stdout).toContain(`${claim}: shown`);
    expect(readdirSync(home()).filter((name) => name.startsWith('playground-'))).toEqual([]);
  });
});
