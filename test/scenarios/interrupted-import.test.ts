import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { manualInstallation, SECRETS } from '../fixtures/manual-installation.ts';
import { put } from '../fixtures/write-files.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { describeTree, treeDigest } from '../helpers/digest.ts';
import { normalisedHome } from '../helpers/normalised-home.ts';
import { secretsOf } from '../helpers/stored-secrets.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { typeToAgent } from '../helpers/typed-agent.ts';

const PRELOAD = pathToFileURL(join(import.meta.dirname, '..', 'helpers', 'kill-at.ts')).href;
const PASSPHRASE = 'gently seven lanterns';
/** Records of the journal: in the backup, with the staged home waiting to be checked, after it was put into place. */
const POINTS = [4, 12, 15];

const killedAt = (record: number) => ({
  NODE_OPTIONS: `--import ${PRELOAD}`,
  AWM_KILL_AT: `${record} after SIGKILL`,
});

describe('an import whose process was killed', () => {
  const folder = useTempFolder();
  const target = () => join(folder(), '.agent-workflow');
  const out = () => join(folder(), 'out');

  it('goes on to the bytes of an undisturbed one, and is rolled back to those of before', () => {
    const { home, clone } = manualInstallation(folder());
    const source = treeDigest(clone);
    expect(runAgent(home, ['export-config', 'out', '--source', clone]).exit).toBe(0);
    edit('old-config/orchestrator.yaml', 'log_level: INFO', 'log_level: ERROR');
    rmSync(join(out(), 'projects/one.yaml'));
    const exported = treeDigest(out());
    expect(runAgent(home, ['import-config', 'out', '--yes']).exit).toBe(0);
    const undisturbed = normalisedHome(target());
    for (const point of POINTS) {
      expect(runAgent(home, ['restore-migration-backup', '--yes']).exit).toBe(0);
      expect(existsSync(target())).toBe(false);
      expect(runAgent(home, ['import-config', 'out', '--yes'], killedAt(point)).exit).toBe(-1);

      const resumed = runAgent(home, ['migrate-resume']);

      expect(resumed.exit, resumed.stderr).toBe(0);
      expect(normalisedHome(target()), `record ${point}`).toEqual(undisturbed);
      expect(secretsOf(home)).toEqual(SECRETS);
    }
    expect([treeDigest(clone), treeDigest(out())]).toEqual([source, exported]);
  });

  it('and that took a passphrase asks for it again, and goes on nowhere without it', async () => {
    const { home, clone } = manualInstallation(folder());
    const made = await typeToAgent(
      home,
      ['export-config', 'out', '--source', clone, '--with-secrets'],
      [
        ['Passphrase', PASSPHRASE],
        ['again', PASSPHRASE],
      ],
    );
    expect(made.exit, made.screen).toBe(0);
    rmSync(clone, { recursive: true });
    const typed = [
      ['Passphrase', PASSPHRASE],
      ['[y/N]', 'y'],
    ] as const;
    const killed = await typeToAgent(home, ['import-config', 'out'], typed, killedAt(12));
    expect(killed.exit, killed.screen).toBe(-1);
    const before = describeTree(home);

    const alone = askAgent(home, ['migrate-resume']);
    expect(alone.error).toMatchObject({ name: 'EXPORT_PASSPHRASE_NEEDED' });
    expect(describeTree(home)).toEqual(before);
    const resumed = await typeToAgent(
      home,
      ['migrate-resume'],
      [
        ['Passphrase', 'not this one, surely'],
        ['Passphrase', PASSPHRASE],
      ],
    );

    expect(resumed.exit, resumed.screen).toBe(0);
    expect(resumed.screen).not.toContain(PASSPHRASE);
    expect(secretsOf(home)).toEqual(SECRETS);
  });

  it('and whose export was edited since is stale and taken back; a new import has the edit', () => {
    const { home, clone } = manualInstallation(folder());
    expect(runAgent(home, ['export-config', 'out', '--source', clone]).exit).toBe(0);
    expect(runAgent(home, ['import-config', 'out', '--yes'], killedAt(12)).exit).toBe(-1);
    edit('old-config/orchestrator.yaml', 'log_level: INFO', 'log_level: ERROR');

    const stale = askAgent(home, ['migrate-resume']);

    expect(stale).toMatchObject({ exit: 6, error: { name: 'PLAN_STALE' }, result: { outcome: 'undone' } });
    expect(existsSync(target())).toBe(false);
    expect(runAgent(home, ['import-config', 'out', '--yes']).exit).toBe(0);
    expect(readFileSync(join(target(), 'config.yaml'), 'utf8')).toMatch(/log_level: "?ERROR/);
  });

  function edit(place: string, from: string, to: string): void {
    const path = join(out(), place);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  }
});

describe('an export that is edited between the plan and its approval', () => {
  const folder = useTempFolder();

  it.each([
    [
      'edited',
      (out: string) => writeFileSync(join(out, 'old-config/orchestrator.yaml'), 'orchestrator: {}\n'),
    ],
    ['deleted', (out: string) => rmSync(join(out, 'projects/one.yaml'))],
    ['added', (out: string) => put(out, 'projects/four.yaml', 'name: four\n')],
  ])('makes the plan stale, and nothing is changed: %s', async (_, change) => {
    const { home, clone } = manualInstallation(folder());
    const out = join(home, 'out');
    expect(runAgent(home, ['export-config', 'out', '--source', clone]).exit).toBe(0);
    const source = treeDigest(clone);

    const run = await typeToAgent(
      home,
      ['import-config', 'out'],
      [
        [
          '[y/N]',
          () => {
            change(out);
            return 'y';
          },
        ],
      ],
    );

    expect(run.exit, run.screen).toBe(6);
    expect(run.screen).toMatch(/AWM-1303.*\/out\//);
    expect(existsSync(join(home, '.agent-workflow'))).toBe(false);
    expect(treeDigest(clone)).toBe(source);
    expect(runAgent(home, ['import-config', 'out', '--yes']).exit).toBe(0);
  });
});
