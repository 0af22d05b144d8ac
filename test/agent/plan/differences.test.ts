import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceLines } from '../../../src/agent/cli/views/differences.ts';
import { differencesOf } from '../../../src/agent/plan/differences.ts';
import { put } from '../../fixtures/write-files.ts';
import { makeClone, planOf, writeHome } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { settings } from '../conversions/settings-trees.ts';

const temp = useTempFolder();

describe('Differences between the home now and afterwards', () => {
  it('name every key of a new file, stored secrets without their values, and copied files', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      'config.yml': 'orchestrator: {log_level: WARNING}\nodd: {deep: [1, two]}\n',
      '.env': 'GITHUB_TOKEN=ghp_abcdefghijklmnopqrstuvwxyz0123456789\n',
      'agent-poet.yaml': 'name: poet\n',
    });

    const { files } = differencesOf(planOf(clone));

    expect(files.map(({ file, what, from }) => [file, what, from])).toEqual([
      ['config.yaml', 'new', undefined],
      ['projects/registry.yaml', 'new', undefined],
      ['credentials.key', 'new', undefined],
      ['credentials.enc', 'new', undefined],
      ['migration/base.yaml', 'new', undefined],
      ['agents/agent-poet.yaml', 'new', 'agent-poet.yaml'],
    ]);
    const [config, , , store] = files;
    expect(config?.changes).toContainEqual({ kind: 'added', key: 'global.log_level', after: '"WARN"' });
    expect(config?.changes).toContainEqual({
      kind: 'added',
      key: 'legacy."config.yml".odd.deep.1',
      after: '"two"',
    });
    expect(store?.changes).toEqual([
      { kind: 'added', key: 'credentials.github_token', after: '******** (github token, encrypted)' },
    ]);
  });

  it('of a home that exists name only what changes, and hide what it says in clear itself', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'config.yml': 'ai: {provider: claude, model: opus}\n' });
    const target = join(temp(), '.agent-workflow');
    put(target, 'config.yaml', 'ai_provider: {model: null}\nmine: {api_key: hunter2-hunter2}\n# note\n');

    const { files } = differencesOf(planOf(clone, { target }));
    const config = files.find(({ file }) => file === 'config.yaml');

    expect(config?.what).toBe('changed');
    expect(config?.changes).toContainEqual({
      kind: 'changed',
      key: 'ai_provider.model',
      before: 'null',
      after: '"opus"',
    });
    expect(config?.changes.some(({ key }) => key.startsWith('mine'))).toBe(false);
    expect(JSON.stringify(files)).not.toContain('hunter2');
  });

  it('are none on a home that has everything, and are bounded', () => {
    const many = Array.from({ length: 300 }, (_, n) => `  k${n}: ${n}`).join('\n');
    const clone = makeClone(join(temp(), 'clone'), { 'config.yml': `big:\n${many}\n` });

    const first = planOf(clone);
    const { changes, more } = differencesOf(first).files[0]!;
    writeHome(first);

    expect(changes).toHaveLength(200);
    expect(more).toBeGreaterThan(100);
    expect(differencesOf(planOf(clone))).toEqual({ files: [], more: 0 });
  });

  it('hold no secret, whatever the settings are and whatever the home says in clear', () => {
    fc.assert(
      fc.property(settings, ({ files, secrets }) => {
        const home = join(temp(), 'home');
        rmSync(home, { recursive: true, force: true });
        const target = join(home, '.agent-workflow');
        const clone = makeClone(join(home, 'clone'), files);
        const clear = secrets.map((secret, n) => `  note${n}: "it was ${secret}"\n`).join('');
        put(target, 'config.yaml', `version: "1.0"\nown:\n  a: 1\n${clear}`);

        const differences = differencesOf(planOf(clone, { target }));
        const text = `${JSON.stringify(differences)}${differenceLines(differences).join('\n')}`;

        expect(differences.files.length).toBeGreaterThan(0);
        expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
