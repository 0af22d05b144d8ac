import { bytesInWords, counted } from '../../../shared/words.ts';
import { type BackupRoot, CATEGORIES, type Gap, type Manifest, SEALED_PART } from '../../backup/format.ts';
import { identityPath, loadIdentity } from '../../backup/identity.ts';
import { readBackup } from '../../backup/restore.ts';
import { knownBackups } from '../../backup-index.ts';
import { displayPath, shortPath } from '../../paths.ts';
import { judgeBackups } from '../../prune/choose-kept.ts';
import type { Answer, Call } from '../verb.ts';
import { facts, shortList } from '../views/table.ts';
import { chosenBackup } from './chosen.ts';
import { KEEP } from './prune.ts';
import { contentsInWords } from './words.ts';

/** `backups show`: what a backup holds, by category; with `--files` every entry, encrypted ones by name only. */
export async function show(call: Call, given: string | undefined): Promise<Answer> {
  const { system, settings, flags } = call;
  const { manifest, records, path } = readBackup(system, chosenBackup(call, given));
  const files = records.map((record) => ({
    root: record.root,
    path: displayPath(record.rel),
    type: record.type,
    size: record.size ?? null,
    encrypted: record.part === SEALED_PART,
  }));
  const known = knownBackups(system, settings.home, settings.backups);
  const own = (await loadIdentity(system, identityPath(settings.home.path)))?.recipient;
  const judged = judgeBackups(system, settings, known, KEEP, own).find(({ backup }) => backup.path === path);
  const rule = judged?.why ?? 'by no rule: `backups prune` would delete it';
  const text = [
    `Backup ${manifest.id}`,
    ...facts([
      ['Kind', manifest.kind],
      ['Made', manifest.created],
      ['Folder', shortPath(path, system.home)],
      ['Contents', contentsInWords({ ...manifest.counts, bytes: manifest.bytes })],
      ...categoryRows(manifest),
      ['Kept', rule],
    ]),
    ...gapLines(manifest.gaps),
    ...(flags['files'] === true
      ? manifest.roots.flatMap((root) => rootLines(root, files, system.home))
      : ['', 'Every file by name: migration-agent backups show --files']),
    'To see that every byte is there: migration-agent backups verify',
  ];
  const shown = flags['files'] === true ? { records: files } : {};
  return { exit: 0, result: { ...manifest, path, rule, ...shown }, text };
}

function categoryRows({ categories, counts }: Manifest): [string, string][] {
  const rows = CATEGORIES.flatMap((category): [string, string][] => {
    const figures = categories[category];
    if (figures === undefined) return [];
    return [[`  ${category}`, `${counted(figures.files, 'file')}: ${bytesInWords(figures.bytes)}`]];
  });
  const { folders, links, specials, sealed } = counts;
  const others = [counted(folders, 'folder'), counted(links, 'link'), counted(specials, 'special file')];
  return [
    ...rows,
    ...(sealed === 0
      ? []
      : [['  encrypted', counted(sealed, 'entry', 'entries')] satisfies [string, string]]),
    ['  besides', others.join(', ')],
  ];
}

interface ShownFile {
  readonly root: string;
  readonly path: string;
  readonly type: string;
  readonly encrypted: boolean;
}

function rootLines(root: BackupRoot, files: readonly ShownFile[], home: string): string[] {
  const title = `${root.id}: ${shortPath(root.path, home)}`;
  if (!root.present) return ['', `${title} (was not there)`, ''];
  const names = files
    .filter((file) => file.root === root.id && file.type !== 'folder')
    .map((file) => `${file.path}${file.encrypted ? '  (encrypted)' : ''}`);
  return ['', title, ...shortList(names, Number.POSITIVE_INFINITY), ''];
}

function gapLines(gaps: readonly Gap[]): string[] {
  if (gaps.length === 0) return [];
  const lines = gaps.map(({ root, rel, reason }) => `${root}/${displayPath(rel)}: ${reason}`);
  return ['', `Not in the backup: ${gaps.length}`, ...shortList(lines, 20)];
}
