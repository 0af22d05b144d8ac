import { expect, test } from 'vitest';
import { asStartedHere } from '../../src/shared/own-command.ts';

test('A command is printed as it is typed where the program runs, and a name alone stays a name', () => {
  const text = 'Type `migration-bot doctor`, then migration-agent pair. migration-agent: 1.0';
  expect(asStartedHere(text, '/x/dist/migration-bot.cjs')).toBe(text);
  expect(asStartedHere(text, '/x/src/bot.ts')).toBe(
    'Type `npm run bot -- doctor`, then npm run -s agent -- pair. migration-agent: 1.0',
  );
});
