import { basename, join } from 'node:path';
import { lineRulesOf } from '../credentials/secret-lines.ts';
import { keyItem } from '../plan/ledger.ts';
import { readIfReachable } from '../survey/reachable.ts';
import type { FileSearch } from '../survey/secret-search.ts';
import type { SettingsFile } from '../survey/settings-files.ts';
import type { ReadSystem } from '../system.ts';
import { quoted } from '../yaml/build.ts';
import { setInYaml } from '../yaml/merge-yaml.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { writeYaml } from '../yaml/write-yaml.ts';
import type { SecretNames } from './names.ts';

export type SettingsCopy =
  | { readonly kind: 'copy'; readonly data: Buffer; readonly note?: string }
  /** Why it cannot be exported. */
  | { readonly kind: 'left'; readonly why: string };

const NOTE = 'its comments are left out, since a secret stands in one';

/**
 * A settings file's text with a mark in the place of each secret. Without secrets its bytes stay as they are. Comments go
 * where one holds a secret, and a file in which one would still show is not copied at all.
 */
export function settingsCopy(
  system: ReadSystem,
  source: string,
  file: SettingsFile,
  names: SecretNames,
  search: FileSearch,
): SettingsCopy {
  const bytes = readIfReachable(system, join(source, file.rel));
  if (bytes === undefined) return { kind: 'left', why: 'it cannot be read' };
  const isClean = (data: Buffer) => !search.bytes(data, lineRulesOf(basename(file.rel)));
  if (file.state === 'broken') {
    if (file.role !== 'secrets' && isClean(bytes)) return { kind: 'copy', data: bytes };
    return {
      kind: 'left',
      why: 'it cannot be read as YAML, so that secrets in it cannot be told from settings',
    };
  }
  const marks = file.leaves.flatMap(({ path }) => {
    const mark = names.markFor(keyItem(file.rel, path));
    return mark === undefined ? [] : [{ path, node: quoted(mark) }];
  });
  const marked = marks.length === 0 ? bytes : Buffer.from(setInYaml(bytes.toString('utf8'), marks, file.rel));
  if (isClean(marked)) return { kind: 'copy', data: marked };
  const { root } = readYaml(marked);
  const bare = root?.kind === 'map' ? Buffer.from(writeYaml(root)) : undefined;
  if (bare !== undefined && isClean(bare)) return { kind: 'copy', data: bare, note: NOTE };
  return { kind: 'left', why: 'a secret stands in it where none can be taken out' };
}
