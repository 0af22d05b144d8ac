import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { put } from '../fixtures/write-files.ts';
import { askAgent, type Envelope, runAgent } from '../helpers/agent.ts';
import { treeDigest } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { typeToAgent } from '../helpers/typed-agent.ts';
import { makeWheel, type Wheel } from '../helpers/wheel.ts';

interface Migrated {
  readonly outcome: string;
  readonly checks: readonly { name: string; status: string }[];
  readonly setup?: {
    readonly usable: boolean;
    readonly installed: { readonly command: string; readonly environment: string } | null;
    readonly leftovers: { readonly found: string[]; readonly moved: string[] };
  };
}

describe('the final setup, with the real program', () => {
  const folder = useTempFolder();
  let tiny: TinyInstallation;
  let wheels: string;
  let wheel: Wheel;

  beforeEach(() => {
    tiny = buildTinyInstallation(folder(), 'none');
    wheels = join(folder(), 'wheels');
    wheel = makeWheel(wheels);
  });

  const bin = (name: string) => join(tiny.home, '.local/bin', name);
  const env = (more: Record<string, string> = {}) => ({
    PATH: `${join(tiny.home, '.local/bin')}:/usr/bin:/bin`,
    PACKAGE_SPEC: wheel.pin,
    ...more,
  });
  const install = (...more: string[]) => [
    ...['migrate-from-git', tiny.clone, '--automated', '--yes', '--install-package', '--wheels', wheels],
    ...more,
  ];
  const ask = <Result = Migrated>(args: string[], more: Record<string, string> = {}): Envelope<Result> =>
    askAgent<Result>(tiny.home, args, env(more));

  it('installs the pinned package with pipx, so that the result is complete; a rollback takes all of it back', () => {
    const source = treeDigest(tiny.clone);
    const { ok, result } = ask(install('--install-with', 'pipx'));

    expect({ ok, outcome: result.outcome }).toEqual({ ok: true, outcome: 'complete' });
    expect(result.checks).toContainEqual(
      expect.objectContaining({ name: 'command_functionality', status: 'ok' }),
    );
    expect(result.setup).toMatchObject({ usable: true, installed: { command: bin('agent-orch') } });
    expect(execFileSync(bin('agent-orch'), ['status'], { encoding: 'utf8', env: env() })).toBe(
      'fine status\n',
    );
    expect(runAgent(tiny.home, ['migrate-status'], env()).stdout).toMatch(/complete/);
    expect(runAgent(tiny.home, ['status'], env()).stdout).toMatch(/1\.2\.0 at ~\/\.local\/bin\/agent-orch/);

    // The report and the receipt were written anew, as the run's own.
    expect(readFileSync(join(tiny.target, 'migration/report.md'), 'utf8')).toMatch(
      /^# Migration report: Complete/,
    );
    const receipt = ask<{ verdict: string }>(['verify-receipt']);
    expect([receipt.ok, receipt.result.verdict]).toEqual([true, 'as-finished']);

    const preview = ask<{ setup: string[]; newer: string[] }>(['restore-migration-backup', '--dry-run']);
    expect(preview.result.newer).toEqual([]);
    expect(preview.result.setup).toEqual([result.setup?.installed?.environment]);
    const back = ask<{ setup: { takenBack: string[]; left: unknown[] } }>([
      'restore-migration-backup',
      '--yes',
    ]);
    expect(back.result.setup).toEqual({ takenBack: preview.result.setup, left: [] });
    expect([existsSync(bin('agent-orch')), existsSync(preview.result.setup[0] ?? '')]).toEqual([
      false,
      false,
    ]);
    expect(existsSync(tiny.target)).toBe(false);
    expect(treeDigest(tiny.clone)).toBe(source);
  });

  it('begins nothing where the package is the wrong one, or nobody can say that it is right', () => {
    const wrong = makeWheel(wheels, { version: '1.3.0', starts: 'other.tool:main' });
    for (const [spec, name, exit] of [
      [wrong.pin, 'PACKAGE_WRONG', 1],
      [`agent-workflow==1.2.0 --hash=sha256:${'0'.repeat(64)}`, 'PACKAGE_WRONG', 1],
      ['agent-workflow==1.2.0', 'PACKAGE_NOT_PINNED', 3],
      ['agent-workflow>1', 'PACKAGE_SPEC_INVALID', 2],
    ] as const) {
      const { error, exit: got } = ask(install(), { PACKAGE_SPEC: spec });
      expect([spec, error?.name, got]).toEqual([spec, name, exit]);
    }
    expect(existsSync(tiny.target)).toBe(false);
    expect(existsSync(join(tiny.home, '.local/bin'))).toBe(false);
  });

  it('comes later, too: a home that is moved already only gets the package', () => {
    expect(ask(['migrate-from-git', tiny.clone, '--automated', '--yes']).result.outcome).toBe(
      'not-yet-usable',
    );
    const later = ask(install('--install-with', 'venv'));

    expect(later.result).toMatchObject({ outcome: 'nothing-to-do', setup: { usable: true } });
    expect(runAgent(tiny.home, ['migrate-status'], env()).stdout).toMatch(/complete/);
    expect(lstatSync(bin('agent-orch')).isSymbolicLink()).toBe(true);
  });

  it('at a terminal shows what the package says and renames what starts the clone, each after a yes', async () => {
    const starts = {
      'my-start': `#!/bin/sh\nexec python3 ${tiny.clone}/tools/mine.py --all\n`,
      other: '#!/bin/sh\n',
    };
    for (const [name, text] of Object.entries(starts)) put(tiny.home, `.local/bin/${name}`, text, 0o755);
    put(tiny.clone, 'scripts/run', '', 0o644);
    symlinkSync(join(tiny.clone, 'scripts/run'), bin('agent-orch'));

    const { exit, screen } = await typeToAgent(
      tiny.home,
      [
        'migrate-from-git',
        tiny.clone,
        '--automated',
        '--install-package',
        '--install-with',
        'venv',
        '--wheels',
        wheels,
      ],
      [
        ['with venv? [y/N]', 'y'],
        ['not modified. [y/N]', 'y'],
        ['where the tool went? [y/N]', 'y'],
        ['where the tool went? [y/N]', 'y'],
      ],
    );

    expect(screen).toMatch(/SHA-256 +[0-9a-f]{64}/);
    expect(screen).toMatch(/Complete, in/);
    expect(exit).toBe(0);
    expect(readFileSync(bin('my-start.old-clone'), 'utf8')).toBe(starts['my-start']);
    expect(readFileSync(bin('my-start.moved.txt'), 'utf8')).toMatch(/agent-workflow is now a package/);
    expect([existsSync(bin('my-start')), existsSync(bin('other'))]).toEqual([false, true]);
    expect(execFileSync(bin('agent-orch'), ['health'], { encoding: 'utf8', env: env() })).toBe(
      'fine health\n',
    );

    expect(ask(['restore-migration-backup', '--yes']).ok).toBe(true);
    expect(readFileSync(bin('my-start'), 'utf8')).toBe(starts['my-start']);
    expect(existsSync(bin('my-start.moved.txt'))).toBe(false);
    expect(lstatSync(bin('agent-orch')).isSymbolicLink()).toBe(true);
  });

  it('without a package to install leaves what starts the clone as it is, and says what that is', () => {
    const starts = `#!/bin/sh\nexec python3 ${tiny.clone}/tools/mine.py\n`;
    put(tiny.home, '.local/bin/my-start', starts, 0o755);
    put(tiny.home, '.bashrc', `alias orch='${tiny.clone}/bin/orch'\n`);
    const before = [readFileSync(join(tiny.home, '.bashrc'), 'utf8'), readFileSync(bin('my-start'), 'utf8')];

    const moved = runAgent(tiny.home, ['migrate-from-git', tiny.clone, '--automated', '--yes'], env());
    const again = ask<{ outcome: string; starts_clone: object }>([
      'migrate-from-git',
      tiny.clone,
      '--automated',
      '--yes',
    ]);

    expect(moved.exit, moved.stderr).toBe(0);
    expect(moved.stdout).toMatch(
      /Still starts the old clone\n +1 line of your files.*\n +~\/\.local\/bin\/my-start/,
    );
    expect(again.result).toEqual({
      outcome: 'nothing-to-do',
      starts_clone: {
        references: { found: 0, replaced: [], needYou: 2 },
        leftovers: { found: [bin('my-start')], moved: [] },
      },
    });
    expect([readFileSync(join(tiny.home, '.bashrc'), 'utf8'), readFileSync(bin('my-start'), 'utf8')]).toEqual(
      before,
    );
  });

  it('without a package to install asks at a terminal for each, once a package could take their place', async () => {
    put(tiny.home, '.local/bin/my-start', `#!/bin/sh\nexec python3 ${tiny.clone}/tools/mine.py\n`, 0o755);
    const again = ['migrate-from-git', tiny.clone, '--automated'];
    const early = await typeToAgent(tiny.home, again, [['not modified. [y/N]', 'y']]);
    expect(early.exit, early.screen).toBe(0);
    expect(early.screen).toContain('Still starts the old clone');
    expect(ask(install('--install-with', 'venv')).ok).toBe(true);

    const declined = await typeToAgent(tiny.home, again, [['where the tool went? [y/N]', 'n']]);
    expect(existsSync(bin('my-start'))).toBe(true);
    const agreed = await typeToAgent(tiny.home, again, [['where the tool went? [y/N]', 'y']]);

    expect(declined.screen).toContain('Still starts the old clone');
    expect(agreed.screen).toMatch(/Nothing to do/);
    expect(agreed.screen).not.toContain('Still starts the old clone');
    expect([existsSync(bin('my-start')), existsSync(bin('my-start.old-clone'))]).toEqual([false, true]);
    expect(ask(['restore-migration-backup', '--yes']).ok).toBe(true);
    expect([existsSync(bin('my-start')), existsSync(bin('my-start.old-clone'))]).toEqual([true, false]);
  });
});
