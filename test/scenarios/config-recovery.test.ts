import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { AgentHome } from '../../src/agent/agent-home.ts';
import { RealSystem } from '../../src/agent/real-system.ts';
import { retire } from '../../src/agent/setup/retire.ts';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { put } from '../fixtures/write-files.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { canariesIn } from '../helpers/canaries.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { typeToAgent } from '../helpers/typed-agent.ts';

describe('a configuration home that was damaged after the migration', () => {
  const folder = useTempFolder();
  let tiny: TinyInstallation;
  let config: string;
  const at = (rel: string) => join(tiny.target, rel);
  const recover = (...more: string[]) => runAgent(tiny.home, ['recover', ...more]);

  beforeEach(() => {
    tiny = buildTinyInstallation(join(folder(), 'tiny'), 'none');
    expect(runAgent(tiny.home, ['migrate-from-git', tiny.clone, '--automated', '--yes'])).toMatchObject({
      exit: 0,
    });
    config = readFileSync(at('config.yaml'), 'utf8');
  });

  it('is found without being told, and nothing is written before a way is chosen', () => {
    writeFileSync(at('config.yaml'), config.replace('log_level: WARN', 'log_level: "WARN'));

    const found = recover();

    expect(found.exit, found.stdout).toBe(3);
    expect(found.stdout).toContain('Configuration Recovery');
    expect(found.stdout).toContain('1 file of ~/.agent-workflow cannot be used as it is:');
    expect(found.stdout).toMatch(
      / {2}1 {2}Restore from the migration backup\n {5}\S.+\.\n {2}2 {2}Repair\n {5}\S.+\.\n {2}3 /,
    );
    expect(found.stdout).toContain('recover --issue config_corruption --option N\n');
    const elsewhere = recover('--target', '.agent-workflow');
    expect(elsewhere.stdout).toContain('--option N --target .agent-workflow\n');
    expect(askAgent(tiny.home, ['recover']).result).toMatchObject({
      issue: 'config_corruption',
      damage: [{ file: 'config.yaml' }],
      options: [{ number: 1 }, { number: 2 }, { number: 3 }],
    });
    expect(readFileSync(at('config.yaml'), 'utf8')).toContain('log_level: "WARN\n');
  });

  it('ends with a menu at a terminal: q leaves everything, no number is asked again, one is taken after its difference was shown', async () => {
    const broken = config.replace('log_level: WARN', 'log_level: "WARN');
    writeFileSync(at('config.yaml'), broken);

    const left = await typeToAgent(tiny.home, ['recover'], [['Select recovery option', 'q']]);
    expect(left).toMatchObject({ exit: 0, screen: expect.stringContaining('Nothing was changed.') });
    expect(readFileSync(at('config.yaml'), 'utf8')).toBe(broken);

    const repaired = await typeToAgent(
      tiny.home,
      ['recover'],
      [
        ['Select recovery option', '7'],
        ['There is no option 7: type a number from 1 to 3, or q.', '2'],
        ['[y/N]', 'y'],
      ],
    );
    expect(repaired.exit, repaired.screen).toBe(0);
    expect(repaired.screen).toContain('Mended: the package can read its configuration again.');
  });

  it('goes back to before the migration, and tells scripts what it wrote', () => {
    writeFileSync(at('config.yaml'), '');
    const restored = askAgent(tiny.home, ['recover', '--option', '1', '--yes']);
    expect(restored).toMatchObject({ exit: 0, result: { outcome: 'rolled-back' } });
    expect(existsSync(tiny.target)).toBe(false);
  });

  it('is repaired by the smallest edit, which is shown, and can be taken back', () => {
    const broken = config.replace('log_level: WARN', 'log_level: "WARN');
    writeFileSync(at('config.yaml'), broken);

    const repaired = recover('--issue', 'config_corruption', '--option', '2', '--yes');

    expect(repaired.exit, repaired.stdout + repaired.stderr).toBe(0);
    expect(repaired.stdout).toMatch(/- +log_level: "WARN\n.+\+ +log_level: "WARN"\n/);
    expect(readFileSync(at('config.yaml'), 'utf8')).toBe(broken.replace('"WARN', '"WARN"'));
    const [, backup = ''] = /restore-migration-backup (migration-backup-\S+)/.exec(repaired.stdout) ?? [];
    expect(runAgent(tiny.home, ['restore-migration-backup', backup, '--yes'])).toMatchObject({ exit: 0 });
    expect(readFileSync(at('config.yaml'), 'utf8')).toBe(broken);
  });

  it('is written anew from the old installation where its files are gone, with every secret', () => {
    for (const file of ['config.yaml', 'projects/registry.yaml', 'credentials.key']) rmSync(at(file));

    const anew = askAgent(tiny.home, ['recover', '--option', '2', '--yes']);

    expect(anew).toMatchObject({
      exit: 0,
      result: {
        written: ['config.yaml', 'projects/registry.yaml', 'credentials.key', 'credentials.enc'],
        left: [],
      },
    });
    const times = /^(created|last_updated): .*$/gm;
    expect(readFileSync(at('config.yaml'), 'utf8').replace(times, '')).toBe(config.replace(times, ''));
    const names = runAgent(tiny.home, ['exec', '--', 'sh', '-c', 'printf %s "$DISCORD_BOT_TOKEN" | wc -c']);
    expect(Number(names.stdout.trim())).toBeGreaterThan(20);
    expect(canariesIn(JSON.stringify(anew), tiny.canaries)).toEqual([]);
    expect(askAgent(tiny.home, ['recover'])).toMatchObject({ exit: 1, error: { name: 'NO_ISSUE_FOUND' } });
  });

  /** Takes the way out that writes the damaged files anew. */
  const takeAnew = () => {
    const { options } = askAgent(tiny.home, ['recover']).result as {
      options: { number: number; title: string }[];
    };
    const { number } = options.find(({ title }) => title === 'Write the damaged files anew') ?? { number: 0 };
    return askAgent(tiny.home, ['recover', '--option', String(number), '--yes']);
  };
  const withoutTimes = (text: string) =>
    text
      .replace(/^ *(created|last_updated|registered): .*\n/gm, '')
      .replace(/^#.*\n/, '')
      .split('\n')
      .sort();

  it('is written anew from what the last migration left where the installation is gone, with every value of it', () => {
    const registry = readFileSync(at('projects/registry.yaml'), 'utf8');
    rmSync(tiny.clone, { recursive: true });
    writeFileSync(at('config.yaml'), 'version: [');
    rmSync(at('projects/registry.yaml'));

    const found = recover('--issue', 'config_corruption');
    expect(found.stdout).toContain('what the last migration left in migration/base.yaml');
    const anew = takeAnew();

    expect(anew).toMatchObject({ exit: 0, result: { left: [] } });
    expect(withoutTimes(readFileSync(at('config.yaml'), 'utf8'))).toEqual(withoutTimes(config));
    expect(withoutTimes(readFileSync(at('projects/registry.yaml'), 'utf8'))).toEqual(withoutTimes(registry));
    expect(config).toContain('log_level: WARN');
    expect(registry).toContain('shop');
  });

  it('is written anew from the clone where it was retired to', () => {
    const system = new RealSystem({ HOME: tiny.home, PATH: '/usr/bin:/bin' });
    const home = new AgentHome(join(tiny.home, '.local/state/migration-agent'));
    expect(existsSync(home.path)).toBe(true);
    const retired = retire(system, { home }, tiny.clone, tiny.target);
    rmSync(at('config.yaml'));

    const anew = takeAnew();

    expect(anew).toMatchObject({ exit: 0, result: { written: ['config.yaml'], left: [] } });
    expect(withoutTimes(readFileSync(at('config.yaml'), 'utf8'))).toEqual(withoutTimes(config));
    expect(existsSync(join(retired, 'config.yml'))).toBe(true);
  });

  it('says why nothing can be written from the installation, and only when that way was chosen', () => {
    rmSync(at('config.yaml'));
    rmSync(at('templates'), { recursive: true });
    symlinkSync(tiny.clone, at('templates'));

    expect(recover().stdout).toContain('From the installation ~/clone');
    const anew = takeAnew();

    expect(anew).toMatchObject({ exit: 1, error: { name: 'OLD_NOT_USABLE' } });
    expect(anew.error?.message).toContain('templates in the configuration home is damaged: it is a link');
    expect(existsSync(at('config.yaml'))).toBe(false);
  });

  it('is written anew with the answers that still answer something', () => {
    put(tiny.clone, 'orchestrator.yaml', 'orchestrator: {max_projects: 99}\n');
    const answers = join(tiny.home, 'answers.yaml');
    writeFileSync(answers, '"value:global.max_concurrent_projects": nearest\n');
    const migrate = ['migrate-from-git', tiny.clone, '--automated', '--yes', '--answers', answers];
    expect(runAgent(tiny.home, migrate)).toMatchObject({ exit: 0 });
    rmSync(at('config.yaml'));
    put(tiny.clone, 'orchestrator.yaml', 'orchestrator: {max_projects: 9}\n');

    expect(takeAnew()).toMatchObject({ exit: 0, result: { left: [] } });

    expect(readFileSync(at('config.yaml'), 'utf8')).toContain('max_concurrent_projects: 9\n');
  });
});
