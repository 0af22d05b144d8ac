import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { put } from '../fixtures/write-files.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { useTempFolder } from '../helpers/temp.ts';

const LATER = {
  NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, '..', 'helpers', 'a-week-later.ts')).href}`,
};

interface Status {
  readonly probation: {
    readonly over: boolean;
    readonly used: string | null;
    readonly looks: readonly { readonly look: string; readonly done: string | null }[];
  } | null;
}

describe('the time after a migration, with the real program', () => {
  const folder = useTempFolder();
  let tiny: TinyInstallation;

  beforeEach(() => {
    tiny = buildTinyInstallation(folder(), 'none');
    expect(runAgent(tiny.home, ['migrate-from-git', tiny.clone, '--automated', '--yes']).exit).toBe(0);
  });

  const probation = (env: Record<string, string> = {}) =>
    askAgent<Status>(tiny.home, ['status'], env).result.probation;

  it('is told by status: until when the clone stays, and which looks are due', () => {
    expect(probation()).toMatchObject({ over: false, used: null });
    expect(probation()?.looks.map(({ look, done }) => [look, done])).toEqual([
      ['1h', null],
      ['24h', null],
      ['7d', null],
    ]);
    const { stdout, stderr } = runAgent(tiny.home, ['status']);
    expect(stdout).toMatch(/Old clone +stays as it is until 20/);
    expect(stderr).toBe('');
    put(tiny.clone, 'logs/now.log', 'used\n');
    expect(probation()?.used).toMatch(/^logs/);
  });

  it('has its looks done by any later command, told once on stderr, and kept for status and health', () => {
    const first = runAgent(tiny.home, ['backups', 'list'], LATER);
    const second = runAgent(tiny.home, ['backups', 'list'], LATER);

    expect(first.exit).toBe(0);
    expect(first.stderr).toMatch(
      /^Looked at ~\/\.agent-workflow after 7 days, on .*: 9 checks, none found anything wrong\n$/,
    );
    expect([second.exit, second.stderr, second.stdout]).toEqual([0, '', first.stdout]);
    expect(probation(LATER)).toMatchObject({
      over: true,
      looks: ['1h', '24h', '7d'].map((look) => ({ look, done: expect.stringMatching(/^20/) })),
    });
    const { stdout } = runAgent(tiny.home, ['status'], LATER);
    expect(stdout).toMatch(/Old clone +was not used for 7 days; .* retire ~\/clone moves it aside/);
    expect(runAgent(tiny.home, ['health'], LATER).stdout).toMatch(
      /Looked at since the migration\n +after 1 hour, on 20/,
    );
  });
});
