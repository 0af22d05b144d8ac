import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CONFIG_CONSTANTS,
  firstChangedLine,
  settingsOfPatch,
} from '../../../../src/agent/survey/local-patches/config-constants.ts';

const UPSTREAM = process.env['UPSTREAM_CLONE'];
const FILES = [
  'lib/multi_project_config.py',
  'scripts/orchestrator.py',
  'scripts/multi_project_orchestrator.py',
];

function patch(...lines: string[]): Buffer {
  return Buffer.from(
    ['diff --git a/x b/x', '--- a/x', '+++ b/x', '@@ -10,3 +10,3 @@', ...lines, ''].join('\n'),
  );
}

describe('a changed constant', () => {
  it.each([
    [
      'lib/multi_project_config.py',
      '    max_concurrent_projects: int = ',
      '10',
      '5',
      'global.max_concurrent_projects',
      '5',
    ],
    [
      'lib/multi_project_config.py',
      '    backup_retention_days: int = ',
      '30',
      '90',
      'global.data_retention_days',
      '90',
    ],
    [
      'lib/multi_project_config.py',
      '    global_discord_guild: Optional[str] = ',
      'None',
      '"123456789012345678"',
      'discord.guild_id',
      '"123456789012345678"',
    ],
    [
      'scripts/orchestrator.py',
      '            level=logging.',
      'INFO,',
      'WARNING,',
      'global.log_level',
      'WARN',
    ],
  ])('of %s is a setting: %s%s', (file, start, before, after, key, value) => {
    const found = settingsOfPatch(file, patch(' same', `-${start}${before}`, `+${start}${after}`));
    expect(found?.map((one) => [one.key, one.value])).toEqual([[key, value]]);
  });

  it.each([
    [
      'another file',
      'lib/other.py',
      ['-    backup_retention_days: int = 30', '+    backup_retention_days: int = 9'],
    ],
    [
      'a value out of range',
      FILES[0] ?? '',
      ['-    backup_retention_days: int = 30', '+    backup_retention_days: int = 900'],
    ],
    [
      'a line more',
      FILES[0] ?? '',
      ['-    backup_retention_days: int = 30', '+    backup_retention_days: int = 9', '+x = 1'],
    ],
    [
      'another constant in its place',
      FILES[0] ?? '',
      ['-    backup_retention_days: int = 30', '+    max_concurrent_projects: int = 9'],
    ],
    ['no line at all', FILES[0] ?? '', [' same']],
  ])('is none with %s', (_, file, lines) => {
    expect(settingsOfPatch(file, patch(...lines))).toBeUndefined();
  });

  it('is found at its line in the new file', () => {
    expect(firstChangedLine(patch(' same', ' same', '-a', '+b'))).toBe(12);
    expect(firstChangedLine(Buffer.from('GIT binary patch\n'))).toBeUndefined();
  });

  it.skipIf(UPSTREAM === undefined)('stands in the real files as it is looked for (UPSTREAM_CLONE)', () => {
    const lines = FILES.flatMap((file) =>
      readFileSync(join(UPSTREAM as string, file), 'utf8')
        .split(/\r?\n/)
        .map((line) => [file, line] as const),
    );
    const missing = CONFIG_CONSTANTS.filter(
      (one) => !lines.some(([file, line]) => one.file.test(file) && one.line.test(line)),
    );
    expect(missing.map(({ key }) => key)).toEqual([]);
  });
});
