import type { AgentHome } from '../agent-home.ts';
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
  /** Undefined: it is carried over into what is restored. Else why it cannot be. */
  readonly stays: string | undefined;
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
): NewerItem[] {
  const after = run === undefined ? undefined : recallContents(system, home, home.run(run));
  if (after === undefined) return [];
  const now = digestsOf(contentsOf(readerIn(system, place.path)), after.hashKey);
  return [
    ...differing(now.projects, after.digests.projects).map(([name, change]) => ({
      kind: 'project' as const,
      name,
      change,
      stays: whyProjectStays(place, change),
    })),
    ...differing(now.secrets, after.digests.secrets).map(([name, change]) => ({
      kind: 'secret' as const,
      name,
      change,
      stays: whySecretStays(place),
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

function whyProjectStays(place: RollbackPlace, change: NewerItem['change']): string | undefined {
  if (!holds(place, REGISTRY))
    return 'the old installation lists its projects in files of its own, and the clone is never written to';
  return change === 'changed' ? 'the entry of before takes its place' : undefined;
}

function whySecretStays(place: RollbackPlace): string | undefined {
  if (holds(place, STORE) && holds(place, KEY)) return undefined;
  return 'the old installation reads secrets from files of its own, and the clone is never written to';
}

function holds({ records }: RollbackPlace, file: string): boolean {
  return records.some(({ rel, type }) => type === 'file' && String(rel) === file);
}
