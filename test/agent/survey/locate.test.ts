import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locateSource, usualInstallations } from '../../../src/agent/survey/locate.ts';
import { put } from '../../fixtures/write-files.ts';
import { ForbiddingSystem } from '../../helpers/machines.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('without a folder given', () => {
  it('the only installation in the usual places is taken, also below src', () => {
    const clone = installation('src/agent-workflow');

    expect(locate()).toBe(clone);
  });

  it('several are named and none is chosen', () => {
    installation('agent-workflow');
    installation('work/second');

    expect(() => locate()).toThrow(
      expect.objectContaining({
        code: 'SEVERAL_INSTALLATIONS',
        message: 'Several legacy installations were found: ~/agent-workflow, ~/work/second.',
        hint: 'Say which one: `migration-agent migrate-assess FOLDER`.',
      }),
    );
  });

  it('a link to an installation is no second one', () => {
    const clone = installation('agent-workflow');
    symlinkSync(clone, join(temp(), 'aw'));

    expect(usualInstallations(systemAt(temp()))).toEqual([clone]);
  });

  it('none is an error that says how to name it', () => {
    put(temp(), 'notes/orchestrator.yaml', 'not a clone and no code');
    put(temp(), '.agent-workflow/orch-config.yaml', '');
    put(temp(), '.agent-workflow/lib/x.py', '');

    expect(() => locate()).toThrow(expect.objectContaining({ code: 'NO_INSTALLATION' }));
  });

  it('folders that may not be listed are passed over', () => {
    const clone = installation('agent-workflow');
    mkdirSync(join(temp(), 'work'));
    const system = new ForbiddingSystem({ HOME: temp() }, (path) => path.endsWith('/work'));

    expect(locateSource(system, undefined, 'migrate-assess')).toBe(clone);
  });
});

describe('a folder that is given', () => {
  it('may be reached through a link, and is named without it', () => {
    const clone = installation('deep/agent-workflow');
    symlinkSync(clone, join(temp(), 'link'));

    expect(locate(join(temp(), 'link'))).toBe(clone);
  });

  it.each([
    ['is not there', 'missing'],
    ['has a name that is too long', 'x'.repeat(5000)],
    ['has a zero byte in its name', 'a\0b'],
    ['lies below a file', 'file.txt/folder'],
  ])('that %s is not found', (_, name) => {
    put(temp(), 'file.txt', '');

    expect(() => locate(join(temp(), name))).toThrow(expect.objectContaining({ code: 'SOURCE_NOT_FOUND' }));
  });

  it('that is a file is no installation', () => {
    put(temp(), 'file.txt', '');

    expect(() => locate(join(temp(), 'file.txt'))).toThrow(
      expect.objectContaining({
        code: 'NOT_AN_INSTALLATION',
        message: expect.stringContaining('it is not a folder'),
      }),
    );
  });

  it('without any mark is no installation, also where templates of settings lie in it', () => {
    put(temp(), 'some/config.example.yml', '');

    expect(() => locate(join(temp(), 'some'))).toThrow(
      expect.objectContaining({ code: 'NOT_AN_INSTALLATION' }),
    );
  });

  it('that this user may not read is told as such', () => {
    const clone = installation('agent-workflow');
    const system = new ForbiddingSystem({ HOME: temp() }, (path) => path === clone);

    expect(() => locateSource(system, clone, 'migrate-assess')).toThrow(
      expect.objectContaining({ code: 'NO_PERMISSION' }),
    );
  });
});

function installation(path: string): string {
  put(temp(), `${path}/orchestrator.yaml`, '');
  put(temp(), `${path}/lib/state.py`, '');
  return join(temp(), path);
}

function locate(given?: string): string {
  return locateSource(systemAt(temp()), given, 'migrate-assess');
}
