import { afterEach, expect, it } from 'vitest';
import { errorCard, withoutDetails } from '../../../commands/views/error.ts';
import { setupCard } from '../../../commands/views/machines.ts';
import { noRequestCard } from '../../../commands/views/pairing.ts';
import { errorLabel } from '../../../src/shared/errors.ts';

const started = process.argv[1] ?? '';
afterEach(() => {
  process.argv[1] = started;
});

const cards = () =>
  JSON.stringify([
    setupCard(undefined, undefined),
    setupCard('wss://bot.example', undefined),
    noRequestCard('v1:pair:1'),
    errorCard(withoutDetails(errorLabel('ORCHESTRATOR_RETURNS'))),
  ]);

it('Cards of a bot from a package name the commands of the package', () => {
  process.argv[1] = '/usr/lib/node_modules/x/dist/migration-bot.cjs';
  expect(cards()).toContain('type `migration-agent pair --hub wss://bot.example`');
  expect(cards()).toContain('(`migration-agent references`)');
  expect(cards()).not.toMatch(/npm run|folder and type/);
});

it('Cards of a bot from a checkout name them as npm starts them, in its folder', () => {
  process.argv[1] = '/home/x/migration-assistant/src/bot.ts';
  expect(cards()).toContain('folder and type `npm run -s agent -- pair --hub wss://bot.example`');
  expect(cards()).toContain('(`npm run -s agent -- references`)');
  expect(cards()).not.toContain('migration-agent ');
});
