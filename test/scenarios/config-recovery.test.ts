import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
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
    expect(found.stdout).toMatch(/ {2}1 {2}Restore from the migration backup .+\n {2}2 {2}Repair /);
    expect(askAgent(tiny.home, ['recover']).result).toMatchObject({
      issue: 'config_corruption',
      damage: [{ file: 'config.yaml' }],
      options: [{ number: 1 }, { number: 2 }, { number: 3 }],
    });
    expect(readFileSync(at('config.yaml'), 'utf8')).toContain('log_level: "WARN\n');
  });

  it('ends with a menu at a terminal: q leaves everything, a number is taken after its difference was shown', async () => {
    const broken = config.replace('log_level: WARN', 'log_level: "WARN');
    writeFileSync(at('config.yaml'), broken);

    const left = await typeToAgent(tiny.home, ['recover'], [['Select recovery option', 'q']]);
    expect(left).toMatchObject({ exit: 0, screen: expect.stringContaining('Nothing was changed.') });
    expect(readFileSync(at('config.yaml'), 'utf8')).toBe(broken);

    const repaired = await typeToAgent(
      tiny.home,
      ['recover'],
      [
        ['Select recovery option', '2'],
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
});
