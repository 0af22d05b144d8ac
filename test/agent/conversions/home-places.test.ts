import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { displayPath } from '../../../src/agent/paths.ts';
import { isNothingToDo, type Plan } from '../../../src/agent/plan/plan.ts';
import { put } from '../../fixtures/write-files.ts';
import { makeGitClone } from '../../helpers/git-clone.ts';
import { ForbiddingSystem } from '../../helpers/machines.ts';
import { makeClone, planOf, rowOf, writeHome } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const home = () => join(temp(), '.agent-workflow');
const places = (plan: Plan) => plan.draft.files.map(({ to }) => displayPath(to));

/** A home of the person's own with these files. */
function inHome(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries({ 'config.yaml': 'version: "1.0"\n', ...files }))
    put(home(), path, content);
}

describe('A file of the clone whose name is taken in the home', () => {
  it.each([
    ['agent-poet.yaml', 'agents/agent-poet.yaml', 'agents/agent-poet.from-clone.yaml'],
    ['notes.md', 'custom/notes.md', 'custom/notes.from-clone.md'],
    ['Makefile', 'custom/Makefile', 'custom/Makefile.from-clone'],
    ['.tool-versions', 'custom/.tool-versions', 'custom/.tool-versions.from-clone'],
    ['.orch-global/monitoring/m.json', 'global/monitoring/m.json', 'global/monitoring/m.from-clone.json'],
  ])('goes beside it: %s', (item, mine, to) => {
    const clone = makeClone(join(temp(), 'clone'), { [item]: '{"of": "the clone"}' });
    inHome({ [mine]: '{"of": "the person"}' });

    const plan = planOf(clone);

    expect(places(plan)).toEqual([to]);
    expect(rowOf(plan, item)).toMatchObject({
      fate: 'kept-unused',
      to,
      note: 'the new home has another file of that name, which stays as it is',
    });
  });

  it('finds its own place again, and is placed no second time', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'notes.md': 'clone' });
    inHome({ 'custom/notes.md': 'mine', 'custom/notes.from-clone.md': 'clone' });

    const plan = planOf(clone);

    expect(places(plan)).toEqual([]);
    expect(rowOf(plan, 'notes.md')).toMatchObject({
      to: 'custom/notes.from-clone.md',
      note: expect.stringContaining('there already'),
    });
  });

  it('gets the next number where that name is taken, too', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'notes.md': 'clone' });
    inHome({ 'custom/notes.md': 'mine', 'custom/notes.from-clone.md': 'of another clone' });

    expect(places(planOf(clone))).toEqual(['custom/notes.from-clone-2.md']);
  });

  it.each<[string, () => void]>([
    ['a folder', () => put(home(), 'custom/notes.md/inner', 'mine')],
    ['a link', () => symlinkSync('/nowhere', join(home(), 'custom/notes.md'))],
    ['a FIFO', () => execFileSync('mkfifo', [join(home(), 'custom/notes.md')])],
  ])('goes beside %s', (_, take) => {
    const clone = makeClone(join(temp(), 'clone'), { 'notes.md': 'clone' });
    inHome({});
    mkdirSync(join(home(), 'custom'));
    take();

    expect(places(planOf(clone))).toEqual(['custom/notes.from-clone.md']);
  });

  it.each<[string, () => void]>([
    ['a file', () => put(home(), 'custom/notes', 'mine')],
    ['a link to a folder', () => symlinkSync('..', join(home(), 'custom/notes'))],
  ])('goes into a folder beside %s that has the name of its folder', (_, take) => {
    const clone = makeClone(join(temp(), 'clone'), { 'notes/deep/a.md': 'clone' });
    inHome({});
    mkdirSync(join(home(), 'custom'));
    take();

    expect(places(planOf(clone))).toEqual(['custom/notes.from-clone/deep/a.md']);
  });

  it('goes beside a file that cannot be read, though it may hold the same bytes', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'notes.md': 'same' });
    inHome({ 'custom/notes.md': 'same' });
    const closed = join(home(), 'custom/notes.md');
    const system = new ForbiddingSystem({ HOME: dirname(clone) }, (path) => path === closed);

    const plan = planOf(clone, { system, answers: { 'unreadable-files': 'leave' } });

    expect(plan.survey.target.unreadable).toMatchObject([{ rel: 'custom/notes.md' }]);
    expect(places(plan)).toEqual(['custom/notes.from-clone.md']);
  });

  it('of a name that is not UTF-8 keeps its bytes', () => {
    const clone = makeClone(join(temp(), 'clone'));
    inHome({ 'custom/a.txt': '' });
    writeFileSync(Buffer.from(`${clone}/caf\xe9.txt`, 'latin1'), 'clone');
    writeFileSync(Buffer.from(`${home()}/custom/caf\xe9.txt`, 'latin1'), 'mine');

    const plan = planOf(clone);

    expect(plan.draft.files.map(({ to }) => Buffer.from(to).toString('latin1'))).toEqual([
      'custom/caf\xe9.from-clone.txt',
    ]);
  });
});

describe('A file of the clone that the home has with the same bytes', () => {
  it('is not placed, whatever its mode there, and has the fate that it would have', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'agent-poet.yaml': 'name: poet\n' });
    inHome({ 'agents/agent-poet.yaml': 'name: poet\n' });
    chmodSync(join(home(), 'agents/agent-poet.yaml'), 0o600);

    const plan = planOf(clone);

    expect(places(plan)).toEqual([]);
    expect(rowOf(plan, 'agent-poet.yaml')).toEqual({
      kind: 'file',
      item: 'agent-poet.yaml',
      fate: 'kept-unused',
      to: 'agents/agent-poet.yaml',
      note: 'there already',
    });
  });

  it('is compared to its last byte', () => {
    const big = Buffer.alloc((2 << 20) + 5, 'poem');
    const clone = makeClone(join(temp(), 'clone'), { 'a.txt': big, 'b.txt': big });
    inHome({});
    put(home(), 'custom/a.txt', big);
    const other = Buffer.from(big);
    other[other.length - 1] = 0;
    put(home(), 'custom/b.txt', other);

    expect(places(planOf(clone))).toEqual(['custom/b.from-clone.txt']);
  });
});

describe('A patch', () => {
  it('never takes the name of an own folder or file', () => {
    const clone = makeGitClone(join(temp(), 'clone'), { tool: 'a\n' });
    appendFileSync(join(clone, 'tool'), 'b\n');
    put(clone, 'tool.patch/n', 'an own file');

    expect(places(planOf(clone))).toEqual(['custom/tool.patch/n', 'custom/tool.patch-2']);
  });

  it('goes beside a file of the home, and is not placed where it is there already', () => {
    const clone = makeGitClone(join(temp(), 'clone'), { tool: 'a\n' });
    appendFileSync(join(clone, 'tool'), 'b\n');
    inHome({ 'custom/tool.patch': 'mine' });
    const first = planOf(clone);
    expect(places(first)).toEqual(['custom/tool.from-clone.patch']);

    writeHome(first);

    expect(places(planOf(clone))).toEqual([]);
    expect(readFileSync(join(home(), 'custom/tool.patch'), 'utf8')).toBe('mine');
  });
});

it('A second plan for the same installation has nothing to do, though every kind of file was placed', () => {
  const clone = makeGitClone(join(temp(), 'clone'), { tool: 'a\n', 'lib/state.py': 'A = 1\n' });
  appendFileSync(join(clone, 'tool'), 'b\n');
  for (const [path, content] of [
    ['tool.patch', 'an own file with the name of a patch'],
    ['agent-poet.yaml', 'name: poet\n'],
    ['notes/a.md', 'note'],
    ['.orch-global/monitoring/m.json', '{}'],
    ['config.yml', 'orchestrator: {mode: partial}\n'],
  ] as const)
    put(clone, path, content);
  const first = planOf(clone);
  expect(isNothingToDo(first)).toBe(false);
  writeHome(first);

  const second = planOf(clone);

  expect(second.content.actions).toEqual([]);
  expect(isNothingToDo(second)).toBe(true);
});
