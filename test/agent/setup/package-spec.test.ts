import { describe, expect, it } from 'vitest';
import { isPinned, parsePackageSpec, sameName } from '../../../src/agent/setup/package-spec.ts';

const HASH = 'ab'.repeat(32);

describe('PACKAGE_SPEC', () => {
  it('names the package of the project where it says nothing, and pins nothing then', () => {
    for (const text of [undefined, '', '  ']) {
      const spec = parsePackageSpec(text);
      expect(spec).toEqual({ name: 'agent-workflow', version: undefined, hashes: [] });
      expect(isPinned(spec)).toBe(false);
    }
  });

  it('pins with a version and at least one hash, as pip writes them', () => {
    const spec = parsePackageSpec(
      `agent-workflow==1.0.0 --hash=sha256:${HASH} --hash=sha256:${'CD'.repeat(32)}`,
    );

    expect(spec).toEqual({ name: 'agent-workflow', version: '1.0.0', hashes: [HASH, 'cd'.repeat(32)] });
    expect(isPinned(spec)).toBe(true);
    expect(isPinned(parsePackageSpec('agent-workflow==1.0.0'))).toBe(false);
  });

  it.each([
    'agent-workflow>=1',
    'agent workflow',
    '-r other.txt',
    'agent-workflow @ http://example.org/x.whl',
    'agent-workflow==1.0 --hash=md5:00',
    'agent-workflow==1.0 --index-url=http://example.org',
    `agent-workflow --hash=sha256:${HASH}`,
  ])('that says anything else is refused: %s', (text) => {
    expect(() => parsePackageSpec(text)).toThrow(expect.objectContaining({ code: 'PACKAGE_SPEC_INVALID' }));
  });

  it('compares names as an index does', () => {
    expect(sameName('Agent_Workflow', 'agent-workflow')).toBe(true);
    expect(sameName('agent.-workflow', 'agent-workflow')).toBe(true);
    expect(sameName('agentworkflow', 'agent-workflow')).toBe(false);
  });
});
