import * as fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { previewRollback } from '../../../src/agent/rollback/preview.ts';
import { type RollbackReport, resumeRollback, rollBack } from '../../../src/agent/rollback/rollback.ts';
import { selectionFrom } from '../../../src/agent/rollback/selection.ts';
import { loadRun, newestRun } from '../../../src/agent/run/run-record.ts';
import type { System } from '../../../src/agent/system.ts';
import { settleTimes } from '../../fixtures/settle.ts';
import { buildTinyInstallation, type TinyInstallation } from '../../fixtures/tiny-installation.ts';
import { put } from '../../fixtures/write-files.ts';
import { describeTree, treeDigest } from '../../helpers/digest.ts';
import { systemError, withOverrides } from '../../helpers/faulty-system.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { freshSystem, homeOf, migrateTiny, newestBackup } from '../../helpers/tiny-migration.ts';

const folder = useTempFolder();
let tiny: TinyInstallation;

async function rollBackOnly(
  only: readonly string[],
  type = 'selective',
  system: System = freshSystem(tiny),
): Promise<RollbackReport> {
  const home = homeOf(tiny);
  const preview = await previewRollback(system, home, newestBackup(tiny), selectionFrom(type, only));
  return rollBack(system, home, tiny.backups, preview);
}

async function undo(): Promise<RollbackReport> {
  const system = freshSystem(tiny);
  const preview = await previewRollback(system, homeOf(tiny), newestBackup(tiny, 'before-rollback'));
  return rollBack(system, homeOf(tiny), tiny.backups, preview);
}

const at = (rel: string) => join(tiny.target, rel);
const state = (rel: string) => join(tiny.project, '.orch-state', rel);
/** Every entry below a folder, but for those that `skip` fits; a folder's own time tells only that something in it moved. */
const contents = (path: string, skip: RegExp) =>
  Object.fromEntries(
    fs
      .readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((rel) => !skip.test(rel) && fs.lstatSync(join(path, rel)).isFile())
      .sort()
      .map((rel) => [rel, fs.readFileSync(join(path, rel), 'latin1')]),
  );

describe('A rollback of a part, of a home that was in use before', () => {
  let before: Record<string, string>;

  beforeEach(async () => {
    tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    before = contents(tiny.target, /^$/);
    expect(await migrateTiny(freshSystem(tiny), tiny)).toMatchObject({ outcome: 'not-yet-usable' });
  });

  it('config_only gives config.yaml its bytes from before, and leaves everything else as it is now', async () => {
    const now = contents(tiny.target, /^config\.yaml$/);
    expect(fs.readFileSync(at('config.yaml'), 'latin1')).not.toBe(before['config.yaml']);

    expect(await rollBackOnly([], 'config_only')).toMatchObject({
      outcome: 'rolled-back',
      restored: 1,
      movedAside: 0,
      verified: { done: 1, of: 1 },
    });

    expect(fs.readFileSync(at('config.yaml'), 'latin1')).toBe(before['config.yaml']);
    expect(contents(tiny.target, /^config\.yaml$/)).toEqual(now);
  });

  it('a category goes back with what the migration added to it', async () => {
    put(tiny.target, 'logs/later.log', 'later\n');
    const now = contents(tiny.target, /^credentials\.(key|enc)$|^logs/);

    const report = await rollBackOnly(['category:credentials', 'category:logs']);

    expect(report).toMatchObject({ outcome: 'rolled-back', failures: [] });
    expect(fs.readFileSync(at('credentials.enc'), 'latin1')).toBe(before['credentials.enc']);
    expect(fs.existsSync(at('logs'))).toBe('logs' in before);
    expect(contents(report.aside ?? '', /^$/)).toHaveProperty(['logs/later.log'], 'later\n');
    expect(contents(tiny.target, /^credentials\.(key|enc)$|^logs/)).toEqual(now);
  });

  it('a file or folder by its path, and a part in a folder that is gone', async () => {
    fs.rmSync(at('templates'), { recursive: true });
    const now = contents(tiny.target, /^templates/);

    expect(await rollBackOnly(['templates/my-project.yaml'])).toMatchObject({ outcome: 'rolled-back' });

    expect(fs.readFileSync(at('templates/my-project.yaml'), 'latin1')).toBe(
      before['templates/my-project.yaml'],
    );
    expect(contents(tiny.target, /^templates/)).toEqual(now);
  });

  it('a name that is neither in the backup nor in the home is an error, not "nothing to do"', async () => {
    const whole = treeDigest(tiny.root);
    await expect(rollBackOnly(['temlates'])).rejects.toMatchObject({ code: 'ROLLBACK_SELECTION' });
    await expect(rollBackOnly(['project:shoop'])).rejects.toMatchObject({ code: 'ROLLBACK_SELECTION' });
    expect(treeDigest(tiny.root)).toBe(whole);
  });

  it('the state of a project goes back only when it was chosen, and the rollback can be taken back', async () => {
    fs.writeFileSync(state('status.json'), '{"current_state": "SPRINT"}\n');
    put(tiny.project, '.orch-state/sprints/1.json', '{}\n');
    settleTimes(tiny.project);
    const [changed, home] = [describeTree(tiny.project), describeTree(tiny.target)];

    const report = await rollBackOnly(['project:shop']);

    expect(report).toMatchObject({ outcome: 'rolled-back', movedAside: 1 });
    expect(fs.readFileSync(state('status.json'), 'utf8')).toBe('{"current_state": "IDLE"}\n');
    expect(fs.existsSync(state('sprints'))).toBe(false);
    expect(describeTree(tiny.target)).toEqual(home);

    expect(await undo()).toMatchObject({ outcome: 'rolled-back' });
    expect(describeTree(tiny.project)).toEqual(changed);
    expect(describeTree(tiny.target)).toEqual(home);
  });

  it('a part can be taken back, and a full rollback works afterwards', async () => {
    settleTimes(tiny.target);
    const migrated = describeTree(tiny.target);
    await rollBackOnly(['category:config', 'category:credentials']);
    expect(await undo()).toMatchObject({ outcome: 'rolled-back' });
    expect(describeTree(tiny.target)).toEqual(migrated);

    await rollBackOnly(['agents'], 'selective');
    expect(await rollBackOnly([], 'full')).toMatchObject({ outcome: 'rolled-back' });
    expect(contents(tiny.target, /^$/)).toEqual(before);
  });

  it('that was interrupted goes on with the same part, and no other', async () => {
    fs.writeFileSync(at('reminder.txt'), 'later\n');
    const reals = freshSystem(tiny);
    const refusing = withOverrides(freshSystem(tiny), {
      rename: (from, to) => {
        if (String(to).endsWith('reminder.txt')) throw systemError('EACCES', String(to));
        reals.rename(from, to);
      },
    });
    const failed = await rollBackOnly(['reminder.txt', 'category:config'], 'selective', refusing);
    expect(failed.outcome).toBe('failed');
    const credentials = fs.readFileSync(at('credentials.enc'), 'latin1');

    const other = await rollBackOnly(['category:logs']);
    expect(other.run).not.toBe(failed.run);
    const { record } = loadRun(freshSystem(tiny), homeOf(tiny), failed.run);
    expect(await resumeRollback(freshSystem(tiny), homeOf(tiny), record)).toMatchObject({
      run: failed.run,
      outcome: 'rolled-back',
    });

    expect(fs.readFileSync(at('reminder.txt'), 'latin1')).toBe(before['reminder.txt']);
    expect(fs.readFileSync(at('config.yaml'), 'latin1')).toBe(before['config.yaml']);
    expect(fs.readFileSync(at('credentials.enc'), 'latin1')).toBe(credentials);
    expect(newestRun(freshSystem(tiny), homeOf(tiny), 'open')).toBeUndefined();
  });
});

describe('A rollback of a part, to a time when there was no home', () => {
  it('moves only that part aside', async () => {
    tiny = buildTinyInstallation(join(folder(), 'tiny'), 'none');
    await migrateTiny(freshSystem(tiny), tiny);
    const now = contents(tiny.target, /^config\.yaml$/);
    const config = fs.readFileSync(at('config.yaml'), 'utf8');

    const report = await rollBackOnly([], 'config_only');

    expect(report).toMatchObject({ outcome: 'rolled-back', movedAside: 1 });
    expect(fs.readFileSync(join(report.aside ?? '', 'config.yaml'), 'utf8')).toBe(config);
    expect(contents(tiny.target, /^$/)).toEqual(now);
  });
});
