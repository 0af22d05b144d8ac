import { chmodSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPreconditions } from '../../../src/agent/plan/preconditions.ts';
import { put } from '../../fixtures/write-files.ts';
import { makeClone, planOf, systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('the files that a plan was made from', () => {
  it('may all be as they were', () => {
    const { plan } = prepared();

    expect(() => check(plan)).not.toThrow();
    expect(plan.content.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it('are noticed to have changed, even with equal size and a restored time', () => {
    const { plan, clone } = prepared();
    const path = join(clone, 'config.yml');
    const { atime, mtime } = statSync(path);
    writeFileSync(path, 'orchestrator: {mode: PARTIAL}\n');
    utimesSync(path, atime, mtime);

    expect(() => check(plan)).toThrow(
      expect.objectContaining({ code: 'PLAN_STALE', message: expect.stringContaining('config.yml') }),
    );
  });

  it.each([
    ['is gone', (path: string) => rmSync(path)],
    ['has another mode', (path: string) => chmodSync(path, 0o640)],
  ])('are noticed when one %s, in the clone and in a project’s state', (_, change) => {
    for (const rel of ['clone/config.yml', 'work/api/.orch-state/status.json']) {
      const { plan } = prepared();
      change(join(temp(), rel));

      expect(() => check(plan)).toThrow(expect.objectContaining({ code: 'PLAN_STALE' }));
    }
  });

  it('are noticed when one was replaced by the same bytes, but for settings, which say the same', () => {
    const { plan } = prepared();
    replace(join(temp(), 'clone/config.yml'));
    expect(() => check(plan)).not.toThrow();

    replace(join(temp(), 'work/api/.orch-state/status.json'));
    expect(() => check(plan)).toThrow(expect.objectContaining({ code: 'PLAN_STALE' }));
  });

  it('may have other comments, blank lines and line ends, as long as settings and env files say the same', () => {
    const { plan, clone } = prepared();
    writeFileSync(join(clone, 'config.yml'), '# why\r\n\r\norchestrator: {mode: partial} # so\r\n');
    writeFileSync(join(clone, '.env'), '# mine\r\nGITHUB_TOKEN=ghp_0123456789\r\n', { mode: 0o644 });

    expect(() => check(plan)).not.toThrow();
    expect(planOf(clone).content.fingerprint).toBe(plan.content.fingerprint);
  });

  it.each([
    ['config.yml', 'orchestrator: {mode: blocking}\n'],
    ['.env', 'GITHUB_TOKEN=ghp_012345678\n'],
    ['projects/api.yaml', 'path: ~/work/api\n\tbroken: ['],
  ])('are noticed when %s says something else, and have another fingerprint', (rel, content) => {
    const { plan, clone } = prepared();
    writeFileSync(join(clone, rel), content);

    expect(() => check(plan)).toThrow(expect.objectContaining({ code: 'PLAN_STALE' }));
    expect(planOf(clone).content.fingerprint).not.toBe(plan.content.fingerprint);
  });

  it('are noticed when a secret has another value of the same length', () => {
    const { plan, clone } = prepared();
    writeFileSync(join(clone, '.env'), 'GITHUB_TOKEN=ghp_9876543210\n');

    expect(() => check(plan)).toThrow(expect.objectContaining({ code: 'PLAN_STALE' }));
  });

  it('have another fingerprint after a file was added', () => {
    const { plan, clone } = prepared();
    put(clone, 'notes.txt', 'new');

    expect(planOf(clone).content.fingerprint).not.toBe(plan.content.fingerprint);
  });
});

function prepared() {
  put(temp(), 'work/api/.orch-state/status.json', '{}');
  const clone = makeClone(join(temp(), 'clone'), {
    'config.yml': 'orchestrator: {mode: partial}\n',
    'projects/api.yaml': 'path: ~/work/api\n',
    '.env': 'GITHUB_TOKEN=ghp_0123456789\n',
  });
  return { clone, plan: planOf(clone) };
}

function replace(path: string): void {
  const bytes = readFileSync(path);
  writeFileSync(`${path}.new`, bytes);
  rmSync(path);
  writeFileSync(path, bytes);
}

function check(plan: ReturnType<typeof planOf>): void {
  checkPreconditions(systemAt(temp()), plan.preconditions);
}
