import { describe, expect, it } from 'vitest';
import { defaultAt, defaultConfig, type Facts } from '../../../src/agent/conversions/defaults.ts';
import { RENAMES } from '../../../src/agent/conversions/renames.ts';
import { nodeAt, plainValue } from '../../../src/agent/yaml/leaves.ts';
import { writeYaml } from '../../../src/agent/yaml/write-yaml.ts';
import { python } from '../../helpers/python.ts';

const FACTS: Facts = {
  now: new Date('2025-06-01T12:00:00Z'),
  installationId: '11111111-2222-4333-8444-555555555555',
  packageVersion: '1.10',
  platform: 'linux',
  registryPath: '/home/m/.agent-workflow/projects/registry.yaml',
};

describe('the default config.yaml', () => {
  it('has the sections that the package asks for, and every time and version is text to Python', () => {
    const loaded = python(
      'import json, sys, yaml\nprint(json.dumps(yaml.safe_load(json.load(sys.stdin))))',
      writeYaml(defaultConfig(FACTS)),
    );

    expect(loaded).toMatchObject({
      version: '1.0',
      created: '2025-06-01T12:00:00.000Z',
      migrated_from_git: true,
      installation: { package_version: '1.10', platform: 'linux', method: 'migration' },
      global: { default_mode: 'blocking', data_retention_days: 30 },
      ai_provider: { provider: null, credential_key: 'ai_provider_key' },
      discord: { enabled: false, credential_key: 'discord_bot_token' },
      github: { enabled: false },
      security: { credential_encryption_enabled: true },
      projects: { registry_path: FACTS.registryPath },
      monitoring: { enabled: true },
    });
  });

  it.each([
    ['win32', 'windows'],
    ['darwin', 'macos'],
    ['linux', 'linux'],
    ['freebsd', 'linux'],
  ] as const)('calls %s %s', (platform, name) => {
    const node = nodeAt(defaultConfig({ ...FACTS, platform }), ['installation', 'platform']);

    expect(node && plainValue(node)).toBe(name);
  });

  it('has a place for every setting that is renamed', () => {
    const config = defaultConfig(FACTS);

    const missing = RENAMES.flatMap(({ to }) => to).filter(
      (path) => nodeAt(config, path.split('.')) === undefined,
    );

    expect(missing).toEqual([]);
  });

  it('has nothing at other paths', () => {
    expect(plainValue(defaultAt(defaultConfig(FACTS), 'global.nothing'))).toBe(null);
  });
});
