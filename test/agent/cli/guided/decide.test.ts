import { describe, expect, it } from 'vitest';
import { decide } from '../../../../src/agent/cli/guided/decide.ts';
import type { Answers, Decision } from '../../../../src/agent/plan/decision.ts';
import { LEAVE, type Script, scripted } from '../../../helpers/scripted-choose.ts';

const SAFE: Decision = {
  id: 'reading:.env#PORT',
  question: 'Whose reading is right?',
  options: [
    { id: 'dotenv', outcome: 'Take this one.' },
    { id: 'sh', outcome: 'Take the other one.' },
  ],
  safe: 'dotenv',
  file: '.env',
  line: 3,
};
const OPEN: Decision = {
  id: 'value:global.log_level',
  question: 'What should it be?',
  options: [
    { id: 'nearest', outcome: 'Use INFO.' },
    { id: 'default', outcome: 'Use WARN.' },
  ],
};
const NOTHING: Answers = new Map();

function ask(script: Script, { decisions = [OPEN, SAFE], answers = NOTHING, remembered = NOTHING } = {}) {
  const { choose, asked } = scripted(...script);
  const kept: object[] = [];
  const keep = (now: Answers) => void kept.push(Object.fromEntries(now));
  return { decided: decide(choose, { decisions, answers, remembered, keep }), asked, kept };
}

const answersOf = async (decided: ReturnType<typeof decide>) => {
  const result = await decided;
  return typeof result === 'string' ? result : Object.fromEntries(result.answers);
};

describe('decisions', () => {
  it('are all decided by default at once where each has one, and nothing counts as answered', async () => {
    const { decided, asked } = ask(['Decide all by default'], { decisions: [SAFE] });
    expect(await answersOf(decided)).toEqual({});
    expect(asked).toHaveLength(1);
  });

  it('are asked only where there is no default, when Enter is pressed', async () => {
    const { decided, asked, kept } = ask([undefined, 'Use WARN.']);
    expect(await answersOf(decided)).toEqual({ [OPEN.id]: 'default' });
    expect(asked.map(({ text }) => text)).toEqual([
      '2 decisions, 1 without a default. How do you want to decide?',
      'Decision 1 of 1: What should it be?',
    ]);
    expect(kept).toEqual([{ [OPEN.id]: 'default' }]);
  });

  it('go back one by one, and from the first to how to decide', async () => {
    const { decided } = ask([
      'Decide one by one',
      'Use WARN.',
      'Back to the decision before',
      'Back: all by default',
      'Decide one by one',
      'Use INFO.',
      'Take the other one.',
    ]);
    expect(await answersOf(decided)).toEqual({ [OPEN.id]: 'nearest', [SAFE.id]: 'sh' });
  });

  it('show the safe default and what was chosen last time; Enter takes the latter', async () => {
    const { decided, asked } = ask(['Decide one by one', undefined, undefined], {
      remembered: new Map([[SAFE.id, 'sh']]),
    });
    expect(await answersOf(decided)).toEqual({ [OPEN.id]: 'nearest', [SAFE.id]: 'sh' });
    expect(asked[2]?.text).toBe('Decision 2 of 2 (.env:3): Whose reading is right?');
    const names = asked[2]?.options.map(({ name }) => name);
    expect(names?.slice(0, 2)).toEqual([
      'Take this one. (safe default)',
      'Take the other one. (your choice last time)',
    ]);
  });

  it('remember what was chosen a moment ago when one comes back to them', async () => {
    const { decided } = ask(['Decide one by one', undefined, undefined], {
      answers: new Map([[OPEN.id, 'default']]),
    });
    expect(await answersOf(decided)).toMatchObject({ [OPEN.id]: 'default' });
  });

  it('are undone by deciding by default after all', async () => {
    const { decided } = ask(['Decide all by default'], {
      decisions: [SAFE],
      answers: new Map([[SAFE.id, 'sh']]),
    });
    expect(await answersOf(decided)).toEqual({});
  });

  it('are left at any of them, and what was answered until then is kept', async () => {
    const chosen = ask(['Decide one by one', 'Use WARN.', 'Leave']);
    expect(await chosen.decided).toBe('leave');
    expect(chosen.kept).toEqual([{ [OPEN.id]: 'default' }]);
    const broken = ask(['Decide one by one', LEAVE]);
    await expect(broken.decided).rejects.toMatchObject({ name: 'Left' });
    expect(await ask(['Back to the checklist']).decided).toBe('back');
  });
});
