import { startPlayground } from '../../src/playground/start-playground.ts';
import { Story } from '../../src/playground/tour/story.ts';

/** How late the latest acknowledgement is while the whole story is played, as the look-alike of Discord recorded it. */
export async function acknowledgements(_folder: string, rounds: number): Promise<string[]> {
  const all: number[] = [];
  let slowest = { about: '', milliseconds: -1 };
  for (let round = 0; round < rounds; round++) {
    for (const each of await playStory()) {
      all.push(each.milliseconds);
      if (each.milliseconds > slowest.milliseconds) slowest = each;
    }
  }
  const cells = [all.length, rounds, slowest.milliseconds, `${slowest.about} |`];
  return [
    [
      '### Acknowledgements in the whole story: link, assess, migrate, check, roll back',
      '',
      '| interactions | stories | latest acknowledgement, ms | which |',
      '|---|---|---|---|',
      `| ${cells.join(' | ')}`,
      '',
    ].join('\n'),
  ];
}

/** Each interaction of one story. @throws when one was never acknowledged */
async function playStory(): Promise<{ readonly about: string; readonly milliseconds: number }[]> {
  const playground = await startPlayground();
  try {
    const story = new Story(playground);
    await story.link();
    await story.connect();
    await story.assess();
    await story.migrate();
    await story.check();
    await story.previewRollback();
    await story.rollBack();
    return playground.discord.interactions.map(({ about, createdAt, acknowledgedAt }) => {
      if (acknowledgedAt === undefined) throw new Error(`${about} was not acknowledged.`);
      // Ids of buttons are made up anew each time.
      return { about: about.replace(/:[^:]+$/, ''), milliseconds: acknowledgedAt - createdAt };
    });
  } finally {
    await playground.close();
  }
}
