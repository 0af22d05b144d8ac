import { messageText } from '../discord/driver/look.ts';
import { startPlayground } from '../start-playground.ts';
import { ledgerIsWhole, type Proof, pythonReadsIt } from './proofs.ts';
import { Story } from './story.ts';
import { treeDigest } from './tree-digest.ts';

/** What the agent keeps for itself; a rollback leaves it, and so the person can take the rollback back. */
const OF_THE_AGENT = ['.local', '.agent-workflow-backups'];

/**
 * The whole story in the terminal, without a browser: link, assess, migrate, check, roll back, and what proves it. Returns
 * 0 when every proof held that could be made here, else 1.
 */
export async function tour(say: (line: string) => void): Promise<number> {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const chapter = (title: string) => say(`\n[${seconds()}] ${title}`);
  say('A tour: the real bot and the real agent, on a Discord of their own, with a sample installation.');
  const playground = await startPlayground();
  try {
    const { computer } = playground;
    const story = new Story(playground);
    const before = await digests(computer);

    chapter('The computer asks to be linked');
    say('  terminal  migration-agent pair');
    const words = await story.link();
    say(`  terminal  The words: ${words.terminal}`);
    say(
      `  Discord   /machine pair: ${words.discord === '' ? 'OTHER WORDS' : `${words.discord}. The same words: linked`}`,
    );
    await story.connect();
    say('  terminal  migration-agent connect');

    chapter('/assess');
    tell(say, messageText(await story.assess()));

    chapter('Automated, approved');
    let phase = '';
    const result = await story.migrate((text) => {
      const now = /^(?:Now|Done|Words of this plan).*$/m.exec(text)?.[0] ?? '';
      if (now !== phase && now !== '') say(`  card      ${now.replaceAll('**', '')}`);
      phase = now;
    });
    tell(say, messageText(result));
    const migrated = [
      await pythonReadsIt(computer.target.folder),
      await ledgerIsWhole(computer.target.folder),
    ];

    chapter('/check');
    tell(say, messageText(await story.check()));

    chapter('/rollback');
    tell(say, messageText(await story.previewRollback()));
    tell(say, messageText(await story.rollBack()));
    const after = await digests(computer);
    const proofs = [...migrated, sameAsBefore(before, after)];

    chapter('What proves it');
    for (const [index, proof] of proofs.entries())
      say(`  ${index + 1} of ${proofs.length}  ${proofLine(proof)}`);
    const failed = proofs.filter(({ shown }) => shown === false).length + (words.discord === '' ? 1 : 0);
    say(`\n${failed === 0 ? 'All of it held' : `${failed} did not hold`}, after ${seconds()}.`);
    return failed === 0 ? 0 : 1;
  } finally {
    await playground.close();
  }
}

async function digests({
  home,
  clone,
}: {
  readonly home: string;
  readonly clone: { readonly folder: string };
}) {
  return { clone: await treeDigest(clone.folder), home: await treeDigest(home, OF_THE_AGENT) };
}

type Digests = Awaited<ReturnType<typeof digests>>;

function sameAsBefore(before: Digests, after: Digests): Proof {
  const isSame = before.home.sha256 === after.home.sha256 && before.clone.sha256 === after.clone.sha256;
  return {
    claim: 'The rollback is exact',
    shown: isSame,
    how: `${after.home.entries} entries of the home, ${after.clone.entries} of them in the clone: names, modes, times and bytes`,
  };
}

function proofLine({ claim, shown, how }: Proof): string {
  const verdict = { true: 'shown', false: 'FAILED', undefined: 'not tried' }[`${shown}`];
  return `${claim}: ${verdict} (${how})`;
}

/** The words of a card, one line each, without markdown. */
function tell(say: (line: string) => void, text: string): void {
  for (const line of text.split('\n').filter(Boolean))
    say(`  card      ${line.replaceAll('**', '').replace(/^(?:#{1,3}|-#) /, '')}`);
}
