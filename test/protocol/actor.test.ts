import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSnowflake, refuseActor, snowflakeTime } from '../../src/protocol/actor.ts';
import { type ApprovedWrite, refuseApproval } from '../../src/protocol/approval.ts';
import { ACTOR, APPROVAL, DIGEST, GUILD, NOW, NOW_S, OWNER, snowflakeAt } from './parties.ts';

const APPROVERS = { users: [OWNER.id], guild: GUILD };
const OTHER = '999456789012345678';

describe('an id of Discord', () => {
  it('tells when it was given out', () => {
    // The example of Discord's reference: 2016-04-30T11:18:25.796Z.
    expect(snowflakeTime('175928847299117063')).toBe(1_462_015_105_796);
  });

  it('made at any moment tells that moment', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_420_110_000_000, max: 4_000_000_000_000 }), (ms) => {
        expect(snowflakeTime(snowflakeAt(ms))).toBe(ms);
      }),
    );
  });

  it.each(['175928847299117063', '12345678901234567', '12345678901234567890'])('%s is one', (id) => {
    expect(isSnowflake(id)).toBe(true);
  });

  it.each([
    '1234567890123456',
    '123456789012345678901',
    '01234567890123456789',
    ' 175928847299117063',
    '175928847299117063\n',
    'abcdefghijklmnopq',
    175928847299,
    null,
  ])('%j is none', (id) => {
    expect(isSnowflake(id)).toBe(false);
  });
});

describe('an actor', () => {
  it('is heard if pinned at the computer, in the server that it was paired in', () => {
    expect(refuseActor(ACTOR, APPROVERS)).toBeUndefined();
  });

  it.each([
    ['somebody else', { ...ACTOR, user: OTHER }, APPROVERS],
    ['the owner in another server', { ...ACTOR, guild: OTHER }, APPROVERS],
    ['anybody while nobody is pinned', ACTOR, { ...APPROVERS, users: [] }],
    ['somebody whose id begins like the owner’s', { ...ACTOR, user: OWNER.id.slice(0, 17) }, APPROVERS],
  ])('is NOT_APPROVER: %s', (_, actor, approvers) => {
    expect(refuseActor(actor, approvers)).toBe('NOT_APPROVER');
  });
});

describe('an approval', () => {
  const WRITE: ApprovedWrite = {
    actor: ACTOR,
    jobType: 'apply',
    plan: { digest: DIGEST, jobType: 'apply' },
    approvers: APPROVERS,
    clocks: [NOW, NOW],
    isUsed: () => false,
  };
  const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

  it('counts for the plan, the job and the person it was given by, for ten minutes', () => {
    expect(refuseApproval(APPROVAL, WRITE)).toBeUndefined();
    expect(refuseApproval(APPROVAL, { ...WRITE, clocks: [later(599), later(599)] })).toBeUndefined();
  });

  it.each([
    ['NOT_APPROVER', 'another user’s button', { ...APPROVAL, user: OTHER }, {}],
    ['NOT_APPROVER', 'another server', { ...APPROVAL, guild: OTHER }, {}],
    [
      'NOT_APPROVER',
      'the press of another approver',
      { ...APPROVAL, user: OTHER },
      { approvers: { users: [OWNER.id, OTHER], guild: GUILD } },
    ],
    ['APPROVAL_REUSED', 'another plan', { ...APPROVAL, plan: 'cd'.repeat(32) }, {}],
    ['APPROVAL_REUSED', 'another type of job', APPROVAL, { jobType: 'rollback' }],
    [
      'APPROVAL_REUSED',
      'a plan of another type',
      APPROVAL,
      { plan: { digest: DIGEST, jobType: 'rollback' } },
    ],
    [
      'APPROVAL_REUSED',
      'an interaction that was used',
      APPROVAL,
      { isUsed: (id: string) => id === APPROVAL.interaction },
    ],
    ['EXPIRED', 'a press ten minutes ago by our clock', APPROVAL, { clocks: [later(601), NOW] }],
    ['EXPIRED', 'a press ten minutes ago by the hub’s clock', APPROVAL, { clocks: [NOW, later(601)] }],
    [
      'EXPIRED',
      'an old interaction with a new time',
      { ...APPROVAL, interaction: snowflakeAt(NOW.getTime() - 601_000) },
      {},
    ],
    ['EXPIRED', 'a new interaction with an old time', { ...APPROVAL, at: NOW_S - 601 }, {}],
    [
      'CLOCK_SKEW',
      'an interaction from the future',
      { ...APPROVAL, interaction: snowflakeAt(NOW.getTime() + 121_000) },
      {},
    ],
    ['CLOCK_SKEW', 'a time from the future', { ...APPROVAL, at: NOW_S + 121 }, {}],
  ] as const)('is %s for %s', (code, _, approval, changes) => {
    expect(refuseApproval(approval, { ...WRITE, ...changes })).toBe(code);
  });
});
