import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { profileOf } from '../../../src/agent/conversions/infer-profile.ts';
import { put } from '../../fixtures/write-files.ts';
import { configOf, makeClone, planOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('the profile', () => {
  it.each([
    [['blocking'], 'solo-engineer', 'one project in blocking mode'],
    [['blocking', 'blocking'], 'team-lead', '2 projects'],
    [['partial'], 'team-lead', 'agents work with review (partial mode)'],
    [['autonomous'], 'researcher', 'everything runs autonomously'],
    [['autonomous', 'autonomous'], 'researcher', 'everything runs autonomously'],
    [['blocking', 'partial'], 'custom', 'projects run in different modes: blocking, partial'],
  ])('of projects in the modes %j is %s, because: %s', (modes, profile, reason) => {
    expect(profileOf(modes)).toEqual({ profile, reason });
  });

  it('of an installation counts the default mode for projects that state none', () => {
    const plan = planOf(
      makeClone(join(temp(), 'clone'), {
        'config.yml': 'orchestrator: {mode: autonomous}\nprojects: [{name: a, path: /a}]\n',
      }),
    );

    expect(configOf(plan)).toMatchObject({ global: { user_profile: 'researcher' } });
    expect(plan.content.profile.reason).toBe('everything runs autonomously');
  });

  it('that the person chose stays', () => {
    put(temp(), '.agent-workflow/config.yaml', 'global: {user_profile: researcher}\n');

    const plan = planOf(makeClone(join(temp(), 'clone')));

    expect(configOf(plan)).toMatchObject({ global: { user_profile: 'researcher' } });
    expect(plan.content.profile.reason).toBe('');
  });
});
