import { basename, join } from 'node:path';
import type { ReadSystem } from '../../../system.ts';
import { ifReachable, statIfReachable } from '../../reachable.ts';
import { type Look, quote } from '../look.ts';
import type { Place } from '../reference.ts';

/** Where cron keeps the crontabs: Debian and macOS, Red Hat, SUSE. */
const SPOOLS = ['/var/spool/cron/crontabs', '/var/spool/cron/tabs', '/usr/lib/cron/tabs', '/var/spool/cron'];
const SYSTEM_JOBS = ['/etc/crontab', '/etc/anacrontab'];
const SYSTEM_FOLDERS = [
  '/etc/cron.d',
  '/etc/cron.hourly',
  '/etc/cron.daily',
  '/etc/cron.weekly',
  '/etc/cron.monthly',
];
const OF_SYSTEM = 'it belongs to the system: edit it with sudo';

/** The environment that the crontab program gets. */
export function crontabEnv({ env, home }: ReadSystem): Record<string, string> {
  const kept = ['PATH', 'USER', 'LOGNAME'].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), HOME: home, LC_ALL: 'C' };
}

/** The person's crontab as its program prints it; undefined where there is none. `notFound`: there is no such program. */
export function readCrontab(system: ReadSystem): { readonly bytes?: Buffer; readonly notFound: boolean } {
  const { status, stdout, notFound } = system.run('crontab', ['-l'], { env: crontabEnv(system), cwd: '/' });
  return status === 0 ? { bytes: stdout, notFound } : { notFound };
}

/** The person's crontab, those of others where they can be read, and the system's jobs. */
export function* crontabs(look: Look): Generator<Place> {
  const { system } = look;
  const own = readCrontab(system);
  if (own.bytes !== undefined && own.bytes.length > 0)
    yield {
      kind: 'cron',
      file: 'crontab',
      bytes: own.bytes,
      bases: [system.home],
      edit: { how: 'crontab' },
      rules: 'cron',
    };
  for (const folder of SPOOLS) yield* spooled(look, folder, own.notFound);
  const jobs = [
    ...SYSTEM_JOBS,
    ...SYSTEM_FOLDERS.flatMap((folder) => look.entries(folder).map(({ name }) => join(folder, name))),
  ];
  for (const path of jobs) yield* look.file('cron', path, 'words', { never: OF_SYSTEM });
}

function* spooled(look: Look, folder: string, withoutProgram: boolean): Generator<Place> {
  const { system } = look;
  if (statIfReachable(system, folder)?.kind !== 'folder') return;
  const names = ifReachable(() => system.readFolder(folder));
  if (names === undefined) {
    // Debian lets nobody list them, but a person may read their own.
    look.blind({
      what: "other users' crontabs",
      why: `${folder} cannot be listed`,
      run: `sudo grep -rnF ${quote(look.clone)} ${quote(folder)}`,
    });
  }
  const user = system.env['LOGNAME'] ?? system.env['USER'];
  const listed = names?.flatMap(({ name, kind }) =>
    kind === 'file' && typeof name === 'string' ? [name] : [],
  );
  for (const name of listed ?? (user === undefined ? [] : [user])) {
    const path = join(folder, basename(name));
    const isOwn = statIfReachable(system, path)?.uid === system.uid;
    if (isOwn && !withoutProgram) continue;
    const never = isOwn
      ? 'the crontab program is missing, so it cannot be written'
      : `it is the crontab of another user: crontab -e -u ${name}`;
    yield* look.file('cron', path, 'words', { never });
  }
}
