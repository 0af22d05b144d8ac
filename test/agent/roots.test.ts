import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AgentHome } from '../../src/agent/agent-home.ts';
import { addRoot, readRoots, removeRoot, rootOfJob, rootPath, whyReadOnly } from '../../src/agent/roots.ts';
import { makeClone, systemAt } from '../helpers/plan.ts';
import { useTempFolder } from '../helpers/temp.ts';

describe('registered folders', () => {
  const folder = useTempFolder();
  const home = () => new AgentHome(join(folder(), 'agent'));

  it('get a number that says nothing, keep it, and it is never given to another folder', () => {
    const system = systemAt(folder());
    const [one, two, three] = ['one', 'two', 'three'].map((name) => makeClone(join(folder(), name)));
    expect(addRoot(system, home(), one as string)).toEqual({ id: 'root-1', path: one });
    expect(addRoot(system, home(), two as string).id).toBe('root-2');
    expect(addRoot(system, home(), one as string).id).toBe('root-1');
    removeRoot(system, home(), 'root-2');
    expect(addRoot(system, home(), three as string).id).toBe('root-3');
    expect(readRoots(system, home()).map(({ id }) => id)).toEqual(['root-1', 'root-3']);
    expect(rootPath(system, home(), 'root-2')).toBeUndefined();
    expect(statSync(join(folder(), 'agent', 'roots.json')).mode & 0o777).toBe(0o600);
  });

  it('need no name where there is only one, and are never guessed', () => {
    const system = systemAt(folder());
    const of = (id?: string) => () => rootOfJob(system, home(), id);
    expect(of()).toThrow(expect.objectContaining({ code: 'ROOTS_NONE' }));
    const first = addRoot(system, home(), makeClone(join(folder(), 'one')));
    expect(of()()).toEqual(first);
    addRoot(system, home(), makeClone(join(folder(), 'two')));
    expect(of()).toThrow(expect.objectContaining({ code: 'ROOTS_SEVERAL' }));
    expect(of('root-2')().path).toBe(join(folder(), 'two'));
    expect(of('root-9')).toThrow(expect.objectContaining({ code: 'PATH_DENIED' }));
  });

  it('are only installations', () => {
    mkdirSync(join(folder(), 'any'));
    expect(() => addRoot(systemAt(folder()), home(), join(folder(), 'any'))).toThrow(
      expect.objectContaining({ code: 'NOT_AN_INSTALLATION' }),
    );
    expect(() => removeRoot(systemAt(folder()), home(), 'root-1')).toThrow(
      expect.objectContaining({ code: 'ROOT_UNKNOWN' }),
    );
  });

  it('named through a link are registered as the folder itself', () => {
    const clone = makeClone(join(folder(), 'clone'));
    symlinkSync(clone, join(folder(), 'link'));
    expect(addRoot(systemAt(folder()), home(), join(folder(), 'link')).path).toBe(clone);
    expect(readFileSync(join(folder(), 'agent', 'roots.json'), 'utf8')).not.toContain('link');
  });

  it.each([
    ['everybody may write to it', '', 0o777],
    ['everybody may write to a folder above it', '..', 0o777],
  ])('are only for reading where %s', (_name, rel, mode) => {
    const place = join(folder(), 'parent', 'target');
    mkdirSync(place, { recursive: true });
    expect(whyReadOnly(systemAt(folder()), [place])).toBeUndefined();
    chmodSync(join(place, rel), mode);
    expect(whyReadOnly(systemAt(folder()), [place])).toContain('can be written by everybody');
  });

  it('may lie below a folder with the sticky bit, or not be there yet', () => {
    const place = join(folder(), 'shared', 'target');
    mkdirSync(place, { recursive: true });
    chmodSync(join(folder(), 'shared'), 0o1777);
    expect(whyReadOnly(systemAt(folder()), [place, join(place, 'not', 'there')])).toBeUndefined();
  });
});
