import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { displayPath } from '../../../src/agent/paths.ts';
import { put } from '../../fixtures/write-files.ts';
import { makeGitClone } from '../../helpers/git-clone.ts';
import { ForbiddingSystem } from '../../helpers/machines.ts';
import { fatesOf, makeClone, planOf, rowOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

const INSTALLED = {
  installed: true,
  command: '/usr/bin/agent-orch',
  version: '1.0.0',
  commands: [],
  location: undefined,
  readsStore: 'yes',
  runsDiscord: 'yes',
  readsAgents: 'yes',
} as const;

describe('files of the person’s own', () => {
  it('go to the new home by what they are, with their modes', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      'agent-writer.yaml': 'name: writer\n',
      '.orch-global/monitoring/m.json': '{}',
      'notes/a.md': 'note',
      'logs/a.log': '',
      '.orch-state/status.json': '{}',
      'venv/pyvenv.cfg': '',
    });
    chmodSync(join(clone, 'notes/a.md'), 0o640);

    const plan = planOf(clone);

    expect(fatesOf(plan)).toMatchObject({
      'agent-writer.yaml': 'kept-unused agents/agent-writer.yaml',
      '.orch-global/monitoring/m.json': 'kept-unused global/monitoring/m.json',
      'notes/a.md': 'kept-unused custom/notes/a.md',
      'logs/a.log': 'left',
      '.orch-state/status.json': 'left',
      'venv/': 'left',
    });
    expect(plan.draft.files.find(({ item }) => item === 'notes/a.md')).toMatchObject({ mode: 0o640 });
  });

  it('that the installed package reads are in effect', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'agent-writer.yaml': 'name: writer\n' });

    expect(rowOf(planOf(clone, { probe: INSTALLED }), 'agent-writer.yaml').fate).toBe('kept-in-effect');
  });

  it('in which a secret was found need the person and are not copied', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      '.env': 'A_TOKEN=hunter2-hunter2\n',
      'notes.txt': 'hunter2-hunter2',
    });

    const plan = planOf(clone);

    expect(rowOf(plan, 'notes.txt').fate).toBe('needs-you');
    expect(plan.draft.files).toEqual([]);
  });

  it('that are made for credentials need the person, who is told what to do', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'server.key': 'x', '.orch-global/pw/id_rsa': 'x' });
    symlinkSync('/etc/hostname', join(clone, 'other.key'));

    const plan = planOf(clone);

    expect(rowOf(plan, 'server.key')).toMatchObject({
      fate: 'needs-you',
      note: expect.stringContaining('copy it yourself'),
    });
    expect(fatesOf(plan)).toMatchObject({ '.orch-global/pw/id_rsa': 'needs-you', 'other.key': 'left' });
    expect(plan.draft.files).toEqual([]);
  });

  it('that are links, pipes or of odd names have their fates too', () => {
    const clone = makeClone(join(temp(), 'clone'));
    symlinkSync('/etc/hostname', join(clone, 'link'));
    symlinkSync('/nowhere/config.yml', join(clone, 'config.yml'));
    execFileSync('mkfifo', [join(clone, 'pipe')]);
    for (const name of ['caf\xe9.txt', 'caf\xe9.env', 'projects/caf\xe9.yaml']) {
      put(clone, 'projects/.keep', '');
      writeFileSync(Buffer.from(`${clone}/${name}`, 'latin1'), 'A_TOKEN=abcdefghijkl\n');
    }

    const plan = planOf(clone);

    expect(fatesOf(plan)).toMatchObject({
      link: 'left',
      'config.yml': 'needs-you',
      pipe: 'left',
      'caf\\xe9.txt': 'kept-unused custom/caf\\xe9.txt',
      'caf\\xe9.env': 'needs-you',
      'projects/caf\\xe9.yaml': 'needs-you',
    });
    expect(plan.survey.findings).toContainEqual(expect.objectContaining({ code: 'settings-link' }));
    expect(plan.draft.files.map(({ to }) => displayPath(to))).toContain('custom/caf\\xe9.txt');
  });

  it('that cannot be read need the person, whatever they are', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'notes.txt': 'x', 'agent-a.yaml': 'x: 1\n' });
    const system = new ForbiddingSystem({ HOME: dirname(clone) }, (path) => /notes|agent-a/.test(path));

    const plan = planOf(clone, { system });

    expect([rowOf(plan, 'notes.txt').fate, rowOf(plan, 'agent-a.yaml').fate]).toEqual([
      'needs-you',
      'needs-you',
    ]);
    expect(plan.draft.files).toEqual([]);
  });

  it('that cannot be read as settings are a decision with file and line', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'config.yml': 'a: 1\nb: "open\n' });

    expect(planOf(clone).content.decisions.open).toMatchObject([
      { id: 'file:config.yml', file: 'config.yml', line: 2, options: [{ id: 'leave' }] },
    ]);
    expect(rowOf(planOf(clone, { answers: { 'file:config.yml': 'leave' } }), 'config.yml').fate).toBe('left');
  });
});

describe('changes of upstream’s files', () => {
  const UPSTREAM = { 'lib/state.py': 'A = 1\n', 'lib/other.py': 'B = 1\n', 'lib/tool.py': 'C = 1\n' };

  it('travel as patches that git applies, those of own commits too, and deletions are named', () => {
    const clone = makeGitClone(join(temp(), 'clone'), UPSTREAM, { 'lib/state.py': 'A = 2\n' });
    appendFileSync(join(clone, 'lib/other.py'), '# mine\n');
    rmSync(join(clone, 'lib/tool.py'));

    const plan = planOf(clone);

    expect(fatesOf(plan)).toEqual({
      'lib/state.py': 'patch custom/lib/state.py.patch',
      'lib/other.py': 'patch custom/lib/other.py.patch',
      'lib/tool.py': 'left',
    });
    const fresh = makeClone(join(temp(), 'fresh'), UPSTREAM);
    for (const file of plan.draft.files) {
      if (file.kind === 'patch') execFileSync('git', ['apply', '-'], { cwd: fresh, input: file.data });
    }
    execFileSync('cmp', [join(fresh, 'lib/state.py'), join(clone, 'lib/state.py')]);
    execFileSync('cmp', [join(fresh, 'lib/other.py'), join(clone, 'lib/other.py')]);
  });

  it('never take the place of an own file that has the patch’s name', () => {
    const clone = makeGitClone(join(temp(), 'clone'), UPSTREAM);
    appendFileSync(join(clone, 'lib/state.py'), '# mine\n');
    put(clone, 'lib/state.py.patch', 'an own file');

    const places = planOf(clone).draft.files.map(({ to }) => to);

    expect(places).toEqual(['custom/lib/state.py.patch', 'custom/lib/state.py.patch-2']);
  });

  it('with a secret in the patch need the person', () => {
    const clone = makeGitClone(join(temp(), 'clone'), UPSTREAM);
    appendFileSync(join(clone, 'lib/state.py'), 'T = "ghp_0123456789abcdefghijABCDEFGHIJ012345"\n');

    expect(fatesOf(planOf(clone))).toEqual({ 'lib/state.py': 'needs-you' });
  });

  it('with a secret of several lines in what they take away need the person', () => {
    const clone = makeGitClone(join(temp(), 'clone'), { 'lib/a.txt': 'one-line-abc\ntwo-line-def\n' });
    put(clone, 'lib/a.txt', 'clean\n');
    put(clone, '.env', 'A_PASSWORD="one-line-abc\ntwo-line-def"\n');

    expect(rowOf(planOf(clone), 'lib/a.txt')).toMatchObject({
      fate: 'needs-you',
      note: expect.stringContaining('take the secret out'),
    });
  });

  it('that fill a template with real values need the person', () => {
    const clone = makeGitClone(join(temp(), 'clone'), {
      '.env.example': 'SMTP_PASSWORD=your_password_here\n',
    });
    put(clone, '.env.example', 'SMTP_PASSWORD=Real-pw-1\n');

    expect(fatesOf(planOf(clone))).toMatchObject({ '.env.example': 'needs-you' });
  });

  it('of binary files travel as the files that they are now', () => {
    const clone = makeGitClone(join(temp(), 'clone'), { 'lib/a.bin': 'x\0 old', 'lib/b.bin': 'x\0 old' });
    put(clone, 'lib/a.bin', 'x\0 new');
    put(clone, 'lib/b.bin', 'x\0 ghp_0123456789abcdefghijABCDEFGHIJ012345');

    const plan = planOf(clone);

    expect(fatesOf(plan)).toMatchObject({
      'lib/a.bin': 'kept-unused custom/lib/a.bin',
      'lib/b.bin': 'needs-you',
    });
    expect(plan.draft.files).toMatchObject([{ kind: 'copy', item: 'lib/a.bin' }]);
  });

  it('into links stay in the clone', () => {
    const clone = makeGitClone(join(temp(), 'clone'), UPSTREAM);
    rmSync(join(clone, 'lib/state.py'));
    symlinkSync('other.py', join(clone, 'lib/state.py'));

    expect(rowOf(planOf(clone), 'lib/state.py')).toMatchObject({ fate: 'left' });
  });

  it('cannot be told without git, and stay', () => {
    const clone = makeClone(join(temp(), 'clone'), UPSTREAM);

    expect(rowOf(planOf(clone), 'lib/state.py')).toMatchObject({
      fate: 'left',
      note: expect.stringContaining('without git'),
    });
  });
});
