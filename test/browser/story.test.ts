import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Playground, startPlayground } from '../../src/playground/start-playground.ts';
import { useChromium } from '../helpers/chromium.ts';

const open = useChromium();
let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground();
});
afterAll(() => playground.close());

/** The newest card of the open channel. */
const card = (page: Page) => page.locator('.message').last();

it('goes from an unlinked computer to a migration and back, as the page itself advises', async () => {
  const page = await open(playground.url);
  const terminal = page.getByRole('region', { name: 'Terminal' });
  const press = (name: string | RegExp) => card(page).getByRole('button', { name }).click();
  const help = (name: string) => page.getByRole('button', { name }).click();
  const shows = (words: RegExp) => playground.computer.terminal.waitFor(words, { deadlineMs: 60_000 });

  await help('Type it for me');
  const [, words = ''] = await shows(/The words: {2}(\w+ \w+ \w+)\n/);
  await help('Put it into the box');
  await page.keyboard.press('Enter');
  const question = card(page).getByRole('heading', { name: 'A computer asks to be linked' });
  const lookAgain = card(page).getByRole('button', { name: 'Look again' });
  // The terminal may show the words a moment before the bot has stored the question.
  await question.or(lookAgain).waitFor();
  if (await lookAgain.isVisible()) await lookAgain.click();
  await question.waitFor();
  expect(await card(page).textContent()).toContain(words);
  await press('The words are the same: link it');
  await shows(/Which may the bot look at\?/);
  await terminal.click();
  await page.keyboard.type('1\n');
  await shows(/This computer is linked[\s\S]*\$ $/);
  await help('Type it for me');
  await shows(/connected to the bot/);

  await help('Put it into the box');
  await page.keyboard.press('Enter');
  const thread = page
    .getByRole('navigation', { name: 'Channels' })
    .getByRole('button', { name: /^migration (?!-)/ });
  await thread.filter({ hasNotText: 'help' }).click();
  await press('Automated migration');
  await press('Approve and migrate');
  await card(page)
    .getByRole('heading', { name: /^(Complete|Moved, not yet usable)$/ })
    .waitFor();
  await page.getByRole('region', { name: 'The new home' }).getByText('config.yaml').waitFor();
  await page.getByRole('region', { name: 'The old home' }).getByText('untouched since the start').waitFor();
  const file = process.env['AWM_SCREENSHOT'];
  if (file !== undefined) await page.screenshot({ path: file });

  await help('Put it into the box');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Roll back now' }).click();
  await page.getByRole('heading', { name: 'Rolled back: everything is as before' }).waitFor();
  await page.getByText('The new home is not there yet.').waitFor();
  expect((await playground.computer.target.now()).isAsAtStart).toBe(true);
  expect((await playground.computer.clone.now()).isAsAtStart).toBe(true);
  await page.getByText('That is the whole story.').waitFor();
});
