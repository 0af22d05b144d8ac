import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../src/agent/survey/finding.ts';
import { readSettingsFile, settingsRole } from '../../../src/agent/survey/settings-files.ts';
import { put } from '../../fixtures/write-files.ts';
import { ForbiddingSystem } from '../../helpers/machines.ts';
import { makeClone, surveyOf, systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('the role of a file', () => {
  it.each([
    ['config.yml', 'main'],
    ['orchestrator.yaml', 'main'],
    ['orch-config.yaml', 'multi'],
    ['discord-config.yaml', 'discord'],
    ['discord-bot.config', 'bot'],
    ['config/projects.yaml', 'project-list'],
    ['config/secrets.yaml', 'secrets'],
    ['.dependency-config.yaml', 'tooling'],
    ['projects/webshop.yaml', 'project'],
    ['projects/übersicht.yml', 'project'],
  ])('%s is %s', (rel, role) => {
    expect(settingsRole(rel)?.role).toBe(role);
  });

  it.each([
    'config.example.yml',
    'discord-bot.config.example',
    'orchestrator.yaml.sample',
    'projects/webshop.example.yaml',
    'projects/example.yaml',
    'projects/deep/webshop.yaml',
    'config.yaml',
    'lib/config.yml',
    'mkdocs.yml',
  ])('%s has none: its values are never imported', (rel) => {
    expect(settingsRole(rel)).toBe(undefined);
  });

  it('says which file goes first where two disagree', () => {
    const order = ['config.yml', 'orchestrator.yaml', 'orch-config.yaml', 'discord-config.yaml'];

    const ranks = order.map((rel) => settingsRole(rel)?.precedence ?? 0);

    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
  });
});

describe('reading a settings file', () => {
  it('gives every leaf with its path', () => {
    put(temp(), 'config.yml', 'a: {b: [1, {c: 2}], d: {}}\ne:\n');

    const { file, findings } = read('config.yml');

    expect(file.state).toBe('read');
    expect(file.leaves.map(({ path }) => path.join('.'))).toEqual(['a.b.0', 'a.b.1.c', 'a.d', 'e']);
    expect(findings).toEqual([]);
  });

  it('that is broken asks for a decision and names file, line and column, but no value', () => {
    put(temp(), 'discord-config.yaml', 'discord:\n  enabled: true\n  token: "hunter2hunter2\n');

    const { file, findings } = read('discord-config.yaml');

    expect(file).toMatchObject({ state: 'broken', root: undefined, leaves: [] });
    expect(findings.map(({ level }) => level)).toContain('decision');
    expect(findings.map(placeOf)).toContain('discord-config.yaml:3:10');
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });

  it('that holds a list where keys are expected is broken', () => {
    put(temp(), 'config/projects.yaml', '- name: a\n');

    expect(read('config/projects.yaml').file.state).toBe('broken');
  });

  it.each(['', '# only a comment\n', '---\n', 'null\n'])('%j is empty or at least harmless', (content) => {
    put(temp(), 'config.yml', content);

    const { file } = read('config.yml');

    expect(file.leaves).toEqual([]);
  });

  it('whose keys only their quotes tell apart asks, since one path would mean both', () => {
    put(temp(), 'config.yml', 'a:\n  1: first\n  "1": second\n');

    const { file, findings } = read('config.yml');

    expect(file.state).toBe('broken');
    expect(findings).toMatchObject([{ code: 'yaml-twin-keys', level: 'decision', line: 3, column: 3 }]);
  });

  it('that is a folder, or may not be read, is a finding and nothing is thrown', () => {
    mkdirSync(join(temp(), 'config.yml'));
    put(temp(), 'orchestrator.yaml', 'a: 1\n');
    const system = new ForbiddingSystem({ HOME: temp() }, (path) => path.endsWith('orchestrator.yaml'));

    expect(read('config.yml').findings).toMatchObject([{ level: 'decision' }]);
    expect(readSettingsFile(system, temp(), 'orchestrator.yaml')?.findings).toMatchObject([
      { code: 'settings-unreadable', message: 'orchestrator.yaml cannot be read: permission denied' },
    ]);
  });

  it('keeps what other files say when one is too large', () => {
    put(temp(), 'config.yml', Buffer.alloc(17 << 20, 0x20));

    expect(read('config.yml')).toMatchObject({
      file: { state: 'broken' },
      findings: [{ level: 'decision' }],
    });
  });
});

function read(rel: string) {
  const reading = readSettingsFile(systemAt(temp()), temp(), rel);
  if (reading === undefined) throw new Error(`${rel} has no role`);
  return reading;
}

describe('a key that holds a secret', () => {
  const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

  it.each([
    ['by its shape', `a: [{${TOKEN}: 1}]\n`],
    ['that is known', 'a: [{hunter2-hunter2: 1}]\n'],
  ])('%s makes its file a decision that does not repeat it', (_, text) => {
    const clone = makeClone(join(temp(), 'clone'), {
      '.env': 'A_PASSWORD=hunter2-hunter2\n',
      'config.yml': `x: 1\n${text}`,
    });

    const survey = surveyOf(clone);

    expect(survey.settings.find(({ rel }) => rel === 'config.yml')).toMatchObject({
      state: 'broken',
      leaves: [],
    });
    expect(survey.findings).toContainEqual(
      expect.objectContaining({ code: 'secret-in-key', level: 'decision', file: 'config.yml', line: 2 }),
    );
    expect(JSON.stringify(survey.findings)).not.toMatch(/ghp_|hunter2/);
  });

  it('is no matter where it is only a word', () => {
    const clone = makeClone(join(temp(), 'clone'), {
      '.env': 'A_PASSWORD=channels\nTEAM=webshop-nord\n',
      'config.yml': 'channels: {webshop-nord: 1}\n',
    });

    expect(surveyOf(clone).findings.map(({ code }) => code)).not.toContain('secret-in-key');
  });
});
