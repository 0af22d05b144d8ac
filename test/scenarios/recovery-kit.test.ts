import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { WORDS } from '../../src/protocol/word-list.ts';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { describeTree } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { typeTo, typeToAgent } from '../helpers/typed-agent.ts';

describe('the recovery kit of a machine', () => {
  const folder = useTempFolder();
  let tiny: TinyInstallation;
  let before: string[];
  let backup: string;
  let identity: string;
  let kit: string;

  beforeEach(() => {
    tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    before = describeTree(tiny.target);
    runAgent(tiny.home, ['migrate-from-git', tiny.clone, '--automated', '--yes']);
    const { result } = askAgent<{ backups: { path: string }[] }>(tiny.home, ['backups', 'list']);
    backup = result.backups[0]?.path ?? '';
    identity = join(tiny.home, '.local/state/migration-agent/backup-identity.txt');
    kit = join(backup, '../recovery-kit.age');
  });

  const wordsIn = (screen: string) =>
    [...screen.matchAll(/^ {2}[1-7] {2}([a-z]+)$/gm)].map((match) => match[1] as string);
  const askedWord = (screen: string) => {
    const place = Number([...screen.matchAll(/Word (\d):/g)].at(-1)?.[1]);
    return wordsIn(screen)[place - 1] as string;
  };
  const write = [
    ['Press Enter', ''],
    ['Word ', askedWord],
    ['Word ', askedWord],
  ] as const;

  /** Makes a kit; its words. */
  async function makeKit(...args: string[]): Promise<string[]> {
    const { exit, screen } = await typeToAgent(tiny.home, ['backups', 'recovery-kit', ...args], write);
    expect({ exit, screen }).toMatchObject({ exit: 0 });
    return wordsIn(screen);
  }

  it('gives the encrypted part back on a bare machine, by seven words that were shown once', async () => {
    const words = await makeKit();
    expect(words).toHaveLength(7);
    expect(words.every((word) => WORDS.includes(word))).toBe(true);
    expect(statSync(kit).mode & 0o777).toBe(0o600);
    rmSync(join(tiny.home, '.local'), { recursive: true });

    const restore = ['restore-migration-backup', backup, '--kit', kit];
    const done = await typeToAgent(tiny.home, restore, [
      ['(not shown)', 'abacus ability above absorb accept account achieve'],
      ['(not shown)', words.join(' ').toUpperCase()],
      ['[y/N]', 'y'],
    ]);
    expect(done).toMatchObject({ exit: 0 });
    expect(done.screen).toContain('That passphrase does not open the kit.');
    expect(done.screen).not.toContain(words[0]?.toUpperCase());
    expect(describeTree(tiny.target).map(microseconds)).toEqual(before.map(microseconds));
    expect(statSync(identity).mode & 0o777).toBe(0o600);
    expect(runAgent(tiny.home, ['backups', 'verify', backup])).toMatchObject({ exit: 0 });
  });

  it('is asked about once for one file, whether its name is encrypted or not', async () => {
    const words = await makeKit();
    for (const name of ['credentials.key', 'reminder.txt']) {
      const args = ['restore-migration-backup', backup, '--kit', kit, '--file', name, '--to', tiny.home];
      const done = await typeToAgent(tiny.home, args, [['(not shown)', words.join(' ')]]);
      expect(done).toMatchObject({ exit: 0 });
      expect(done.screen.split('Passphrase of the recovery kit')).toHaveLength(2);
    }
  });

  it('is opened by the standard age tool', async () => {
    const words = await makeKit('--to', 'my-kit.age');
    const out = join(tiny.home, 'secrets.tar');
    const age = ['-d', '-i', 'my-kit.age', '-o', out, join(backup, 'credentials.age')];
    const opened = await typeTo(tiny.home, '/usr/bin/age', age, [['passphrase', words.join('-')]]);
    expect(opened).toMatchObject({ exit: 0 });
    expect(readFileSync(out).includes('manifest-secret.ndjson')).toBe(true);
  });

  it('shows its words only on a screen that is wiped and left before they are asked for', async () => {
    const { raw, screen } = await typeToAgent(tiny.home, ['backups', 'recovery-kit'], write);
    const [, shown = ''] = raw.split('\u001b[?1049h');
    const left = shown.indexOf('\u001b[H\u001b[2J\u001b[?1049l');
    expect(shown.indexOf('  7  ')).toBeGreaterThan(0);
    expect(shown.indexOf('  7  ')).toBeLessThan(left);
    expect(shown.indexOf('Word ')).toBeGreaterThan(left);
    const typed = shown.slice(shown.indexOf('Word '), shown.indexOf('Encrypting'));
    expect(wordsIn(screen).filter((word) => typed.includes(word))).toEqual([]);
  });

  it('is not written where the words that are typed are others', async () => {
    const { exit, screen } = await typeToAgent(
      tiny.home,
      ['backups', 'recovery-kit'],
      [
        ['Press Enter', ''],
        ['Word ', 'abacus-'],
      ],
    );
    expect(exit).toBe(1);
    expect(screen).toContain('AWM-1911');
    expect(existsSync(kit)).toBe(false);
  });

  it('is refused without a terminal, with --json and with --yes; nothing is written', async () => {
    expect(runAgent(tiny.home, ['backups', 'recovery-kit'])).toMatchObject({ exit: 2 });
    for (const option of ['--json', '--yes']) {
      const { exit, screen } = await typeToAgent(tiny.home, ['backups', 'recovery-kit', option], []);
      expect({ exit, words: wordsIn(screen) }).toEqual({ exit: 2, words: [] });
    }
    expect(existsSync(kit)).toBe(false);
  });

  it('replaces another kit only after a yes, and clears away what a killed writing left', async () => {
    await makeKit();
    const first = readFileSync(kit);
    writeFileSync(`${kit}.0123abcd.tmp`, 'half');
    const kept = await typeToAgent(tiny.home, ['backups', 'recovery-kit'], [['Replace it?', '']]);
    expect(kept).toMatchObject({ exit: 0 });
    expect(readFileSync(kit).equals(first)).toBe(true);

    const replaced = await typeToAgent(
      tiny.home,
      ['backups', 'recovery-kit'],
      [['Replace it?', 'y'], ...write],
    );
    expect(replaced).toMatchObject({ exit: 0 });
    expect(readFileSync(kit).equals(first)).toBe(false);
    expect(readdirSync(join(backup, '..')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('names the file that is none, and the key that belongs to another machine', async () => {
    writeFileSync(join(tiny.home, 'note.txt'), 'age1 …');
    const none = ['restore-migration-backup', '--kit', 'note.txt', '--yes'];
    expect(askAgent(tiny.home, none).error).toMatchObject({ name: 'KIT_UNUSABLE' });

    const words = await makeKit();
    const second = buildTinyInstallation(join(folder(), 'second'), 'existing');
    runAgent(second.home, ['migrate-from-git', second.clone, '--automated', '--yes']);
    const foreign = await typeToAgent(
      second.home,
      ['restore-migration-backup', '--kit', kit],
      [['(not shown)', words.join('-')]],
    );
    expect(foreign.exit).toBe(1);
    expect(foreign.screen).toContain('AWM-1915');
  });
});

/** A time that was set is exact to the microsecond. */
function microseconds(line: string): string {
  return line.replace(/(\d{16})\d{3} /, '$1 ');
}
