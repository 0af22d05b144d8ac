import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { CANARIES, manualInstallation, SECRETS } from '../fixtures/manual-installation.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { findCanaries } from '../helpers/canaries.ts';
import { chooseInAgent, ENTER, option } from '../helpers/chosen-agent.ts';
import { describeTree, treeDigest } from '../helpers/digest.ts';
import { secretsOf } from '../helpers/stored-secrets.ts';
import { useTempFolder } from '../helpers/temp.ts';

const IMPORT = ['import-config', 'out', '--interactive', '--offline'];

describe('an import that a person is led through', () => {
  const folder = useTempFolder();
  let home: string;
  let clone: string;

  beforeEach(() => {
    ({ home, clone } = manualInstallation(folder()));
    expect(runAgent(home, ['export-config', 'out', '--source', clone]).exit).toBe(0);
    const settings = join(home, 'out/old-config/orchestrator.yaml');
    writeFileSync(settings, readFileSync(settings, 'utf8').replace('log_level: INFO', 'log_level: LOUD'));
  });

  const target = () => join(home, '.agent-workflow');

  it('sees the edits, decides one by one with a way back, looks at the differences, and says yes once', async () => {
    const source = treeDigest(clone);
    const run = await chooseInAgent(home, IMPORT, [
      ['How do you want to decide', option(2)],
      ['Decision 1 of 1', ENTER],
      ['Nothing was written yet', option(5)],
      ['How do you want to decide', option(2)],
      ['Decision 1 of 1', ENTER],
      ['Nothing was written yet', option(2)],
      ['The differences are above', option(1)],
    ]);

    expect(run.exit, run.screen).toBe(0);
    expect(run.screen).toContain('Edited\n  - old-config/orchestrator.yaml');
    expect(run.screen).toContain('config.yaml');
    expect(run.screen).toContain('Import of an Export');
    expect(secretsOf(home)).toEqual(SECRETS);
    expect(treeDigest(clone)).toBe(source);
  });

  it('types values that are nowhere, unseen, or leaves them out', async () => {
    rmSync(clone, { recursive: true });
    const run = await chooseInAgent(home, IMPORT, [
      ['has no value. What next', option(2)],
      { after: 'Value of ', line: SECRETS.discord_bot_token },
      ['has no value. What next', option(3)],
      ['How do you want to decide', ENTER],
      ['Decision 1 of 1', ENTER],
      ['Nothing was written yet', option(1)],
    ]);

    expect(run.exit, run.screen).toBe(0);
    expect(run.screen).not.toContain(SECRETS.discord_bot_token);
    expect(Object.values(secretsOf(home) as object)).toEqual([SECRETS.discord_bot_token]);
    expect(findCanaries(join(home, 'out'), CANARIES)).toEqual([]);
    expect(findCanaries(target(), CANARIES)).toEqual([]);
  });

  it('that is left changes nothing, and is refused where nobody can be asked', async () => {
    const before = describeTree(home).filter(
      (line) => !/^(\.|\.local.*) /.test(line) && !line.startsWith('.local'),
    );
    const left = await chooseInAgent(home, IMPORT, [
      ['How do you want to decide', ENTER],
      ['Decision 1 of 1', ENTER],
      ['Nothing was written yet', '\u0003'],
    ]);
    expect(left.exit, left.screen).toBe(0);
    expect(left.screen).toContain('Nothing was changed.');
    expect(existsSync(target())).toBe(false);
    expect(askAgent(home, IMPORT)).toMatchObject({ exit: 2, error: { name: 'IMPORT_NEEDS_TERMINAL' } });
    expect(
      describeTree(home).filter((line) => !/^(\.|\.local.*) /.test(line) && !line.startsWith('.local')),
    ).toEqual(before);
  });
});
