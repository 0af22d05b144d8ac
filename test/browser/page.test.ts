import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlaygroundDiscord } from '../../src/playground/discord/playground-discord.ts';
import { startPlaygroundDiscord } from '../../src/playground/discord/start.ts';
import { invitePeople } from '../../src/playground/people.ts';
import { PageServer } from '../../src/playground/web/page-server.ts';
import { useChromium } from '../helpers/chromium.ts';
import { type ScriptedBot, startScriptedBot } from './scripted-bot.ts';

let discord: PlaygroundDiscord;
let bot: ScriptedBot;
let server: PageServer;

beforeEach(async () => {
  discord = await startPlaygroundDiscord({ roles: [{ name: 'staff' }, { name: 'manager' }] });
  const people = invitePeople(discord);
  bot = await startScriptedBot(discord);
  server = await PageServer.start(
    { discord, people, computer: undefined, bot: undefined, claude: undefined },
    0,
  );
});
afterEach(async () => {
  await server.close();
  await bot.close();
  expect(bot.errors).toEqual([]);
  await discord.close({ allow: ['unanswered'] });
});
const open = useChromium();

/** Types a command into the message box and sends it with the keyboard alone. */
async function use(page: Page, command: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Message' }).fill(command);
  await page.getByRole('option', { name: command }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Send' }).waitFor();
  await page.keyboard.press('Enter');
}

describe('slash commands', () => {
  it('are offered as one types, chosen with the arrow keys, and sent', async () => {
    const page = await open(server.url);
    const box = page.getByRole('combobox', { name: 'Message' });
    await box.fill('/');
    await page.getByRole('option', { name: '/team list' }).waitFor();
    expect(await page.getByRole('option').allTextContents()).toContain('/formOpens a form');

    await box.pressSequentially('p');
    await box.press('ArrowDown');
    await box.press('Enter');
    await page.keyboard.press('Enter');

    await page.getByText('Pressed 0 times').first().waitFor();
    expect(await page.locator('.used').textContent()).toBe('The baker used /private');
    expect(await page.locator(':focus').getAttribute('id')).toBe('message-box');
  });

  it('take their options from a form, one of them completed by the bot', async () => {
    const page = await open(server.url);
    await page.getByRole('combobox', { name: 'Message' }).fill('/order');
    await page.keyboard.press('Enter');
    const bread = page.getByRole('combobox', { name: 'bread' });
    await bread.fill('sp');
    await page.getByRole('option', { name: 'Spelt' }).waitFor();
    await bread.press('Enter');
    await page.getByRole('spinbutton', { name: 'loaves' }).fill('3');
    await page.getByRole('combobox', { name: 'size' }).selectOption('Large');

    await page.getByRole('button', { name: 'Send' }).click();

    await page.getByText('Noted: order').first().waitFor();
    expect(bot.heard).toEqual(['/order [["bread","spelt"],["loaves",3],["size","l"]]']);
  });

  it('are not sent while something required is missing, and can be left', async () => {
    const page = await open(server.url);
    await page.getByRole('combobox', { name: 'Message' }).fill('/order');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Send' }).click();
    expect(bot.heard).toEqual([]);

    await page.getByRole('button', { name: 'Leave it' }).click();

    expect(await page.getByRole('combobox', { name: 'Message' }).isVisible()).toBe(true);
  });
});

describe('messages', () => {
  it('show every component, and text never becomes markup', async () => {
    const page = await open(server.url);
    await use(page, '/show');

    await page.getByRole('heading', { name: 'Today' }).waitFor();
    expect(await page.locator('.text').first().textContent()).toContain('<img src=x onerror=alert(1)>');
    expect(await page.locator('time[data-relative]').textContent()).toMatch(/^in \d+ years$/);
    const pictures = page.locator('.message img');
    expect(await pictures.count()).toBe(2);
    await expect
      .poll(() => pictures.first().evaluate((image: { naturalWidth: number }) => image.naturalWidth))
      .toBe(1);
    const [file] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'notes.txt' }).click(),
    ]);
    expect(await file.textContent('body')).toContain('line 1');
    expect(await page.getByRole('button', { name: 'Not now' }).isDisabled()).toBe(true);
  });

  it('have menus for one choice, several choices and people, which the keyboard reaches', async () => {
    const page = await open(server.url);
    await use(page, '/show');

    await page.getByRole('button', { name: 'When' }).press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('Chosen: noon').first().waitFor();

    await page.getByRole('button', { name: 'How often' }).click();
    await page.getByRole('option', { name: 'Morning' }).click();
    expect(await page.getByRole('button', { name: 'Choose these' }).isDisabled()).toBe(true);
    await page.getByRole('option', { name: 'Evening' }).click();
    await page.getByRole('button', { name: 'Choose these' }).click();
    await page.getByText('Chosen: morning, evening').first().waitFor();

    await page.getByRole('button', { name: 'For whom' }).click();
    await page.getByRole('option', { name: 'The neighbour neighbour' }).click();
    await expect.poll(() => bot.heard.at(-1)).toMatch(/^select \d{17,20}$/);
  });

  it('change in place when a button is pressed, and the focus stays where it was', async () => {
    const page = await open(server.url);
    await use(page, '/private');
    const button = page.getByRole('button', { name: 'Press it' });

    await button.press('Enter');
    await page.getByRole('heading', { name: 'Pressed 1 times' }).waitFor();
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Pressed 2 times' }).waitFor();
    expect(await page.locator('.message').count()).toBe(1);
    expect(await page.locator('#spoken').textContent()).toContain('Pressed 2 times');
  });

  it('that are for one person are marked, can be dismissed, and are seen by nobody else', async () => {
    const page = await open(server.url);
    await use(page, '/private');
    await page.getByText('Only you can see this').waitFor();

    await page.getByRole('combobox', { name: 'You are' }).selectOption('The neighbour');
    await page.getByText('another member').waitFor();
    await expect.poll(() => page.locator('.message').count()).toBe(0);
    await page.getByRole('combobox', { name: 'You are' }).selectOption('The baker');
    await page.getByRole('button', { name: 'Dismiss' }).click();

    await expect.poll(() => page.locator('.message').count()).toBe(0);
  });

  it('say that the bot is thinking, and that it did not answer', async () => {
    const page = await open(server.url);
    await use(page, '/slow');
    await page.getByText('Migration Assistant is thinking…').first().waitFor();
    bot.finish();
    await page.getByText('Now I know.').first().waitFor();

    await use(page, '/mute');

    await page.getByText('The bot did not answer /mute in time.').waitFor();
  });

  it('are written by people, too, and seen as unread elsewhere', async () => {
    const page = await open(server.url);
    await page.getByRole('button', { name: 'general' }).click();
    await page.getByRole('combobox', { name: 'Message' }).fill('Good *morning*');
    await page.keyboard.press('Enter');
    await page.locator('.message em', { hasText: 'morning' }).waitFor();

    await page.getByRole('combobox', { name: 'You are' }).selectOption('The helper');

    await page.getByRole('button', { name: 'general new' }).waitFor();
  });
});

describe('forms', () => {
  it('open as a dialog with every field, and what is filled in arrives', async () => {
    const page = await open(server.url);
    await use(page, '/form');
    const dialog = page.getByRole('dialog', { name: 'A large order' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Kit');
    await dialog.getByRole('radio', { name: 'Spelt' }).check();
    await dialog.getByRole('checkbox', { name: 'Jam' }).check();
    await dialog.getByRole('button', { name: 'Make a choice' }).click();
    await dialog.getByRole('option', { name: 'Van' }).click();

    await dialog.getByRole('button', { name: 'Submit' }).click();

    await page.getByText('Thank you for the form.').first().waitFor();
    expect(await dialog.isVisible()).toBe(false);
    expect(JSON.parse(bot.heard.at(-1) ?? '')).toEqual({
      name: 'Kit',
      bread: 'spelt',
      with: ['jam'],
      where: ['van'],
    });
  });

  it('are left with Escape, and can be opened again', async () => {
    const page = await open(server.url);
    await use(page, '/form');
    await page.getByRole('dialog').waitFor();

    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });

    await use(page, '/form');
    await page.getByRole('dialog').waitFor();
  });
});

describe('trouble', () => {
  it('makes Discord refuse the bot until it is set off', async () => {
    const page = await open(server.url);
    await page.getByRole('button', { name: 'Make trouble' }).click();
    await page.getByRole('switch', { name: 'Discord answers with errors' }).check();
    await page.getByText('Every request of the bot is answered with 502.').waitFor();
    expect((await fetch(`${discord.api}/v10/gateway`)).status).toBe(502);

    await page.getByRole('switch', { name: 'Discord answers with errors' }).uncheck();

    await page.getByText('Discord works again.').waitFor();
    expect((await fetch(`${discord.api}/v10/gateway`)).status).not.toBe(502);
  });

  it('cuts the connection of the bot, which comes back and answers', async () => {
    const page = await open(server.url);
    await page.getByRole('button', { name: 'Make trouble' }).click();
    await page.getByRole('button', { name: 'Cut the bot’s connection' }).click();
    await page.getByText('The bot’s connection with Discord was cut.').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => discord.connectedClients, { timeout: 15_000 }).toBe(1);

    await use(page, '/private');

    await page.getByRole('heading', { name: 'Pressed 0 times' }).waitFor();
  });
});

describe('on a phone', () => {
  it('shows one part at a time, with nothing to scroll sideways', async () => {
    const page = await open(server.url, { width: 390, height: 844 });
    await use(page, '/show');
    await page.getByRole('heading', { name: 'Today' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);

    await page
      .getByRole('navigation', { name: 'Parts of the page' })
      .getByRole('button', { name: 'Channels' })
      .click();
    expect(await page.getByRole('main').isVisible()).toBe(false);
    const channels = await page.getByRole('navigation', { name: 'Channels', exact: true }).boundingBox();
    expect(channels).toMatchObject({ x: 0, width: 390 });
    await page.getByRole('button', { name: 'general' }).click();

    expect(await page.getByRole('main').isVisible()).toBe(true);
    expect(await page.getByRole('heading', { name: '# general' }).isVisible()).toBe(true);
  });
});

it('gives every control a name for those who hear the page', async () => {
  const page = await open(server.url);
  await use(page, '/show');
  await page.getByRole('heading', { name: 'Today' }).waitFor();
  await page.getByRole('combobox', { name: 'Message' }).fill('/order');
  await page.keyboard.press('Enter');
  const cdp = await page.context().newCDPSession(page);

  const { nodes } = await cdp.send('Accessibility.getFullAXTree');

  const controls = nodes.filter(({ ignored, role }) => !ignored && CONTROLS.includes(String(role?.value)));
  expect(controls.length).toBeGreaterThan(12);
  expect(controls.filter(({ name }) => !name?.value).map(({ role }) => role?.value)).toEqual([]);
});

const CONTROLS = [
  'button',
  'textbox',
  'combobox',
  'listbox',
  'spinbutton',
  'link',
  'image',
  'switch',
  'checkbox',
];
