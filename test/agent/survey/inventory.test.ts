import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { put } from '../../fixtures/write-files.ts';
import { makeGitClone } from '../../helpers/git-clone.ts';
import { ForbiddingSystem } from '../../helpers/machines.ts';
import { makeClone, surveyOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

const UPSTREAM = {
  'lib/state.py': 'A = 1\n',
  'README.md': 'read me\n',
  'orch-config.yaml': 'global: {max_concurrent_projects: 5}\n',
};

describe('the inventory of a git clone', () => {
  it('leaves out what upstream ships, but for its settings, which are marked', () => {
    const clone = makeGitClone(join(temp(), 'clone'), UPSTREAM);

    expect(filesOf(clone)).toEqual({ 'orch-config.yaml': 'settings shipped' });
  });

  it('holds edited, own, added and committed files, and none that was deleted', () => {
    const clone = makeGitClone(join(temp(), 'clone'), UPSTREAM, {
      'agent-mine.yaml': 'name: mine\n',
      'tools/own.py': 'B = 2\n',
    });
    appendFileSync(join(clone, 'lib/state.py'), '# edited\n');
    appendFileSync(join(clone, 'orch-config.yaml'), '# mine\n');
    rmSync(join(clone, 'README.md'));
    put(clone, 'notes/a.md', 'note');

    expect(filesOf(clone)).toEqual({
      'agent-mine.yaml': 'agent',
      'lib/state.py': 'edited',
      'notes/a.md': 'custom',
      'orch-config.yaml': 'settings',
      'tools/own.py': 'custom',
    });
  });

  it('takes settings and env files for the person’s also where a fork has them in its history', () => {
    const clone = makeGitClone(join(temp(), 'clone'), {
      ...UPSTREAM,
      'orchestrator.yaml': 'orchestrator: {mode: partial}\n',
      'projects/api.yaml': 'name: api\n',
      'prod.env': 'API_TOKEN=abcdefghijkl1234\n',
    });

    expect(filesOf(clone)).toMatchObject({
      'orchestrator.yaml': 'settings',
      'projects/api.yaml': 'settings',
      'prod.env': 'env',
    });
  });
});

describe('the inventory without git', () => {
  it('calls everything own, and what lies in upstream’s code folders edited', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'lib/state.py': '', 'mine.txt': '' });

    expect(filesOf(clone)).toEqual({
      'lib/state.py': 'edited',
      'mine.txt': 'custom',
      'orchestrator.yaml': 'settings',
    });
    expect(surveyOf(clone).findings).toMatchObject([
      { code: 'yaml-empty' },
      { code: 'no-git' },
      { code: 'version' },
    ]);
  });

  it('names virtual environments and caches as one folder each and does not look into them', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      'venv/pyvenv.cfg': '',
      'venv/lib/x.py': '',
      'lib/__pycache__/x.pyc': '',
      'node_modules/a/index.js': '',
    });

    expect(filesOf(clone)).toMatchObject({
      'venv/': 'regenerable',
      'lib/__pycache__/': 'regenerable',
      'node_modules/': 'regenerable',
    });
  });

  it('never opens a FIFO and follows no link', () => {
    const clone = makeClone(join(temp(), 'clone'));
    execFileSync('mkfifo', [join(clone, 'pipe'), join(clone, 'pipe.env'), join(clone, 'config.yml')]);
    put(temp(), 'elsewhere/secret.txt', 'x');
    symlinkSync('../elsewhere', join(clone, 'folder'));
    symlinkSync('loop', join(clone, 'loop'));
    symlinkSync('nowhere', join(clone, '.env'));

    expect(filesOf(clone)).toEqual({
      '.env': 'custom',
      'config.yml': 'special',
      folder: 'custom',
      loop: 'custom',
      'orchestrator.yaml': 'settings',
      pipe: 'special',
      'pipe.env': 'special',
    });
  });

  it('shows a name that is not UTF-8, and tells it from another file that has the shown name', () => {
    const clone = makeClone(join(temp(), 'clone'));
    writeFileSync(Buffer.concat([Buffer.from(`${clone}/caf`), Buffer.of(0xe9)]), '1');
    put(clone, 'caf\\xe9', '2');

    const names = Object.keys(filesOf(clone));

    expect(names).toEqual(expect.arrayContaining(['caf\\xe9', 'caf\\xe9 (2)']));
  });

  it('lists the folders above own files, parents first, with their modes', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'a/b/c.txt': '' });
    mkdirSync(join(clone, 'empty'));

    const folders = surveyOf(clone).inventory.folders.map(({ rel }) => rel);

    expect(folders).toEqual(['a', 'a/b']);
  });
});

function filesOf(clone: string): Record<string, string> {
  const { files } = surveyOf(clone).inventory;
  return Object.fromEntries(
    files.map(({ display, kind, shipped }) => [display, shipped ? `${kind} shipped` : kind]),
  );
}

it('names each folder of the clone that may not be listed, and goes on', () => {
  const clone = makeClone(join(temp(), 'clone'), { 'projects/a.yaml': 'name: a\n', 'lib/x.py': '', n: '' });
  const system = new ForbiddingSystem({ HOME: temp() }, (path) => /\/(projects|lib)$/.test(path));

  const { inventory, unreadable } = surveyOf(clone, { system });

  expect(unreadable.map(({ path }) => path)).toEqual(['lib', 'projects']);
  expect(inventory.files.map(({ display }) => display)).toEqual(['n', 'orchestrator.yaml']);
});
