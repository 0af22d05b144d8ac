import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { messageText } from '../../src/playground/discord/driver/look.ts';
import { INVENTED_TOKENS } from '../../src/playground/sample/invented.ts';
import { type Playground, startPlayground } from '../../src/playground/start-playground.ts';
import { ledgerIsWhole, pythonReadsIt } from '../../src/playground/tour/proofs.ts';
import { Story } from '../../src/playground/tour/story.ts';
import { treeDigest } from '../../src/playground/tour/tree-digest.ts';
import { canariesIn, findCanaries } from '../helpers/canaries.ts';
import { decodedTokens } from '../helpers/decoded-tokens.ts';

const KILL_AT = join(import.meta.dirname, '..', 'helpers', 'kill-at.ts');
/** What the agent keeps for itself, and what a rollback leaves. */
const OF_THE_AGENT = ['.local', '.agent-workflow-backups'];
const CANARIES = Object.entries(INVENTED_TOKENS).map(([name, value]) => ({
  name,
  value,
  needle: value,
  where: '.env',
}));

/** The real bot, the real agent and the loopback Discord, each a process or a socket of its own. */
describe('the whole sentence, from Discord', () => {
  const open: Playground[] = [];
  afterEach(async () => {
    for (const playground of open.splice(0)) await playground.close();
  });

  async function linked(): Promise<{ playground: Playground; story: Story }> {
    const playground = await startPlayground();
    open.push(playground);
    const story = new Story(playground);
    const { terminal, discord } = await story.link();
    expect(discord).toBe(terminal);
    return { playground, story };
  }

  const homeOf = ({ computer }: Playground) => treeDigest(computer.home, OF_THE_AGENT);

  it('links, assesses, migrates, checks and rolls back; Python reads the result, and the home is as it was', async () => {
    const { playground, story } = await linked();
    const { target } = playground.computer;
    const before = await homeOf(playground);
    await story.connect();

    expect(messageText(await story.assess())).toContain('**Recommended: automated**');
    const result = messageText(await story.migrate());
    expect(result).toContain('Projects: 3 of 3 in effect');
    expect(await pythonReadsIt(target.folder)).toMatchObject({ shown: true });
    expect(await ledgerIsWhole(target.folder)).toMatchObject({ shown: true });

    const check = messageText(await story.check());
    expect(check).toContain('Discord: ready');
    expect(check).toContain('Claude: ready');
    playground.claude.isDown = true;
    expect(messageText(await story.check())).not.toContain('Claude: ready');

    const files = (await target.now()).entries.filter(({ kind }) => kind !== 'folder').length;
    expect(messageText(await story.previewRollback())).toContain(`Removed: ${files} files`);
    expect(messageText(await story.rollBack())).toContain('Moved aside, not deleted: 1 entry');
    expect(await homeOf(playground)).toEqual(before);
    await story.owner.waitFor(
      playground.discord.channelId('migration-help'),
      (message) => messageText(message).includes('Rolled back: 1'),
      { about: 'the figures, with the rollback' },
    );
  });

  it('shows nobody else anything, in any frame, log, record or message', async () => {
    const { playground, story } = await linked();
    await story.connect();
    await story.assess();
    await story.migrate();
    const { discord, people, folder, computer } = playground;
    const help = discord.channelId('migration-help');

    const second = people.second.driver;
    expect(second.channels().filter(({ isPrivate }) => isPrivate)).toEqual([]);
    expect(messageText((await second.slash(help, '/machine list')).message)).toContain(
      'No computer is linked',
    );
    expect(messageText((await second.slash(help, '/rollback')).message)).toContain('No computer is linked');
    expect(messageText((await second.slash(help, '/migrate status')).message)).toContain('AWM-2108');

    const frames = discord.traffic.frames.map(({ about, text }) => `${about} ${text}`).join('\n');
    expect(frames).toContain('Approve and migrate');
    expect(canariesIn(frames, CANARIES)).toEqual([]);
    for (const name of ['shop-front', 'orders-api', computer.home]) expect(frames).not.toContain(name);
    const log = readFileSync(join(folder, 'bot.log'), 'utf8');
    expect(log).not.toContain(discord.token);
    expect(canariesIn(log, CANARIES)).toEqual([]);
    expect(
      canariesIn(decodedTokens(readFileSync(join(folder, 'bot', 'bot.sqlite'), 'latin1')), CANARIES),
    ).toEqual([]);
    for (const place of [
      join(folder, 'bot'),
      ...['.local', '.agent-workflow', '.agent-workflow-backups'].map((name) => join(computer.home, name)),
    ])
      expect(findCanaries(place, CANARIES)).toEqual([]);
    expect(canariesIn(computer.terminal.text, CANARIES)).toEqual([]);
  });

  it('goes on after the bot was stopped between the plan and its approval', async () => {
    const { playground, story } = await linked();
    await story.connect();
    const assessed = await story.assess();
    await story.owner.press(assessed.id, 'Automated migration');
    const plan = await story.card('Approve and migrate');

    await playground.bot.restart();

    await story.owner.press(plan.id, 'Approve and migrate');
    expect(messageText(await story.card('Roll back: show what it would do'))).toContain('Projects: 3 of 3');
  });

  it('pauses after each phase when guided, over starts of bot and agent, and ends as the automated one', async () => {
    const { playground, story } = await linked();
    await story.connect();
    const { owner } = story;
    const assessed = await story.assess();
    await owner.press(assessed.id, 'Guided migration');
    const plan = await story.card('Approve and begin: Analysis');
    await owner.press(plan.id, 'Approve and begin: Analysis');

    for (const phase of ['Backup', 'Conversion', 'Validation', 'Final setup']) {
      const paused = await story.card(`Continue: ${phase}`);
      if (phase === 'Conversion') await playground.bot.restart();
      if (phase === 'Validation') {
        await playground.computer.killAgent();
        await story.connect();
      }
      expect(await playground.computer.target.now()).toMatchObject({ isAsAtStart: true });
      await owner.press(paused.id, `Continue: ${phase}`);
    }

    expect(messageText(await story.card('Roll back: show what it would do'))).toContain('Projects: 3 of 3');
    expect(await pythonReadsIt(playground.computer.target.folder)).toMatchObject({ shown: true });
    await owner.waitFor(
      playground.discord.channelId('migration-help'),
      (message) => messageText(message).includes('Method: guided 1'),
      { about: 'the figures: one attempt, guided' },
    );
  });

  it.each([
    ['finished', 'Finish the migration', 'Projects: 3 of 3 in effect'],
    ['taken back', 'Take it back, as before', 'everything is as before'],
  ])('is %s by a press after the agent was killed in the middle of the run', async (_how, press, words) => {
    const { playground, story } = await linked();
    const before = await homeOf(playground);
    await story.type(
      `AWM_KILL_AT='9 after SIGKILL' NODE_OPTIONS='--import ${KILL_AT}' migration-agent connect`,
      /connected to the bot/i,
    );
    const assessed = await story.assess();
    await story.owner.press(assessed.id, 'Automated migration');
    const plan = await story.card('Approve and migrate');
    const { terminal } = playground.computer;
    const from = terminal.text.length;
    await story.owner.press(plan.id, 'Approve and migrate');
    await terminal.waitFor(/Killed/, { from });

    await story.connect();
    const interrupted = await story.card(press);
    expect(messageText(interrupted)).toContain('nterrupted');
    await story.owner.press(interrupted.id, press);
    await story.card(words);

    if (press === 'Finish the migration')
      expect(await pythonReadsIt(playground.computer.target.folder)).toMatchObject({ shown: true });
    else expect(await homeOf(playground)).toEqual(before);
  });
});
