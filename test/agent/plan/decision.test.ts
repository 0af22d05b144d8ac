import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blockedBy, type Decision, Decisions, readAnswers } from '../../../src/agent/plan/decision.ts';
import { put } from '../../fixtures/write-files.ts';
import { ForbiddingSystem } from '../../helpers/machines.ts';
import { makeClone, planOf, systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const QUESTION: Decision = {
  id: 'q',
  question: 'Which one?',
  options: [
    { id: 'one', outcome: 'The first.' },
    { id: 'two', outcome: 'The second.' },
  ],
};

describe('a plan with open questions', () => {
  const broken = { ...QUESTION, id: 'file:a.yml', file: 'a.yml', line: 3 };
  const unreadable = { ...QUESTION, id: 'unreadable-files', file: 'b.yml' };

  it('is blocked by the cause that all of them share', () => {
    expect(blockedBy([broken], 0)).toMatchObject({ code: 'SETTINGS_UNREADABLE', file: 'a.yml', line: 3 });
    expect(blockedBy([unreadable], 7)).toMatchObject({
      code: 'SOURCE_UNREADABLE',
      params: { count: 7, path: 'b.yml' },
    });
  });

  it('is blocked by the questions as such where the causes differ', () => {
    for (const open of [[QUESTION], [broken, unreadable], [QUESTION, broken]])
      expect(blockedBy(open, 1)).toMatchObject({ code: 'DECISIONS_OPEN', params: { count: open.length } });
  });
});

describe('a decision', () => {
  it('is open until an answer names one of its options', () => {
    const without = new Decisions(new Map());
    const answered = new Decisions(new Map([['q', 'two']]));

    expect([without.ask(QUESTION), answered.ask(QUESTION)]).toEqual([undefined, 'two']);
    expect([without.open.length, answered.open.length]).toEqual([1, 0]);
    expect(answered.answered).toEqual([{ id: 'q', option: 'two' }]);
  });

  it('asked twice counts once', () => {
    const decisions = new Decisions(new Map());
    decisions.ask(QUESTION);
    decisions.ask({ ...QUESTION, file: 'b' });

    expect(decisions.open).toEqual([QUESTION]);
  });

  it('with an answer that is no option names those there are', () => {
    const decisions = new Decisions(new Map([['q', 'three']]));

    expect(() => decisions.ask(QUESTION)).toThrow(
      expect.objectContaining({
        code: 'ANSWERS_INVALID',
        message: 'The answers cannot be used: q has the options one, two, not "three".',
      }),
    );
  });

  it('that nobody asked makes its answer an error', () => {
    const clone = makeClone(join(temp(), 'clone'));

    expect(() => planOf(clone, { answers: { 'value:global.log_levle': 'default' } })).toThrow(
      expect.objectContaining({
        code: 'ANSWERS_INVALID',
        message: expect.stringContaining('"value:global.log_levle"'),
      }),
    );
  });
});

describe('a file of answers', () => {
  it('gives texts, also where YAML would read something else', () => {
    expect(read('file:config.yml: leave\n"value:a.b": nearest\nc: yes\nd: 1.50\n# comment\n')).toEqual(
      new Map([
        ['file:config.yml', 'leave'],
        ['value:a.b', 'nearest'],
        ['c', 'yes'],
        ['d', '1.50'],
      ]),
    );
  });

  it.each(['', '# nothing\n', 'null\n'])('%j has none, or says that it is no map', (text) => {
    try {
      expect(read(text).size).toBe(0);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ANSWERS_INVALID' });
    }
  });

  it.each([
    ['a: "open\n', 1],
    ['a: one\nb: [one, two]\n', 2],
    ['- a\n', 1],
    ['a: one\n\tb: two\n', 2],
  ])('%j is refused, naming line %i', (text, line) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'ANSWERS_INVALID', file: join(temp(), 'answers.yaml'), line }),
    );
  });

  it('may be a link; a folder, none at all and one that may not be read are refused', () => {
    put(temp(), 'real.yaml', 'q: one\n');
    symlinkSync('real.yaml', join(temp(), 'link.yaml'));
    mkdirSync(join(temp(), 'folder'));
    const refused = expect.objectContaining({ code: 'ANSWERS_INVALID' });
    const system = new ForbiddingSystem({ HOME: temp() }, (path) => path.endsWith('real.yaml'));

    expect(readAnswers(systemAt(temp()), join(temp(), 'link.yaml')).get('q')).toBe('one');
    for (const name of ['folder', 'nothing'])
      expect(() => readAnswers(systemAt(temp()), join(temp(), name))).toThrow(refused);
    expect(() => readAnswers(system, join(temp(), 'real.yaml'))).toThrow(refused);
  });
});

function read(text: string) {
  put(temp(), 'answers.yaml', text);
  return readAnswers(systemAt(temp()), join(temp(), 'answers.yaml'));
}
