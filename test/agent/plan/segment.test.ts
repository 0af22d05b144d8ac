import { describe, expect, it } from 'vitest';
import { type SegmentFacts, segmentOf } from '../../../src/agent/plan/segment.ts';
import { NOW } from '../../helpers/plan.ts';

const monthsAgo = (months: number) => new Date(NOW.getTime() - months * 30.5 * 86_400_000).toISOString();

describe('the segment of a person', () => {
  it('is novice for a recent adopter of one project with simple settings', () => {
    const { name, because } = segmentOf(facts({}));
    expect(name).toBe('novice');
    expect(because).toContain('installed 1 month ago (novice)');
  });

  it('is novice where two of five facts say more', () => {
    expect(segmentOf(facts({ projects: 3, integrations: ['Discord'] })).name).toBe('novice');
    expect(segmentOf(facts({ months: 14, projects: 2 })).name).toBe('novice');
  });

  it('is intermediate where three facts say at least that', () => {
    expect(segmentOf(facts({ months: 28, projects: 3, integrations: ['Discord', 'Claude'] }))).toEqual({
      name: 'intermediate',
      because: [
        '3 projects (intermediate)',
        'basic settings, Discord and Claude (intermediate)',
        'installed 28 months ago (advanced)',
        'nothing of upstream’s changed (novice)',
        'no other program starts it (novice)',
      ],
    });
    expect(segmentOf(facts({ projects: 2, kinds: ['edited'], complexity: 'moderate' })).name).toBe(
      'intermediate',
    );
  });

  it('is advanced where three facts say so, and names those first', () => {
    const heavy = facts({ months: 14, kinds: ['agent', 'edited'], complexity: 'complex' });
    expect(segmentOf(heavy)).toEqual({
      name: 'advanced',
      because: [
        'installed 14 months ago (advanced)',
        'complex settings, no integrations (advanced)',
        '1 custom agent, 1 changed file of upstream’s (advanced)',
        '1 project (novice)',
        'no other program starts it (novice)',
      ],
    });
  });

  it('counts programs that start it, and no line that only says something', () => {
    const cron = { kind: 'cron', state: 'patch' } as const;
    const note = { kind: 'cron', state: 'listed' } as const;
    expect(segmentOf(facts({ references: [cron] })).because).toContain(
      'other programs start it (cron) (advanced)',
    );
    expect(segmentOf(facts({ references: [note] })).because).toContain('no other program starts it (novice)');
  });

  it('without a date says nothing of the age', () => {
    const because = segmentOf({ ...facts({}), machine: { installed: undefined } }).because.join();
    expect(because).not.toContain('ago');
  });
});

function facts(given: {
  months?: number;
  projects?: number;
  kinds?: readonly string[];
  complexity?: SegmentFacts['complexity'];
  integrations?: readonly string[];
  references?: SegmentFacts['references'];
}): SegmentFacts {
  const {
    months = 1,
    projects = 1,
    kinds = [],
    complexity = 'basic',
    integrations = [],
    references = [],
  } = given;
  return {
    survey: {
      projects: Array.from({ length: projects }),
      inventory: { files: kinds.map((kind) => ({ kind })) },
      git: { state: 'not-a-repository' },
    } as unknown as SegmentFacts['survey'],
    machine: { installed: { at: monthsAgo(months), from: 'clone' } },
    complexity,
    integrations,
    references,
    now: NOW,
  };
}
