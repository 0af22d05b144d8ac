import { describe, expect, it } from 'vitest';
import { type RecommendationFacts, recommend } from '../../../src/agent/plan/recommendation.ts';

const SIMPLE: RecommendationFacts = {
  survey: { unreadable: [], version: { version: '0.9.8', from: 'tag', compatible: 'yes' } },
  open: 0,
  advice: { recommendation: 'migrate', stops: [] },
  segment: { name: 'novice', because: [] },
  readiness: { ready: true },
  machine: { isForeign: false },
  patches: [],
};
const CARRIED = [{ fate: 'carry' }] as unknown as RecommendationFacts['patches'];

describe('the recommended way', () => {
  it.each<[string, Partial<RecommendationFacts>, string, string[]]>([
    ['a simple installation', {}, 'automated', ['simple-setup']],
    ['an intermediate one', { segment: { name: 'intermediate', because: [] } }, 'guided', ['several-parts']],
    ['an advanced one', { segment: { name: 'advanced', because: [] } }, 'manual', ['advanced-user']],
    ['own changes of upstream', { patches: CARRIED }, 'guided', ['own-changes']],
    ['open decisions', { open: 2 }, 'decide first', ['open-decisions']],
    [
      'a part that cannot be read',
      { survey: { ...SIMPLE.survey, unreadable: [{ path: 'x', reason: 'closed' }] } },
      'decide first',
      ['cannot-be-read-whole'],
    ],
    ['a computer that is not ready', { readiness: { ready: false } }, 'guided', ['not-ready']],
    ['an installation of somebody else', { machine: { isForeign: true } }, 'guided', ['foreign-owner']],
    [
      'an unknown version',
      {
        survey: { ...SIMPLE.survey, version: { version: undefined, from: undefined, compatible: 'unknown' } },
      },
      'guided',
      ['version-unknown'],
    ],
  ])('for %s', (_, facts, path, reasons) => {
    expect(recommend({ ...SIMPLE, ...facts })).toMatchObject({ path, reasons });
  });

  it('says why automated mode is refused: questions, what cannot be read, a computer that is not ready', () => {
    const refused = (facts: Partial<RecommendationFacts>) =>
      recommend({ ...SIMPLE, ...facts }).automated_refused;
    expect(refused({})).toBe(undefined);
    expect(refused({ segment: { name: 'advanced', because: [] } })).toBe(undefined);
    expect(refused({ open: 1 })).toContain('questions without a safe answer');
    expect(refused({ readiness: { ready: false } })).toContain('not ready');
  });

  it('passes on the advice to stay for now', () => {
    const stop = { what: 'the Discord bot', why: 'It starts none.' };
    expect(recommend({ ...SIMPLE, advice: { recommendation: 'stay for now', stops: [stop] } })).toMatchObject(
      {
        advice: 'stay for now',
        stops: ['the Discord bot'],
      },
    );
  });
});
