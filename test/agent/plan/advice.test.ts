import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adviceLines } from '../../../src/agent/cli/views/plan.ts';
import { renderReport } from '../../../src/agent/run/report.ts';
import type { InstalledPackage } from '../../../src/agent/survey/package-probe.ts';
import { makeClone, planOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

const PACKAGE: InstalledPackage = {
  installed: true,
  command: '/usr/bin/agent-orch',
  version: '1.0.0',
  commands: [],
  location: undefined,
  readsStore: 'no',
  runsDiscord: 'no',
  readsAgents: 'no',
};

const USED = {
  'config.yml': 'discord: {guild_id: 123456789012345678}\n',
  '.env': 'GITHUB_TOKEN=ghp_0123456789\n',
  'agent-poet.yaml': 'name: poet\n',
};

function planWith(files: Readonly<Record<string, string>>, probe: Partial<InstalledPackage> = {}) {
  return planOf(makeClone(join(temp(), 'clone'), files), { probe: { ...PACKAGE, ...probe } });
}

describe('The advice of a plan', () => {
  it('is to stay for now, and names everything in use that the package would leave idle', () => {
    const { content } = planWith(USED);

    expect(content.advice).toMatchObject({
      recommendation: 'stay for now',
      stops: [{ what: 'the Discord bot' }, { what: 'the stored secrets' }, { what: 'your own agents' }],
    });
    const report = renderReport(content, [], { path: '/b', files: 1, bytes: 1 });
    for (const text of [report, adviceLines(content.advice).join('\n')]) {
      expect(text).toContain('stay for now');
      expect(text).toContain('The installed package starts no Discord bot.');
    }
  });

  it.each([
    ['runsDiscord', 'the Discord bot'],
    ['readsStore', 'the stored secrets'],
    ['readsAgents', 'your own agents'],
  ] as const)('does not name what the package does, or may do: %s', (ability, what) => {
    for (const can of ['yes', 'unknown'] as const) {
      const { stops } = planWith(USED, { [ability]: can }).content.advice;
      expect(stops).toHaveLength(2);
      expect(stops.map((stop) => stop.what)).not.toContain(what);
    }
  });

  it('is to migrate where nothing of that is in use, and where no package is there to look at', () => {
    const migrate = { recommendation: 'migrate', stops: [] };
    expect(planWith({ 'config.yml': 'orchestrator: {mode: partial}\n' }).content.advice).toEqual(migrate);
    expect(planOf(makeClone(join(temp(), 'other'), USED)).content.advice).toEqual(migrate);
    expect(adviceLines(migrate as never)).toEqual([]);
  });
});
