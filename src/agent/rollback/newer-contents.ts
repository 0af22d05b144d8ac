import type { AgentHome } from '../agent-home.ts';
import { type BackupRecord, SEALED_PART } from '../backup/format.ts';
import { memberName, pathKey } from '../backup/names.ts';
import { PartReader } from '../backup/part-reader.ts';
import type { Backup } from '../backup/read.ts';
import type { System } from '../system.ts';
import {
  type ContentDigests,
  contentsOf,
  digestsOf,
  KEY,
  REGISTRY,
  readerIn,
  recallContents,
  STORE,
} from './home-contents.ts';
import type { RollbackPlace } from './place.ts';

/** A registered project or a stored secret that is newer than the migration. */
export interface NewerItem {
  readonly kind: 'project' | 'secret';
  readonly name: string;
  readonly change: 'added' | 'changed';
  /** Undefined: it is carried over into what is restored. Else why it is not. */
  readonly stays: string | undefined;
  /** It could be carried over, and would then replace what was there before: only a person can choose. */
  readonly isConflict: boolean;
}

/**
 * What was registered or stored in the home since the migration of that run. It can be carried over where the home that is
 * restored has a registry and a store of the same form; empty where nothing is known of the run.
 */
export function newerContents(
  system: System,
  home: AgentHome,
  run: string | undefined,
  place: RollbackPlace,
  backup: Backup,
): NewerItem[] {
  const after = run === undefined ? undefined : recallContents(system, home, home.run(run));
  if (after === undefined) return [];
  const now = digestsOf(contentsOf(readerIn(system, place.path)), after.hashKey);
  const before = projectsBefore(system, place, backup, after.hashKey);
  return [
    ...differing(now.projects, after.digests.projects).map(([name, change]) => ({
      kind: 'project' as const,
      name,
      change,
      ...fateOfProject(change, before, name, after.digests.projects[name]),
    })),
    ...differing(now.secrets, after.digests.secrets).map(([name, change]) => ({
      kind: 'secret' as const,
      name,
      change,
      stays: whySecretStays(place),
      isConflict: false,
    })),
  ];
}

type Digests = ContentDigests['projects'];

function differing(now: Digests, after: Digests): [name: string, change: NewerItem['change']][] {
  return Object.keys(now).flatMap((name): [string, NewerItem['change']][] => {
    if (!Object.hasOwn(after, name)) return [[name, 'added']];
    return after[name] === now[name] ? [] : [[name, 'changed']];
  });
}

/**
 * Digests of the entries that are restored: undefined where there is no registry to restore, `unknown` where its bytes do
 * not lie in a plain part.
 */
function projectsBefore(
  system: System,
  { records }: RollbackPlace,
  backup: Backup,
  hashKey: Buffer,
): Digests | 'unknown' | undefined {
  const registry = records.find(({ rel, type }) => type === 'file' && String(rel) === REGISTRY);
  if (registry === undefined) return undefined;
  const { hardlink } = registry;
  const isFirst = ({ root, rel }: BackupRecord) =>
    hardlink !== undefined && pathKey(memberName(root, rel)) === pathKey(hardlink);
  const record = hardlink === undefined ? registry : records.find(isFirst);
  if (record?.offset === undefined || record.part === SEALED_PART) return 'unknown';
  const reader = new PartReader(system, backup);
  try {
    // Each slice is copied before the next one takes its place.
    const bytes = Buffer.concat(Array.from(reader.slices(record), (slice) => Buffer.from(slice)));
    return digestsOf(
      contentsOf((file) => (file === REGISTRY ? bytes : undefined)),
      hashKey,
    ).projects;
  } finally {
    reader.close();
  }
}

/** An entry that the migration left as it was takes the person's change; one that both changed is theirs to choose. */
function fateOfProject(
  change: NewerItem['change'],
  before: Digests | 'unknown' | undefined,
  name: string,
  after: string | undefined,
): Pick<NewerItem, 'stays' | 'isConflict'> {
  if (before === undefined) {
    const stays =
      'the old installation lists its projects in files of its own, and the clone is never written to';
    return { stays, isConflict: false };
  }
  const was = before === 'unknown' || !Object.hasOwn(before, name) ? undefined : before[name];
  if (change === 'added' || (was !== undefined && was === after))
    return { stays: undefined, isConflict: false };
  const stays =
    before !== 'unknown' && was === undefined
      ? 'the migration registered it, and before it there was none'
      : 'the migration may have changed it, too: the entry of before takes its place';
  return { stays, isConflict: true };
}

function whySecretStays(place: RollbackPlace): string | undefined {
  if (holds(place, STORE) && holds(place, KEY)) return undefined;
  return 'the old installation reads secrets from files of its own, and the clone is never written to';
}

function holds({ records }: RollbackPlace, file: string): boolean {
  return records.some(({ rel, type }) => type === 'file' && String(rel) === file);
}
