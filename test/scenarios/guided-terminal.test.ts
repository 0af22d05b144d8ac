import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { lines, put, quoted } from '../fixtures/write-files.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { canariesIn, findCanaries } from '../helpers/canaries.ts';
import { CLOSE, CTRL_C, CTRL_D, chooseInAgent, ENTER, option, type Press } from '../helpers/chosen-agent.ts';
import { treeDigest } from '../helpers/digest.ts';
import { normalisedHome } from '../helpers/normalised-home.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { describeHome, newestBackup } from '../helpers/tiny-migration.ts';

/** Opens a terminal that sends no signal when it goes away, and closes it at the first question; prints the exit code. */
const CLOSE_WITHOUT_SIGNAL = `
import os, pty, subprocess, sys
master, slave = pty.openpty()
child = subprocess.Popen(sys.argv[1:], stdin=slave, stdout=slave, stderr=subprocess.PIPE, start_new_session=True)
os.close(slave)
seen = b""
while "⏎".encode() not in seen:
    seen += os.read(master, 65536)
os.close(master)
print(child.wait(), child.stderr.read().decode())
`;

const GUIDED = ['migrate-from-git', 'clone', '--guided', '--offline'];
/** To the approval and beyond, with the choice by default; the open decision takes its first answer. */
const TO_THE_BACKUP: readonly Press[] = [
  ['How do you want to decide', ENTER],
  ['Decision 1 of 1', ENTER],
  ['Nothing was written yet', option(1)],
  ['Make a recovery kit now?', ENTER],
];
const TO_THE_END: readonly Press[] = [
  ['Go on with "Conversion"', ENTER],
  ['Go on with "Validation"', ENTER],
  ['Go on with "Final setup"', ENTER],
  ['The package is not installed here', ENTER],
];

describe('a guided migration at the terminal, with the real program', () => {
  const folder = useTempFolder();
  let tiny: TinyInstallation;

  beforeEach(() => {
    tiny = questions(buildTinyInstallation(folder(), 'none'));
  });

  /** An installation with two decisions: a value out of range, and a line that shells read otherwise. */
  function questions(made: TinyInstallation): TinyInstallation {
    put(
      made.clone,
      'config.yml',
      lines(
        'orchestrator:',
        '  log_level: LOUD',
        'projects:',
        '  shop:',
        `    path: ${quoted(made.project)}`,
      ),
    );
    put(made.clone, '.env', `${readFileSync(join(made.clone, '.env'), 'utf8')}API_PORT = 8081\n`);
    return made;
  }

  const choose = (presses: readonly Press[], args: readonly string[] = GUIDED) =>
    chooseInAgent(tiny.home, args, presses, {
      MIGRATION_AGENT_HOME: tiny.agentHome,
      MIGRATION_BACKUP_DIR: tiny.backups,
    });
  const run = (...args: string[]) =>
    runAgent(tiny.home, args, { MIGRATION_AGENT_HOME: tiny.agentHome, MIGRATION_BACKUP_DIR: tiny.backups });

  it('goes from the checklist to the summary, each phase after a yes, and tells where everything is', async () => {
    const before = treeDigest(tiny.clone);

    const { exit, screen } = await choose([...TO_THE_BACKUP, ...TO_THE_END]);

    expect(exit).toBe(0);
    for (const heading of [
      'Before you begin',
      'Phase 1 of 5: Analysis and plan',
      'Phase 2 of 5: Safety backup',
      'Phase 3 of 5: Conversion of the configuration',
      'Phase 4 of 5: Validation',
      'Phase 5 of 5: Final setup',
      'Moved, not yet usable',
      'Summary',
      'Next steps',
    ])
      expect(screen).toContain(`\n${heading}\n`);
    expect(screen).toMatch(/Room on the disk +up to [\d.]+ MB needed, [\d.]+ GB free/);
    expect(screen).toMatch(/Verified +6 of 6 files read back and equal/);
    expect(screen).toMatch(/Key +proven: it opened \d+ of \d+/);
    expect(screen).toMatch(/\[#{24}\] 100% {2}6 of 6 files/);
    expect(screen).toMatch(/Projects +1 of 1 in effect/);
    expect(screen).toMatch(/Integrity +backup 6 of 6 verified/);
    expect(screen).toContain('agent-orch status');
    expect(treeDigest(tiny.clone)).toBe(before);
    const record = JSON.parse(readFileSync(join(tiny.target, 'migration/receipt.json'), 'utf8'));
    expect(record.decisions.answered).toEqual([{ id: 'value:global.log_level', option: expect.any(String) }]);
    for (const [name, path] of [...screen.matchAll(/^ {2}(Report|Log|Receipt) +~\/(\S+)$/gm)].map((m) => [
      m[1],
      m[2],
    ]))
      expect(existsSync(join(tiny.home, path as string)), name).toBe(true);
    expect(canariesIn(screen, tiny.canaries)).toEqual([]);
  });

  it('paused after the backup and gone on with later it leads to the same bytes as without a pause', async () => {
    await choose([...TO_THE_BACKUP, ...TO_THE_END]);
    const undisturbed = normalisedHome(tiny.target);
    expect(run('restore-migration-backup', '--yes')).toMatchObject({ exit: 0 });

    const paused = await choose([...TO_THE_BACKUP, ['Go on with "Conversion"', option(2)]]);
    expect(paused.exit).toBe(5);
    expect(paused.screen).toMatch(/Paused before "Conversion"\. The new home is as it was/);
    expect(existsSync(tiny.target)).toBe(false);
    const resumed = await choose(TO_THE_END, ['migrate-resume', '--offline']);

    expect(resumed.exit).toBe(0);
    expect(resumed.screen).toMatch(/done +Phase 2 of 5: Safety backup/);
    expect(resumed.screen).toMatch(/not yet +Phase 5 of 5: Final setup/);
    expect(normalisedHome(tiny.target)).toEqual(undisturbed);
  });

  it('goes back to the decision before, and keeps what was answered last', async () => {
    const { exit, screen } = await choose([
      ['How do you want to decide', option(2)],
      ['Decision 1 of 2', ENTER],
      ['Decision 2 of 2', option(3)],
      ['Decision 1 of 2', option(2)],
      ['Decision 2 of 2', option(2)],
      ['Nothing was written yet', option(3)],
      ['The whole plan is above', option(6)],
    ]);

    expect(exit).toBe(0);
    expect(screen).toContain('Nothing was changed. Your answers are kept, and offered next time.');
    const kept = JSON.parse(readFileSync(join(tiny.agentHome, 'answers.json'), 'utf8'));
    expect(Object.keys(kept.installations[tiny.clone].answers)).toHaveLength(2);
    const again = await choose([
      ['How do you want to decide', option(2)],
      ['Decision 1 of 2', CTRL_C],
    ]);
    expect(again.screen).toMatch(/❯ 2\. .*\(your choice last time\)/);
  });

  it('shows the differences before the yes, without a secret', async () => {
    const { screen } = await choose([
      ['How do you want to decide', ENTER],
      ['Decision 1 of 1', ENTER],
      ['Nothing was written yet', ENTER],
      ['The differences are above', option(6)],
    ]);

    expect(screen).toContain('+++ config.yaml (new)');
    expect(screen).toMatch(/credentials\.discord_bot_token: \*{8}/);
    expect(canariesIn(screen, tiny.canaries)).toEqual([]);
    expect(existsSync(tiny.target)).toBe(false);
  });

  it.each([
    ['Ctrl-C', CTRL_C],
    ['Ctrl-D', CTRL_D],
  ])('%s at a question before the yes changes nothing and says how to begin again', async (_, key) => {
    const before = treeDigest(tiny.home);

    const { exit, screen } = await choose([['How do you want to decide', key]]);

    expect(exit).toBe(0);
    expect(screen).toMatch(/Nothing was changed\.\n.*migrate-from-git ~\/clone --guided/);
    expect(treeDigest(tiny.home)).toBe(before);
    expect(existsSync(tiny.agentHome)).toBe(false);
  });

  it('Ctrl-C between two phases is a pause', async () => {
    const { exit, screen } = await choose([...TO_THE_BACKUP, ['Go on with "Conversion"', CTRL_C]]);

    expect(exit).toBe(5);
    expect(screen).toMatch(/Go on with +.*migrate-resume run-/);
    expect(run('migrate-status').stdout).toContain('paused after "Creating backup"');
  });

  it('a terminal that is closed leaves a paused run, and nothing half-done', async () => {
    await choose([...TO_THE_BACKUP, ['Go on with "Conversion"', ENTER], ['Go on with "Validation"', CLOSE]]);

    expect(existsSync(tiny.target)).toBe(false);
    expect(run('migrate-status').stdout).toContain('paused after "Registering projects"');
    const resumed = await choose(TO_THE_END.slice(1), ['migrate-resume', '--offline']);
    expect(resumed.exit).toBe(0);
  });

  it('a terminal that goes away without a word is the end of the question, not of the program', () => {
    const entry = join(import.meta.dirname, '..', '..', 'src', 'agent.ts');
    const env = { PATH: '/usr/bin:/bin', HOME: tiny.home, LC_ALL: 'C.UTF-8', TERM: 'xterm' };
    const told = execFileSync(
      '/usr/bin/python3',
      ['-c', CLOSE_WITHOUT_SIGNAL, process.execPath, entry, ...GUIDED],
      {
        cwd: tiny.home,
        env,
        encoding: 'utf8',
      },
    );

    expect(told).toBe('0 \n');
  });

  it('a cancel is asked about twice and takes everything back; the backup stays', async () => {
    const before = describeHome(tiny);

    const { exit, screen } = await choose([
      ...TO_THE_BACKUP,
      ['Go on with "Conversion"', ENTER],
      ['Go on with "Validation"', option(3)],
      ['Take everything back?', ENTER],
      ['Go on with "Validation"', option(3)],
      ['Take everything back?', option(2)],
    ]);

    expect(exit).toBe(0);
    expect(screen).toContain('Cancelled: everything is as it was before. The backup stays.');
    expect(describeHome(tiny)).toEqual(before);
    expect(existsSync(newestBackup(tiny))).toBe(true);
  });

  it('is what no mode means at a terminal', async () => {
    const { screen } = await choose(
      [['How do you want to decide', option(4)]],
      ['migrate-from-git', 'clone', '--offline'],
    );

    expect(screen).toContain('Guided Migration');
    expect(screen).toContain('Nothing was changed.');
  });

  it('is carried out from the menu that ends an assessment', async () => {
    const { exit, screen } = await chooseInAgent(
      tiny.home,
      ['migrate-assess', 'clone', '--offline'],
      [{ after: 'Select migration type', line: 'guided' }, ['How do you want to decide', option(4)]],
    );

    expect(exit).toBe(0);
    expect(screen).toContain('Guided Migration');
  });

  describe('without a terminal', () => {
    const ENV = () => ({ MIGRATION_AGENT_HOME: tiny.agentHome, MIGRATION_BACKUP_DIR: tiny.backups });
    const ask = (...args: string[]) => askAgent<{ outcome?: string; setup?: object }>(tiny.home, args, ENV());

    it('goes to its end by a file of answers, with JSON lines on stderr', () => {
      put(tiny.home, 'answers.yml', 'value:global.log_level: default\n');
      const { exit, stdout, stderr } = run(...GUIDED, '--answers', 'answers.yml', '--json');

      expect(exit).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        ok: true,
        result: { outcome: 'not-yet-usable', setup: { usable: false } },
      });
      const events = stderr
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(events).toContainEqual(
        expect.objectContaining({ type: 'phase', phase: 'validate', state: 'done' }),
      );
      expect(findCanaries(tiny.target, tiny.canaries)).toEqual([]);
    });

    it('shows the phases to people, with no question', () => {
      put(tiny.home, 'answers.yml', 'value:global.log_level: default\n');
      const { exit, stdout } = run(...GUIDED, '--answers', 'answers.yml');

      expect(exit).toBe(0);
      expect(stdout).toContain('Phase 4 of 5: Validation');
      expect(stdout).not.toContain('⏎');
    });

    it('ends with what is open where a decision is not answered', () => {
      expect(ask(...GUIDED, '--yes')).toMatchObject({ exit: 3, error: { name: 'DECISIONS_OPEN' } });
      expect(existsSync(tiny.target)).toBe(false);
    });

    it('needs a yes beforehand: a file of answers, or --yes', () => {
      buildTinyInstallation(folder(), 'none');
      expect(ask(...GUIDED)).toMatchObject({ exit: 2, error: { name: 'CONFIRMATION_NEEDED' } });
      expect(ask(...GUIDED, '--yes')).toMatchObject({ exit: 0 });
    });

    it('no mode at all is refused, and the hint names all of them', () => {
      const { exit, error } = ask('migrate-from-git', 'clone');

      expect(exit).toBe(2);
      for (const mode of ['--guided', '--automated', '--manual']) expect(error?.hint).toContain(mode);
    });
  });
});
