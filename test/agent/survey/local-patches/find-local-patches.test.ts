import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportPatches } from '../../../../src/agent/patches/export-patches.ts';
import { readOnly } from '../../../../src/agent/read-only-system.ts';
import {
  findLocalPatches,
  type LocalPatches,
} from '../../../../src/agent/survey/local-patches/find-local-patches.ts';
import type { PackageProbe } from '../../../../src/agent/survey/package-probe.ts';
import { closeSurvey, takeSurvey } from '../../../../src/agent/survey/survey.ts';
import { tokenShapes } from '../../../fixtures/canaries.ts';
import { put } from '../../../fixtures/write-files.ts';
import { treeDigest } from '../../../helpers/digest.ts';
import { systemAt } from '../../../helpers/plan.ts';
import { useTempFolder } from '../../../helpers/temp.ts';

const temp = useTempFolder();

const CONSTANTS = `class GlobalOrchestratorConfig:
    max_total_agents: int = 20
    max_concurrent_projects: int = 10
    backup_retention_days: int = 30
`;
const UPSTREAM = {
  'orchestrator.yaml': 'orchestrator:\n  log_level: INFO\n',
  'lib/a.py': 'A = 1\nB = 2\nC = 3\n',
  'lib/b.py': 'X = 1\n',
  'lib/multi_project_config.py': CONSTANTS,
  'agent_workflow/core.py': 'Y = 1\n',
};

function git(folder: string, ...args: string[]): string {
  const person = { NAME: 'A Person', EMAIL: 'person@example.org', DATE: '2025-01-10T08:00:00Z' };
  const env = Object.fromEntries(
    Object.entries(person).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]),
  );
  return execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      ...env,
    },
  }).trim();
}

function write(clone: string, files: Record<string, string | Uint8Array>): void {
  for (const [path, text] of Object.entries(files)) put(clone, path, text);
}

function commit(clone: string, message: string, files: Record<string, string | Uint8Array>): string {
  write(clone, files);
  git(clone, 'add', '-A');
  git(clone, 'commit', '-qm', message);
  return git(clone, 'rev-parse', 'HEAD');
}

/** A clone as upstream has it; `origin/main` stands there. */
function makeClone(): string {
  const clone = join(temp(), 'clone');
  put(clone, '.gitignore', '.env\n');
  git(clone, 'init', '-q', '-b', 'main');
  commit(clone, 'upstream', UPSTREAM);
  git(clone, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
  return clone;
}

/** Upstream goes on: a commit on top of `origin/main` that the clone has fetched and not merged. */
function upstreamCommit(clone: string, files: Record<string, string>): void {
  git(clone, 'stash', '-qu');
  git(clone, 'checkout', '-q', '--detach', 'refs/remotes/origin/main');
  git(clone, 'update-ref', 'refs/remotes/origin/main', commit(clone, 'later', files));
  git(clone, 'checkout', '-q', 'main');
}

function patchesOf(clone: string, probe: PackageProbe = { installed: false }): LocalPatches {
  return withPatches(clone, (found) => found, probe);
}

function withPatches<T>(
  clone: string,
  use: (found: LocalPatches) => T,
  probe: PackageProbe = { installed: false },
): T {
  const before = treeDigest(clone);
  const system = readOnly(systemAt(temp()));
  const survey = takeSurvey(system, clone, join(temp(), '.agent-workflow'));
  try {
    return use(findLocalPatches(system, survey, probe));
  } finally {
    closeSurvey(survey);
    expect(treeDigest(clone)).toBe(before);
  }
}

function fates(found: LocalPatches): unknown[] {
  return found.patches.map(({ kind, subject, files, fate }) => [
    kind === 'commit' ? subject : files[0],
    fate,
  ]);
}

describe('the changes of a clone', () => {
  it('are none where it is as upstream is', () => {
    expect(patchesOf(makeClone())).toEqual({ git: 'read', upstream: 'origin/main', patches: [], more: 0 });
  });

  it('are commits and edits that are not committed, each apart', () => {
    const clone = makeClone();
    const id = commit(clone, 'Make A two\n\nFor me.', { 'lib/a.py': 'A = 2\nB = 2\nC = 3\n' });
    write(clone, { 'lib/a.py': 'A = 2\nB = 2\nC = 4\n', 'lib/b.py': 'X = 9\n' });

    const { patches } = patchesOf(clone);

    expect(patches.map(({ id: name, line, fate }) => [name, line, fate])).toEqual([
      [`commit-${id.slice(0, 8)}`, 1, 'carry'],
      ['edit-lib/a.py', 3, 'carry'],
      ['edit-lib/b.py', 1, 'carry'],
    ]);
    expect(patches[0]).toMatchObject({ subject: 'Make A two', files: ['lib/a.py'], commit: id });
  });

  it('that upstream took with the same patch are upstream already', () => {
    const clone = makeClone();
    commit(clone, 'mine', { 'lib/a.py': 'A = 2\nB = 2\nC = 3\n' });
    upstreamCommit(clone, { 'lib/b.py': 'X = 2\n' });
    upstreamCommit(clone, { 'lib/a.py': 'A = 2\nB = 2\nC = 3\n' });

    expect(fates(patchesOf(clone))).toEqual([['mine', 'already-upstream']]);
  });

  it('that upstream has with other commits around it count by the content of their files', () => {
    const clone = makeClone();
    commit(clone, 'half', { 'lib/b.py': 'X = 2\n' });
    commit(clone, 'whole', { 'lib/b.py': 'X = 3\n' });
    write(clone, { 'lib/a.py': 'A = 7\n' });
    upstreamCommit(clone, { 'lib/b.py': 'X = 3\n', 'lib/a.py': 'A = 7\n' });
    write(clone, { 'lib/a.py': 'A = 7\n' });

    expect(fates(patchesOf(clone))).toEqual([
      ['half', 'carry'],
      ['whole', 'already-upstream'],
      ['lib/a.py', 'already-upstream'],
    ]);
  });

  it('to a default for which config.yaml has a key are a setting, and only to those', () => {
    const clone = makeClone();
    const as = (text: string) => ({ 'lib/multi_project_config.py': text });
    commit(clone, 'more projects', as(CONSTANTS.replace('= 10', '= 12')));
    commit(clone, 'more than allowed', as(CONSTANTS.replace('= 10', '= 120')));
    commit(clone, 'more agents', as(CONSTANTS.replace('= 10', '= 120').replace('= 20', '= 40')));
    write(clone, as(CONSTANTS.replace('= 10', '= 120').replace('= 20', '= 40').replace('= 30', '= 7')));

    const found = patchesOf(clone);

    expect(fates(found)).toEqual([
      ['more projects', 'configuration'],
      ['more than allowed', 'carry'],
      ['more agents', 'carry'],
      ['lib/multi_project_config.py', 'configuration'],
    ]);
    expect(found.patches[0]?.settings).toEqual([{ key: 'global.max_concurrent_projects', value: '12' }]);
    expect(found.patches[3]?.note).toBe('In config.yaml: global.data_retention_days: 7.');
  });

  it('to a default that a settings file states as well had no effect', () => {
    const clone = makeClone();
    write(clone, {
      'lib/multi_project_config.py': CONSTANTS.replace('= 10', '= 12'),
      'orch-config.yaml': 'global:\n  max_concurrent_projects: 4\n',
    });

    const [edit] = patchesOf(clone).patches;
    expect(edit).toMatchObject({ fate: 'configuration', because: expect.stringContaining('has no effect') });
    expect(edit?.settings).toBeUndefined();
  });

  it('to settings files are carried over as settings', () => {
    const clone = makeClone();
    write(clone, { 'orchestrator.yaml': 'orchestrator:\n  log_level: DEBUG\n' });

    expect(fates(patchesOf(clone))).toEqual([['orchestrator.yaml', 'configuration']]);
  });

  it('that delete a file, and merges without changes of their own, are nothing to carry', () => {
    const clone = makeClone();
    git(clone, 'checkout', '-qb', 'side');
    commit(clone, 'on the side', { 'lib/side.py': 'S = 1\n' });
    git(clone, 'checkout', '-q', 'main');
    commit(clone, 'in the middle', { 'lib/b.py': 'X = 5\n' });
    git(clone, 'merge', '-q', '--no-ff', '-m', 'together', 'side');
    rmSync(join(clone, 'lib/a.py'));

    expect(fates(patchesOf(clone)).sort()).toEqual([
      ['in the middle', 'carry'],
      ['lib/a.py', 'nothing'],
      ['on the side', 'carry'],
      ['together', 'nothing'],
    ]);
  });

  it('to code that the installed package has say where they can be applied', () => {
    const clone = makeClone();
    const site = join(temp(), 'site');
    put(site, 'agent_workflow/core.py', 'Y = 1\n');
    write(clone, { 'agent_workflow/core.py': 'Y = 2\n', 'lib/a.py': 'A = 9\n' });
    const probe = { installed: true, location: join(site, 'agent_workflow') } as PackageProbe;

    const [core, lib] = patchesOf(clone, probe).patches;
    expect(core?.note).toContain(`patch -p1 -d ${site}`);
    expect(lib?.note).toContain('does not have these files');
  });

  it('cannot be told from upstream where the clone knows none: then only edits are listed', () => {
    const clone = makeClone();
    git(clone, 'update-ref', '-d', 'refs/remotes/origin/main');
    commit(clone, 'mine', { 'lib/b.py': 'X = 2\n' });
    write(clone, { 'lib/b.py': 'X = 3\n' });

    const found = patchesOf(clone);
    expect(found.upstream).toBeUndefined();
    expect(fates(found)).toEqual([['lib/b.py', 'carry']]);
  });
});

describe('a secret in a change', () => {
  it('keeps its patch from being given out, also where the change takes it away', () => {
    const clone = makeClone();
    const token = tokenShapes.anthropic('patch');
    commit(clone, 'add a key', { 'lib/a.py': `KEY = "${token}"\n` });
    commit(clone, 'take it out', { 'lib/a.py': 'KEY = None\n' });
    commit(clone, `uses ${token}`, { 'lib/b.py': 'X = 4\n' });
    commit(clone, 'a picture', { 'lib/p.bin': Uint8Array.from([0, 1, 2, 255]) });
    put(clone, '.env', 'JWT_SECRET=correct-horse-battery-7\n', 0o600);
    write(clone, { 'agent_workflow/core.py': 'Y = "correct-horse-battery-7"\n' });

    withPatches(clone, (found) => {
      expect(found.patches.map(({ withheld }) => withheld)).toEqual([
        'a secret was found in it',
        'a secret was found in it',
        'a secret was found in its message',
        'it changes a binary file, which nobody can look into',
        'a secret was found in it',
      ]);
      const told = JSON.stringify(found.patches);
      expect(told).not.toContain(token);
      expect(told).not.toContain('battery');
      expect(exportPatches(systemAt(temp()), clone, join(temp(), 'out'), found)).toEqual([]);
      const notes = readFileSync(join(temp(), 'out/NOTES.md'), 'utf8');
      expect(notes).not.toContain(token);
      expect(notes).toContain('No patch is written');
    });
  });
});

describe('exported patches', () => {
  it('rebuild the clone from upstream with git am and git apply, names and modes included', () => {
    const clone = makeClone();
    commit(clone, 'First: größer!', { 'lib/a.py': 'A = 2\nB = 2\nC = 3\n', 'lib/neu ä.py': 'N = 1\n' });
    commit(clone, 'Second', { 'lib/b.py': 'X = 5\r\n' });
    write(clone, { 'lib/a.py': 'A = 2\nB = 2\nC = 5' });
    const out = join(temp(), 'out');

    const files = withPatches(clone, (found) => exportPatches(systemAt(temp()), clone, out, found));

    expect(files.map(({ file }) => file)).toEqual([
      '0001-first-gr-er.patch',
      '0002-second.patch',
      '0003-edit-of-lib-a-py.patch',
    ]);
    const again = join(temp(), 'again');
    git(temp(), 'clone', '-q', clone, again);
    git(again, 'checkout', '-q', '--detach', git(clone, 'rev-parse', 'refs/remotes/origin/main'));
    git(again, 'am', '-q', '--keep-cr', ...files.slice(0, 2).map(({ file }) => join(out, file)));
    git(again, 'apply', join(out, files[2]?.file ?? ''));
    for (const path of ['lib/a.py', 'lib/b.py', 'lib/neu ä.py'])
      expect(readFileSync(join(again, path), 'utf8')).toBe(readFileSync(join(clone, path), 'utf8'));
    expect(git(again, 'log', '-1', '--format=%an %s')).toBe('A Person Second');
  });

  it.each([
    ['inside of the clone', 'clone/out'],
    ['in a folder that is not empty', 'full'],
    ['in the place of a file', 'full/file'],
  ])('are refused %s', (_, place) => {
    const clone = makeClone();
    put(temp(), 'full/file', 'x');
    writeFileSync(join(clone, 'lib/a.py'), 'A = 5\n');

    withPatches(clone, (found) => {
      expect(() => exportPatches(systemAt(temp()), clone, join(temp(), place), found)).toThrowError(
        expect.objectContaining({ code: 'PATCH_EXPORT_PLACE' }),
      );
    });
  });
});
