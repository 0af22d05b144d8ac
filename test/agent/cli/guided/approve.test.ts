import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { approve } from '../../../../src/agent/cli/guided/approve.ts';
import type { Call } from '../../../../src/agent/cli/verb.ts';
import type { Plan } from '../../../../src/agent/plan/plan.ts';
import type { MigrationRequest } from '../../../../src/agent/run/plan-migration.ts';
import { tokenShapes } from '../../../fixtures/canaries.ts';
import { makeClone, NOW, planOf } from '../../../helpers/plan.ts';
import { type Script, scripted } from '../../../helpers/scripted-choose.ts';
import { useTempFolder } from '../../../helpers/temp.ts';

const TOKEN = tokenShapes.anthropic('approve');
const STOPS = { recommendation: 'stay for now', stops: [{ what: 'a thing', why: 'It stops.' }] };

describe('the question before anything is written', () => {
  const folder = useTempFolder();
  let plan: Plan;
  let said: string[];

  beforeEach(() => {
    said = [];
    plan = planOf(makeClone(join(folder(), 'clone'), { '.env': `ANTHROPIC_API_KEY=${TOKEN}\n` }));
  });

  const callAt = (now: Date, more: Partial<Call> = {}) =>
    ({
      system: { now: () => now, home: folder() },
      say: (line: string) => said.push(line),
      flags: {},
      yes: false,
      ...more,
    }) as unknown as Call;
  const ask = (script: Script, now = NOW, asked = plan) =>
    approve(callAt(now), scripted(...script).choose, asked, {} as MigrationRequest, false);
  const advised = (): Plan => ({ ...plan, content: { ...plan.content, advice: STOPS as never } });

  it('shows the differences by Enter first, then takes the yes', async () => {
    expect(await ask([undefined, undefined])).toBe('approved');
    expect(said.join('\n')).toContain('+++ config.yaml (new)');
    expect(said.join('\n')).not.toContain(TOKEN);
  });

  it('shows the whole plan when asked to', async () => {
    expect(await ask(['Show the whole plan', 'Leave'])).toBe('declined');
    expect(said.join('\n')).toContain('Migration plan (nothing was written)');
  });

  it('leaves by Enter where it is better to stay for now', async () => {
    expect(await ask([undefined], NOW, advised())).toBe('declined');
    expect(await ask(['Approve, although it is better to stay'], NOW, advised())).toBe('approved');
  });

  it('makes a plan anew that is older than an hour', async () => {
    expect(await ask(['Approve'], new Date(NOW.getTime() + 3_600_000))).toBe('again');
  });

  it('takes --answers for a yes where nobody can be asked, but not against the advice to stay', async () => {
    const unasked = (more: Partial<Call>, asked = plan) =>
      approve(callAt(NOW, more), undefined, asked, {} as MigrationRequest, false);
    expect(await unasked({ flags: { answers: 'a.yml' } })).toBe('approved');
    expect(await unasked({ yes: true }, advised())).toBe('approved');
    await expect(unasked({})).rejects.toMatchObject({ code: 'CONFIRMATION_NEEDED' });
    await expect(unasked({ flags: { answers: 'a.yml' } }, advised())).rejects.toMatchObject({
      code: 'CONFIRMATION_NEEDED',
    });
  });
});
