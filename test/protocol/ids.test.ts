import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  botIdOf,
  FORMS,
  newAgentId,
  newCommandId,
  newConnectionId,
  newJobId,
} from '../../src/protocol/ids.ts';
import { newRunId } from '../../src/shared/ids.ts';
import { B, NOW } from './parties.ts';

const MAKERS = [
  ['agent', newAgentId],
  ['job', newJobId],
  ['command', newCommandId],
  ['connection', newConnectionId],
  ['run', newRunId],
] as const;

it.each(MAKERS)('every new id of this kind has its form and no other: %s', (kind, make) => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }), (now) => {
      const id = make(now);
      const fitting = Object.entries(FORMS).filter(([, form]) => new RegExp(form).test(id));
      expect(fitting.map(([name]) => name)).toEqual([kind]);
    }),
  );
});

it('ids are sorted by their time and differ within the same millisecond', () => {
  const [one, two] = [newJobId(NOW), newJobId(NOW)];
  expect(one).not.toBe(two);
  expect(newJobId(new Date(NOW.getTime() + 1)) > one).toBe(true);
});

it('the bot is named after its first key', () => {
  expect(botIdOf(B.publicJwk)).toBe(`bt_${B.kid}`);
  expect(botIdOf(B.publicJwk)).toMatch(new RegExp(FORMS.bot));
});
