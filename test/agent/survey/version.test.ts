import { describe, expect, it } from 'vitest';
import { readVersion } from '../../../src/agent/survey/version.ts';
import { put } from '../../fixtures/write-files.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('the version of an installation', () => {
  it.each([
    ['v0.9.8', '0.9.8', 'yes'],
    ['v0.9.8-14-gdeadbee', '0.9.8', 'yes'],
    ['1.2', '1.2', 'yes'],
    ['v0.8.3', '0.8.3', 'probably'],
    ['v0.7.0', '0.7.0', 'unknown'],
    ['v0.10.0', '0.10.0', 'yes'],
  ])('with the tag %s is %s, which can be migrated: %s', (describe, version, compatible) => {
    expect(readVersion(systemAt(temp()), temp(), describe)).toEqual({ version, from: 'tag', compatible });
  });

  it('is that of pyproject.toml where no tag tells it', () => {
    put(temp(), 'pyproject.toml', '[project]\nname = "agent-workflow"\nversion = "0.9.1"\n');
    put(temp(), 'setup.py', 'setup(\n  version="0.1.0",\n)\n');

    expect(readVersion(systemAt(temp()), temp(), 'release-one')).toMatchObject({
      version: '0.9.1',
      from: 'pyproject.toml',
    });
  });

  it('is unknown where nothing tells it', () => {
    put(temp(), 'setup.py', 'setup(version=VERSION)\n');

    expect(readVersion(systemAt(temp()), temp(), undefined)).toEqual({
      version: undefined,
      from: undefined,
      compatible: 'unknown',
    });
  });
});
