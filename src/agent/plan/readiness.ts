import { dirname } from 'node:path';
import { bytesInWords } from '../../shared/words.ts';
import type { Finding } from '../survey/finding.ts';
import { clockFindings } from '../survey/machine/clock.ts';
import { isNetwork, isOfHost, MountTable } from '../survey/machine/mount-table.ts';
import { SyncFolders } from '../survey/machine/sync-folders.ts';
import { ifReachable, realPathSoFar, statIfReachable } from '../survey/reachable.ts';
import type { Survey } from '../survey/survey.ts';
import type { ReadSystem } from '../system.ts';
import type { DiskNeed, Range } from './disk-need.ts';

/** A place that a migration reads from or writes to, as it is now. */
export interface PlaceReadiness {
  readonly what: 'installation' | 'new home' | 'backups' | 'agent home';
  readonly path: string;
  /** As the kernel names it; undefined where it does not tell. */
  readonly file_system: string | undefined;
  readonly free_bytes: number;
  /** What would be written there, at least and at most; undefined where nothing is. */
  readonly needed_bytes: Range | undefined;
  readonly writable: boolean;
  /** The program that copies it to other computers. */
  readonly synced_by: string | undefined;
  /** The bytes lie on another computer, or with the host of this one. */
  readonly remote: boolean;
}

export interface Readiness {
  /** True when a migration would not be refused for want of room or permission, or by a running orchestrator. */
  readonly ready: boolean;
  readonly places: readonly PlaceReadiness[];
  readonly findings: readonly Finding[];
}

export interface Places {
  readonly backups: string;
  readonly agentHome: string;
}

/** Whether this computer is fit for a migration now: room, rights, mounts, sync folders, clock. */
export function readinessOf(
  system: ReadSystem,
  survey: Survey,
  { backups, agentHome }: Places,
  need: DiskNeed,
): Readiness {
  const mounts = new MountTable(system);
  const sync = new SyncFolders(system);
  const look = (
    what: PlaceReadiness['what'],
    path: string,
    needed: Range | undefined,
  ): PlaceReadiness & { readonly dev: bigint | undefined } => {
    const folder = nearestFolder(system, path);
    const mount = mounts.of(folder);
    return {
      what,
      path,
      file_system: mount?.type,
      free_bytes: ifReachable(() => system.freeBytes(folder)) ?? 0,
      needed_bytes: needed,
      writable: system.canWrite(folder) && mount?.readOnly !== true,
      synced_by: sync.serviceOf(realPathSoFar(system, path)),
      remote: mount !== undefined && (isNetwork(mount) || isOfHost(mount)),
      dev: statIfReachable(system, folder)?.dev,
    };
  };
  const looked = [
    look('installation', survey.source, undefined),
    look('new home', survey.target.path, need.target),
    look('backups', backups, need.backups),
    look('agent home', agentHome, need.agentHome),
  ];
  const findings = [
    ...roomFindings(looked),
    ...looked.flatMap(placeFindings),
    ...projectPlaces(system, survey, mounts, sync),
    ...clockFindings(system.now(), newestIn(survey)),
  ];
  return {
    ready: survey.running === undefined && !findings.some(({ level }) => level === 'error'),
    places: looked.map(({ dev: _, ...place }) => place),
    findings,
  };
}

/** Places on one file system share its room. */
function roomFindings(places: readonly (PlaceReadiness & { readonly dev: bigint | undefined })[]): Finding[] {
  const writing = places.filter(({ needed_bytes: needed }) => needed !== undefined);
  return [...Map.groupBy(writing, ({ dev }) => dev).values()].flatMap((group): Finding[] => {
    const [first] = group;
    if (first === undefined) return [];
    const sum = (end: keyof Range) => group.reduce((all, one) => all + (one.needed_bytes?.[end] ?? 0), 0);
    const free = first.free_bytes;
    if (free >= sum('to')) return [];
    const what = group.map((one) => one.what).join(', ');
    const isSure = free < sum('from');
    return [
      {
        code: 'no-room',
        level: isSure ? 'error' : 'warning',
        message: `${isSure ? 'Too little' : 'Perhaps too little'} room for ${what}: up to ${bytesInWords(sum('to'))} are needed, ${bytesInWords(free)} are free`,
        file: first.path,
        fix: 'Make room, or put the backups elsewhere with --backup-dir.',
      },
    ];
  });
}

function placeFindings(place: PlaceReadiness): Finding[] {
  const { what, path, synced_by: service, remote, file_system: type, writable } = place;
  const isWritten = place.needed_bytes !== undefined;
  return [
    ...(isWritten && !writable
      ? [
          {
            code: 'not-writable',
            level: 'error',
            message: `The ${what} cannot be written to: permission denied, or mounted read-only`,
            file: path,
            fix: 'Give this user permission to write there, or name another folder.',
          } as const,
        ]
      : []),
    ...(service === undefined ? [] : [syncFinding(`The ${what} lies`, service, path)]),
    ...(remote ? [remoteFinding(`The ${what} lies`, type ?? '', path)] : []),
  ];
}

function projectPlaces(
  system: ReadSystem,
  { projects }: Survey,
  mounts: MountTable,
  sync: SyncFolders,
): Finding[] {
  return projects.flatMap(({ key, path, exists }): Finding[] => {
    const real = exists && path !== undefined ? ifReachable(() => system.realPath(path)) : undefined;
    if (real === undefined) return [];
    const service = sync.serviceOf(real);
    const mount = mounts.of(real);
    const isRemote = mount !== undefined && (isNetwork(mount) || isOfHost(mount));
    return [
      ...(service === undefined ? [] : [syncFinding(`Project ${key} lies`, service, real)]),
      ...(isRemote ? [remoteFinding(`Project ${key} lies`, mount.type, real)] : []),
    ];
  });
}

function syncFinding(what: string, service: string, file: string): Finding {
  return {
    code: 'sync-folder',
    level: 'warning',
    message: `${what} in a folder that ${service} copies to other computers while it changes`,
    file,
    fix: `Pause ${service} during the migration.`,
  };
}

function remoteFinding(what: string, type: string, file: string): Finding {
  return {
    code: 'network-file-system',
    level: 'warning',
    message: `${what} on a network or host file system (${type}): modes, locks and times may not be what they seem`,
    file,
    fix: 'Make sure that it is connected, and that nobody else works in it during the migration.',
  };
}

function newestIn({ inventory, states }: Survey): bigint {
  let newest = 0n;
  for (const { stat } of inventory.files) if (stat.ctimeNs > newest) newest = stat.ctimeNs;
  for (const { entries } of states)
    for (const { stat } of entries) if (stat.ctimeNs > newest) newest = stat.ctimeNs;
  return newest;
}

function nearestFolder(system: ReadSystem, path: string): string {
  if (statIfReachable(system, path)?.kind === 'folder' || dirname(path) === path) return path;
  return nearestFolder(system, dirname(path));
}
