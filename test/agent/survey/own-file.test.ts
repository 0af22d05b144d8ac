import { describe, expect, it } from 'vitest';
import { classify, isEnvFile, isRegenerableName } from '../../../src/agent/survey/own-file.ts';

const untracked = [
  ['config.yml', 'settings', 'config', false],
  ['config/secrets.yaml', 'settings', 'config', true],
  ['config/projects.yaml', 'settings', 'projects', false],
  ['projects/api.yaml', 'settings', 'projects', false],
  ['.env', 'env', 'config', true],
  ['prod.env', 'env', 'config', true],
  ['.env.local', 'env', 'config', true],
  ['deploy/.env', 'env', 'config', true],
  ['.env.example', 'custom', 'custom', false],
  ['.orch-global/security/secrets.json', 'store', 'state', true],
  ['.orch-global/security/master.key', 'store', 'state', true],
  ['.orch-global/security/users.json', 'global', 'state', true],
  ['.orch-global/monitoring/metrics.json', 'global', 'state', false],
  ['.orch-state/status.json', 'state', 'state', false],
  ['demo/.orch-state/backlog.json', 'state', 'state', false],
  ['logs/orchestrator.txt', 'log', 'logs', false],
  ['bot.log', 'log', 'logs', false],
  ['agent-writer.yaml', 'agent', 'custom', false],
  ['deep/agent-writer.yaml', 'custom', 'custom', false],
  ['notes/agenda.md', 'custom', 'custom', false],
  ['discord_token.txt', 'custom', 'custom', true],
  ['.orch-global/security/access_rules.json', 'global', 'state', true],
  ['.orch-global/keys/id_rsa', 'custom', 'state', true],
  ['.orch-state/api_token.json', 'state', 'state', true],
  ['agent-token.yaml', 'agent', 'custom', false],
] as const;

describe('a file of the person’s own', () => {
  it.each(untracked)('%s is %s, in the category %s, secret: %s', (rel, kind, category, secret) => {
    expect(classify(rel, 'file', false)).toEqual({ kind, category, secret });
  });

  it.each([
    ['lib/state.py', 'edited'],
    ['agent-writer.yaml', 'edited'],
    ['logs/.gitkeep', 'edited'],
    ['orch-config.yaml', 'settings'],
    ['.env', 'env'],
  ] as const)('%s that git tracks is %s', (rel, kind) => {
    expect(classify(rel, 'file', true).kind).toBe(kind);
  });

  it.each(['fifo', 'socket', 'device'] as const)('that is a %s is special, whatever its name', (kind) => {
    expect(classify('.env', kind, false).kind).toBe('special');
  });

  it('that is a link is never read as settings, env file or agent', () => {
    expect(['config.yml', '.env', 'agent-a.yaml'].map((rel) => classify(rel, 'link', false).kind)).toEqual([
      'custom',
      'custom',
      'custom',
    ]);
  });

  it('may have a name that is not UTF-8', () => {
    expect(classify(Buffer.from('caf\xe9.env', 'latin1'), 'file', false).kind).toBe('env');
  });
});

it('is an env file by its name, unless it is a template', () => {
  const names = ['.env', 'a.env', '.env.prod', 'env', '.env.example', '.env.sample', 'environment', '.envrc'];

  expect(names.filter(isEnvFile)).toEqual(['.env', 'a.env', '.env.prod', 'env']);
});

it('is made again by tools where its folder has one of their names', () => {
  const names = ['__pycache__', 'node_modules', '.pytest_cache', 'x.egg-info', 'build', 'venv', 'logs'];

  expect(names.filter(isRegenerableName)).toEqual([
    '__pycache__',
    'node_modules',
    '.pytest_cache',
    'x.egg-info',
  ]);
});
