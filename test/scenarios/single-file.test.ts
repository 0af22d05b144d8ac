import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildSingle } from '../../scripts/build-single.ts';
import { VERSION } from '../../src/shared/tool.ts';
import { buildTinyInstallation } from '../fixtures/tiny-installation.ts';
import { describeTree } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';

/** So many that a backup starts threads; it ends well only when each of them did. */
const MANY = 2_100;

describe('the agent as a single file', () => {
  const folder = useTempFolder('file');
  let file: string;

  beforeAll(async () => {
    file = await buildSingle(join(folder(), 'single'));
  });

  function run(home: string, args: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(file, args, {
      cwd: home,
      // No Node, npm or package anywhere.
      env: { PATH: '/usr/bin:/bin', HOME: home, LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
    });
    return { exit: status, stdout, stderr };
  }

  it('has the checksum that lies beside it, and says what it is', () => {
    const checked = execFileSync('sha256sum', ['-c', `${file}.sha256`], {
      cwd: dirname(file),
      encoding: 'utf8',
    });
    expect(checked).toContain(': OK');
    expect(run(folder(), ['--version'])).toEqual({ exit: 0, stdout: `${VERSION}\n`, stderr: '' });
    expect(run(folder(), ['connect'])).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('Run `migration-agent pair` first'),
    });
  });

  it('moves an installation with threads and takes it back, and leaves nothing beside itself', () => {
    const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    const many = join(tiny.target, 'notes');
    mkdirSync(many);
    const files = Array.from({ length: MANY }, (_, n) => join(many, `${n}.txt`));
    for (const path of files) writeFileSync(path, path);
    // A restore is exact to the microsecond.
    for (const path of [...files, many, tiny.target]) utimesSync(path, 1_700_000_000, 1_700_000_000);
    const before = describeTree(tiny.target);

    const moved = run(tiny.home, ['migrate-from-git', tiny.clone, '--automated', '--yes']);
    expect(moved.exit, moved.stderr).toBe(0);
    const back = run(tiny.home, ['restore-migration-backup', '--yes']);
    expect(back.exit, back.stderr).toBe(0);

    expect(describeTree(tiny.target)).toEqual(before);
    expect(readdirSync(folder()).sort()).toEqual(['single', 'tiny']);
  });
});
