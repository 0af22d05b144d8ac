import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { messageText } from '../../src/playground/discord/driver/look.ts';
import { type Playground, startPlayground } from '../../src/playground/start-playground.ts';
import { Story } from '../../src/playground/tour/story.ts';
import { Canaries } from '../fixtures/canaries.ts';
import { buildExistingTarget } from '../fixtures/existing-target.ts';
import { useOrchestrator } from '../helpers/orchestrator-program.ts';

/** The real bot and the real agent, with a configuration home that was there before the migration. */
describe('a rollback from Discord after newer work', () => {
  const open: Playground[] = [];
  const start = useOrchestrator();
  afterEach(async () => {
    for (const playground of open.splice(0)) await playground.close();
  });

  async function migratedAndWorkedOn() {
    const playground = await startPlayground();
    open.push(playground);
    const { home, clone, target } = playground.computer;
    const toolbox = join(home, 'toolbox');
    mkdirSync(toolbox);
    buildExistingTarget(home, '.agent-workflow', toolbox, new Canaries());
    const file = (name: string) => readFileSync(join(target.folder, name), 'utf8');
    const before = { config: file('config.yaml') };
    const story = new Story(playground);
    await story.link();
    await story.connect();
    await story.assess();
    await story.migrate();
    const later = '  later:\n    name: later\n    path: /srv/later\n';
    appendFileSync(join(target.folder, 'projects/registry.yaml'), later);
    return { playground, story, clone: clone.folder, file, before };
  }

  async function preview({ owner }: Story, playground: Playground) {
    await owner.slash(playground.discord.channelId('migration-help'), '/rollback');
  }

  it('carries a newer project over, and stops the orchestrator that runs and starts it again, if a person says so', async () => {
    const { playground, story, clone, file, before } = await migratedAndWorkedOn();
    const program = await start(clone, join(playground.folder, 'orchestrator.log'));

    await preview(story, playground);
    const blocked = await story.card('An orchestrator is running');
    expect(messageText(blocked)).toContain('Carried over: 1 newer project or secret');
    expect(messageText(blocked)).not.toContain('Roll back now');
    await story.owner.press(blocked.id, 'Stop it, and start it again afterwards');
    await story.card('stopped before the rollback and started again after it');
    const end = messageText(await story.rollBack());

    expect(end).toContain('Carried over: 1 newer project or secret');
    expect(end).toContain('Orchestrator: stopped, 1 of 1 started again');
    expect(file('config.yaml')).toBe(before.config);
    expect(file('projects/registry.yaml')).toContain('path: /srv/later');
    await expect.poll(program.log).toHaveLength(3);
    expect(program.log().map((line) => line.split(' ')[0])).toEqual(['start', 'end', 'start']);
    expect(playground.computer.terminal.text).toContain(`stops process ${program.pid}, an orchestrator`);
    expect(playground.discord.traffic.frames.map(({ text }) => text).join('\n')).not.toContain('/srv/later');
  });

  it('leaves newer work, or keeps its files as they are, as the person chooses', async () => {
    const { playground, story, file, before } = await migratedAndWorkedOn();
    const worked = file('projects/registry.yaml');

    await preview(story, playground);
    const carrying = await story.card('Carried over: 1 newer project or secret');
    await story.owner.press(carrying.id, 'Leave newer work in the backup');
    const leaving = await story.card(
      'Not carried over, but in the backup that is made first: 1 newer project or secret',
    );
    await story.owner.press(leaving.id, 'Keep newer files as they are now');
    await story.card('Kept as they are now: 1 newer file');
    expect(messageText(await story.rollBack())).toContain('everything is as before, but for newer work');
    expect(file('config.yaml')).toBe(before.config);
    expect(file('projects/registry.yaml')).toBe(worked);
  });
});
