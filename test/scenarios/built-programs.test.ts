import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPrograms } from '../../scripts/build.ts';
import { VERBS } from '../../src/agent/cli/index.ts';
import { VERSION } from '../../src/shared/tool.ts';
import { buildTinyInstallation } from '../fixtures/tiny-installation.ts';
import { describeTree } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The package as it would be installed: bundles, package.json and the example of the settings, and no node_modules. */
describe('the built programs', () => {
  const folder = useTempFolder('file');
  const home = () => join(folder(), 'home');

  beforeAll(async () => {
    const installed = join(folder(), 'installed');
    mkdirSync(installed);
    for (const name of ['package.json', 'config'])
      cpSync(join(ROOT, name), join(installed, name), { recursive: true });
    await buildPrograms(join(installed, 'dist'));
    mkdirSync(home());
  });

  function run(program: 'migration-agent' | 'migration-bot', args: readonly string[], at = home()) {
    const file = join(folder(), 'installed', 'dist', `${program}.cjs`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
      cwd: at,
      env: { PATH: '/usr/bin:/bin', HOME: at, LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
    });
    return { exit: status, stdout, stderr };
  }

  it('tell their version and what they can do', () => {
    expect(run('migration-agent', ['--version'])).toEqual({ exit: 0, stdout: `${VERSION}\n`, stderr: '' });
    expect(run('migration-agent', ['--help']).stdout).toContain('migration-agent COMMAND --help');
    expect(run('migration-bot', ['help'])).toMatchObject({ exit: 0, stderr: '' });
    expect(run('migration-bot', ['dance']).stderr).toContain('Run `migration-bot help`');
    expect(run('migration-bot', ['init']).stdout).toContain('then `migration-bot doctor`');
  });

  it.each(VERBS.map(({ name }) => name))('load all that `%s` needs', (verb) => {
    const { exit, stdout, stderr } = run('migration-agent', [verb, '--help']);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toContain(`migration-agent ${verb}`);
  });

  it('move an installation and take it back, and print the commands of a package', () => {
    const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    const before = describeTree(tiny.target);
    const moved = run('migration-agent', ['migrate-from-git', tiny.clone, '--automated', '--yes'], tiny.home);
    expect(moved.exit, moved.stderr).toBe(0);
    expect(moved.stdout).toContain('migration-agent exec -- agent-orch start');
    expect(moved.stdout).not.toContain('npm run');
    expect(describeTree(tiny.target)).not.toEqual(before);

    const back = run('migration-agent', ['restore-migration-backup', '--yes'], tiny.home);
    expect(back.exit, back.stderr).toBe(0);
    expect(describeTree(tiny.target)).toEqual(before);
  });

  it('make the settings of a bot from the example that the package brings', () => {
    expect(run('migration-bot', ['init'])).toMatchObject({ exit: 0, stderr: '' });
    expect(readFileSync(join(home(), 'config/bot.yml'))).toEqual(
      readFileSync(join(ROOT, 'config/bot.example.yml')),
    );
    expect(existsSync(join(home(), 'data/identity/bot.pem'))).toBe(true);
  });
});
