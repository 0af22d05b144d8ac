import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageText } from '../../../src/playground/discord/driver/look.ts';
import { type Playground, startPlayground } from '../../../src/playground/start-playground.ts';
import { Story } from '../../../src/playground/tour/story.ts';
import { TROUBLE_NAMES, Troubles } from '../../../src/playground/web/troubles.ts';

let playground: Playground;
let troubles: Troubles;
let story: Story;
beforeAll(async () => {
  playground = await startPlayground();
  troubles = new Troubles(playground);
  story = new Story(playground);
});
afterAll(() => playground.close({ allow: ['unanswered'] }));

const help = () => playground.discord.channelId('migration-help');
const ask = async () => messageText((await story.owner.slash(help(), '/help')).message);
const statesSeen = () => playground.discord.traffic.frames.map(({ about }) => about);
const isOn = (name: string) => troubles.list.find((one) => one.name === name)?.on;

describe('trouble at the press of a button', { timeout: 120_000 }, () => {
  it.each([
    ['server-errors', ' 502'],
    ['rate-limits', ' 429'],
  ] as const)('%s: the bot lives through it, and answers once it has ended', async (name, status) => {
    const from = statesSeen().length;
    await troubles.set(name, true);
    expect(isOn(name)).toBe(true);
    // Whether this one is answered in time depends on when the trouble ends, as with the real Discord.
    const during = ask().catch(() => undefined);
    await story.owner.until(
      () =>
        statesSeen()
          .slice(from)
          .find((about) => about.endsWith(status)),
      { about: `an answer with${status}` },
    );

    await troubles.set(name, false);
    await during;

    expect(isOn(name)).toBe(false);
    expect(await ask()).toContain('/assess');
    expect(playground.bot.state).toBe('ready');
  });

  it('has one kind of Discord’s answers at a time', async () => {
    await troubles.set('server-errors', true);
    await troubles.set('rate-limits', true);
    expect([isOn('server-errors'), isOn('rate-limits')]).toEqual([false, true]);
    await troubles.set('rate-limits', false);
  });

  it('restart-bot: a bot that was killed runs again, and answers', async () => {
    expect(await troubles.set('restart-bot', true)).toContain('runs again');
    expect(isOn('restart-bot')).toBeUndefined();
    expect(await ask()).toContain('/assess');
  });

  it('claude-down: the check of the computer says so, until it has ended', async () => {
    await story.link();
    await story.connect();
    await story.assess();
    await story.migrate();
    await troubles.set('claude-down', true);
    expect(messageText(await story.check())).not.toContain('Claude: ready');
    await troubles.set('claude-down', false);
    expect(messageText(await story.check())).toContain('Claude: ready');
  });

  it('cut-gateway: what was asked after it is answered', async () => {
    await troubles.set('cut-gateway', true);
    expect(await ask()).toContain('/assess');
  });

  it('kill-agent: kills it once, and then says that there is none', async () => {
    const { terminal } = playground.computer;
    const from = terminal.text.length;
    expect(await troubles.set('kill-agent', true)).toContain('was killed');
    await terminal.waitFor(/Killed/, { from });
    expect(await troubles.set('kill-agent', true)).toContain('No agent runs');
  });

  it('has a test for each switch of the page', () => {
    expect([...TROUBLE_NAMES].sort()).toEqual(
      ['claude-down', 'cut-gateway', 'kill-agent', 'rate-limits', 'restart-bot', 'server-errors'].sort(),
    );
  });
});
