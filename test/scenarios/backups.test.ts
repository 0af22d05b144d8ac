import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { canariesIn } from '../helpers/canaries.ts';
import { describeTree } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';

describe('the backups of a machine', () => {
  const folder = useTempFolder();
  let tiny: TinyInstallation;
  let backup: string;
  let identity: string;
  let migrated: string[];

  beforeEach(() => {
    tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    expect(runAgent(tiny.home, ['migrate-from-git', tiny.clone, '--automated', '--yes'])).toMatchObject({
      exit: 0,
    });
    const { result } = askAgent<{ backups: { path: string }[] }>(tiny.home, ['backups', 'list']);
    backup = result.backups[0]?.path ?? '';
    identity = join(tiny.home, '.local/state/migration-agent/backup-identity.txt');
    migrated = describeTree(tiny.target);
  });

  /** Neither `backups verify` nor a rollback gets past what is wrong, and nothing is written. */
  function expectRefused(name: string, said: RegExp): void {
    for (const args of [
      ['backups', 'verify'],
      ['restore-migration-backup', '--yes'],
    ]) {
      const answer = askAgent(tiny.home, args);
      expect(answer, args.join(' ')).toMatchObject({ ok: false, exit: 1, error: { name } });
      expect(answer.error?.message, args.join(' ')).toMatch(said);
    }
    expect(describeTree(tiny.target)).toEqual(migrated);
  }

  it('are listed and shown with what is encrypted, without any secret', () => {
    const list = runAgent(tiny.home, ['backups', 'list']);
    const show = runAgent(tiny.home, ['backups', 'show']);
    expect(list.stdout).toMatch(
      /^migration-backup-\d{8}-\d{6} {2}before-migration {2}\d+ files: .+ encrypted/,
    );
    expect(show.stdout).toContain(`source: ~/clone\n`);
    expect(show.stdout).toMatch(/ - \.env {2}\(encrypted\)\n/);
    expect(canariesIn(list.stdout + show.stdout, tiny.canaries)).toEqual([]);
  });

  it('give a part back: the preview names it, the rest stays, and --undo takes it back', () => {
    const part = ['restore-migration-backup', '--type', 'selective', '--only', 'category:config'];
    const preview = runAgent(tiny.home, [...part, '--only', 'project:shop', '--dry-run']);
    expect(preview.stdout).toMatch(/Chosen +category:config, project:shop\n/);
    expect(preview.stdout).toMatch(/State +~\/work\/shop\/\.orch-state\n/);
    expect(describeTree(tiny.target)).toEqual(migrated);

    const done = runAgent(tiny.home, [...part, '--yes']);
    expect(done).toMatchObject({ exit: 0 });
    expect(done.stdout).toContain('Rolled back: what was chosen is exactly as it was');
    const changed = describeTree(tiny.target).filter((line) => !migrated.includes(line));
    expect(changed).toEqual([
      expect.stringMatching(/^\. folder /),
      expect.stringMatching(/^config\.yaml file /),
    ]);

    expect(runAgent(tiny.home, ['restore-migration-backup', '--undo', '--yes'])).toMatchObject({ exit: 0 });
    expect(describeTree(tiny.target).map(withoutNanoseconds)).toEqual(migrated.map(withoutNanoseconds));
  });

  it('take a newer project over into what is restored, say so before, and keep what is named', () => {
    const registry = join(tiny.target, 'projects/registry.yaml');
    appendFileSync(registry, '  later:\n    name: later\n    path: /srv/later\n');
    writeFileSync(join(tiny.target, 'mine.txt'), 'mine\n');
    const roll = ['restore-migration-backup', '--keep', 'mine.txt'];
    expect(askAgent(tiny.home, [...roll, '--dry-run']).result).toMatchObject({
      newer_items: [{ kind: 'project', name: 'later', change: 'added', carried: true }],
      keep: ['mine.txt'],
    });
    const done = runAgent(tiny.home, [...roll, '--yes']);
    expect(done).toMatchObject({ exit: 0 });
    expect(done.stdout).toContain('carried over (--leave-newer does not)');
    expect(done.stdout).toContain('but for what you kept (mine.txt), with newer projects (later).');
    expect(readFileSync(registry, 'utf8')).toContain('/srv/later');
    expect(readFileSync(join(tiny.target, 'mine.txt'), 'utf8')).toBe('mine\n');
    const again = askAgent(tiny.home, ['restore-migration-backup', '--leave-newer', '--yes']);
    expect(again.result).toMatchObject({ outcome: 'rolled-back', carried: { projects: [], secrets: [] } });
    expect(readFileSync(registry, 'utf8')).not.toContain('/srv/later');
  });

  it('are not called verified where the key is missing', () => {
    renameSync(identity, `${identity}.away`);
    expectRefused('BACKUP_KEY_MISSING', /backup-identity\.txt/);
  });

  it('are told from damaged ones where the key is another one', () => {
    const other = join(folder(), 'other');
    mkdirSync(other);
    const second = buildTinyInstallation(join(other, 'tiny'), 'none');
    runAgent(second.home, ['migrate-from-git', second.clone, '--automated', '--yes']);
    writeFileSync(
      identity,
      readFileSync(join(second.home, '.local/state/migration-agent/backup-identity.txt')),
    );
    expectRefused('BACKUP_KEY_WRONG', /made for age1/);
  });

  it.each<[string, (part: string) => void]>([
    ['altered', (part) => writeFileSync(part, readFileSync(part).fill(0x58, 2000, 2010))],
    ['cut short', (part) => truncateSync(part, 1000)],
    ['missing', (part) => rmSync(part)],
  ])('are refused with the part that is %s', (how, damage) => {
    damage(join(backup, 'custom-1.tar'));
    expectRefused('BACKUP_DAMAGED', new RegExp(`custom-1\\.tar is ${how}`));
  });
});

/** A time that was set is exact to the microsecond. */
function withoutNanoseconds(line: string): string {
  return line.replace(/(\d{16})\d{3} /, '$1 ');
}
