import { appendFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Computer } from '../../../src/playground/computer/computer.ts';
import type { TreeWatch, WatchedTree } from '../../../src/playground/computer/tree-watch.ts';
import { type Sample, writeSample } from '../../../src/playground/sample/write-sample.ts';
import { useTempFolder } from '../../helpers/temp.ts';

describe('the computer', () => {
  const folder = useTempFolder('file');
  let sample: Sample;
  let computer: Computer;
  beforeAll(async () => {
    const [home, programs] = [join(folder(), 'home'), join(folder(), 'programs')];
    await mkdir(home);
    sample = await writeSample(home, { stateMegabytes: 0.1 });
    computer = await Computer.start({
      sample,
      programs,
      hub: `unix:${join(folder(), 'no-hub.sock')}`,
      services: { discord: 'http://127.0.0.1:9', claude: 'http://127.0.0.1:9' },
    });
  });
  afterAll(() => computer.close());

  /** Types a line and waits for what it writes. */
  async function run(line: string, pattern: RegExp): Promise<RegExpExecArray> {
    const from = computer.terminal.text.length;
    computer.terminal.type(`${line}\r`);
    return await computer.terminal.waitFor(pattern, { from });
  }

  it('runs the real agent, by both names that are printed', async () => {
    await run('migration-agent status', /This machine|Package/);
    await run('npm run -s agent -- roots list', /No folder is registered/);
  });

  it('kills the agent that runs in the terminal, and nothing else', async () => {
    await run('migration-agent pair', /Your Discord username/);

    expect(await computer.killAgent()).toBe(true);

    await computer.terminal.waitFor(/Killed/);
    expect(await computer.killAgent()).toBe(false);
    await run('echo $((6*7))', /\n42\n/);
  });

  it('shows the new home as it comes and goes, and that the old one stays as it was', async () => {
    const arrived = nextTree(computer.target, ({ entries }) =>
      entries.some(({ path }) => path === 'migration/receipt.json'),
    );
    await run('migration-agent migrate-from-git ~/agent-workflow --automated --yes', /Moved, not yet usable/);
    const { entries, isAsAtStart } = await arrived;
    expect(isAsAtStart).toBe(false);
    expect(entries).toContainEqual(
      expect.objectContaining({ path: 'credentials.key', kind: 'file', mode: '600' }),
    );

    const gone = nextTree(computer.target, ({ isThere }) => !isThere);
    await run('migration-agent restore-migration-backup --yes', /Rolled back/);
    expect((await gone).isAsAtStart).toBe(true);
    expect((await computer.clone.now()).isAsAtStart).toBe(true);
  });

  it('tells of a change in the old installation, which it lists without what git keeps', async () => {
    const changed = nextTree(computer.clone, ({ isAsAtStart }) => !isAsAtStart);

    appendFileSync(join(sample.clone, 'orchestrator.yaml'), '# later\n');

    const paths = (await changed).entries.map(({ path }) => path);
    expect(paths).toContain('.git');
    expect(paths.filter((path) => path.startsWith('.git/'))).toEqual([]);
  });
});

/** The first change of the tree that fits. */
function nextTree(watch: TreeWatch, fits: (tree: WatchedTree) => boolean): Promise<WatchedTree> {
  return new Promise((resolve) => {
    const stop = watch.on('change', (tree) => {
      if (!fits(tree)) return;
      stop();
      resolve(tree);
    });
  });
}
