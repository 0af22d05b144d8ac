import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { canariesIn } from '../helpers/canaries.ts';
import { useTempFolder } from '../helpers/temp.ts';

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
    expect(readFileSync(at('config.yaml'), 'utf8')).toContain('log_level: "WARN\n');
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

    const anew = recover('--option', '2', '--yes');

    expect(anew.exit, anew.stdout + anew.stderr).toBe(0);
    const times = /^(created|last_updated): .*$/gm;
    expect(readFileSync(at('config.yaml'), 'utf8').replace(times, '')).toBe(config.replace(times, ''));
    const names = runAgent(tiny.home, ['exec', '--', 'sh', '-c', 'printf %s "$DISCORD_BOT_TOKEN" | wc -c']);
    expect(Number(names.stdout.trim())).toBeGreaterThan(20);
    expect(canariesIn(anew.stdout, tiny.canaries)).toEqual([]);
    expect(askAgent(tiny.home, ['recover'])).toMatchObject({ exit: 1, error: { name: 'NO_ISSUE_FOUND' } });
  });
});
