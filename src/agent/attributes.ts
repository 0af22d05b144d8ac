import { isDeepStrictEqual } from 'node:util';
import { hasErrno } from '../shared/errors.ts';
import { bytesOf, textOrBytes } from './paths.ts';
import type { CommandResult, PathLike, ReadSystem, System } from './system.ts';

/**
 * Extended attributes, of which POSIX ACLs and file capabilities are some: read and set with the standard tools
 * (`getfattr`, `setfattr`; Debian's package attr), since Node has no call for them.
 *
 * - Paths go to a program only as bytes that end with NUL, never through a shell.
 * - Kept are `user.*`, both POSIX ACLs and `security.capability`: what belongs to the file and means the same elsewhere. Labels that
 *   the system gives (`security.selinux`, `trusted.*`) are its own.
 */
export type Attributes = Readonly<Record<string, string>>;

/** Attributes of the entries that have any, by `attributesKey` of their path. Values are base64. */
export type AttributesByPath = ReadonlyMap<string, Attributes>;

const KEPT = '^(user\\.|system\\.posix_acl_(access|default)$|security\\.capability$)';
const KEPT_NAME = new RegExp(KEPT);
const TIMEOUT_MS = 600_000;
/** What xargs answers when a program said "no" of some of its arguments. */
const SOME_FAILED = 123;

export function attributesKey(path: PathLike): string {
  return bytesOf(path).toString('latin1');
}

/** Whether an attribute of this name is one that backups keep. */
export function isKept(name: string): boolean {
  return KEPT_NAME.test(name) && name !== 'user.' && !name.includes('\0');
}

/** Of these entries, not of what a link leads to; undefined where they cannot be read: no Linux, or no `getfattr`. */
export function readAttributes(system: ReadSystem, paths: readonly PathLike[]): AttributesByPath | undefined {
  if (system.platform !== 'linux') return undefined;
  if (paths.length === 0) return new Map();
  const args = ['-h', '-d', '-m', KEPT, '-e', 'hex', '--absolute-names', '--'];
  const { status, stdout } = onEach(system, 'getfattr', args, paths);
  return status === 0 || status === SOME_FAILED ? parseDump(stdout) : undefined;
}

export function withoutAcl(attributes: Attributes | undefined): Attributes | undefined {
  return attributes && pick(attributes, (name) => !name.startsWith('system.posix_acl_'));
}

/** What this user may set of them: only root gives capabilities. */
export function settable(system: ReadSystem, attributes: Attributes | undefined): Attributes {
  return pick(attributes ?? {}, (name) => system.uid === 0 || !name.startsWith('security.'));
}

function pick(attributes: Attributes, isMeant: (name: string) => boolean): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isMeant(name)));
}

/** True when both say the same of what this user may set. */
export function sameAttributes(
  system: ReadSystem,
  a: Attributes | undefined,
  b: Attributes | undefined,
): boolean {
  return isDeepStrictEqual(settable(system, a), settable(system, b));
}

/**
 * Gives each entry exactly these attributes, as far as this user may set them, and takes others away. Returns why not,
 * by `attributesKey`.
 */
export function setAttributes(
  system: System,
  wanted: ReadonlyMap<PathLike, Attributes | undefined>,
): ReadonlyMap<string, string> {
  const all = [...wanted.keys()];
  const differing = (): PathLike[] | undefined => {
    const now = readAttributes(system, all);
    return (
      now && all.filter((path) => !sameAttributes(system, wanted.get(path), now.get(attributesKey(path))))
    );
  };
  const before = readAttributes(system, all);
  if (before === undefined) {
    const having = all.filter((path) => Object.keys(settable(system, wanted.get(path))).length > 0);
    return told(having, 'its extended attributes were not set: getfattr and setfattr are not installed');
  }
  const toChange = differing() ?? [];
  if (toChange.length === 0) return new Map();
  const changes = toChange.map((path) => ({
    path,
    has: settable(system, before.get(attributesKey(path))),
    wanted: settable(system, wanted.get(path)),
  }));
  const named = changes.filter(({ has, wanted }) => Object.keys({ ...has, ...wanted }).some(isUsers));
  const paths = named.map(({ path }) => path);
  writable(system, paths, () => change(system, changes, isUsers));
  change(system, changes, (name) => !isUsers(name));
  return told(differing() ?? toChange, 'its extended attributes could not be set here');
}

interface Change {
  readonly path: PathLike;
  readonly has: Attributes;
  readonly wanted: Attributes;
}

/** Of the attributes that are meant: takes away those that are not wanted, and sets the others. */
function change(system: System, changes: readonly Change[], isMeant: (name: string) => boolean): void {
  const extra = new Map<string, PathLike[]>();
  for (const { path, has, wanted } of changes)
    for (const name of Object.keys(pick(has, isMeant)))
      if (!Object.hasOwn(wanted, name)) extra.set(name, [...(extra.get(name) ?? []), path]);
  for (const [name, of] of extra) onEach(system, 'setfattr', ['-h', '-x', name, '--'], of);
  const dumps = changes
    .map(({ path, wanted }) => ({ path, wanted: pick(wanted, isMeant) }))
    .filter(({ wanted }) => Object.keys(wanted).length > 0);
  if (dumps.length === 0) return;
  const input = Buffer.concat(dumps.map(({ path, wanted }) => dumpOf(path, wanted)));
  system.run('setfattr', ['-h', '--restore=-'], { ...optionsOf(system), input });
}

function isUsers(name: string): boolean {
  return name.startsWith('user.');
}

/** Only root may give `user.*` to what nobody may write: for anyone else it may be written while `work` runs. */
function writable(system: System, paths: readonly PathLike[], work: () => void): void {
  const opened: { path: PathLike; mode: number }[] = [];
  try {
    for (const path of system.uid === 0 ? [] : paths) {
      const stat = system.lstat(path);
      if (!stat || stat.kind === 'link' || (stat.mode & 0o200) !== 0) continue;
      if (mayOpen(system, path, stat.mode)) opened.push({ path, mode: stat.mode });
    }
    work();
  } finally {
    for (const { path, mode } of opened) system.chmod(path, mode);
  }
}

/** False for what belongs to somebody else: its attributes are told as not set. */
function mayOpen(system: System, path: PathLike, mode: number): boolean {
  try {
    system.chmod(path, mode | 0o200);
    return true;
  } catch (error) {
    if (hasErrno(error, 'EPERM', 'EACCES', 'EROFS')) return false;
    throw error;
  }
}

function told(paths: readonly PathLike[], reason: string): Map<string, string> {
  return new Map(paths.map((path) => [attributesKey(path), reason]));
}

function onEach(
  system: ReadSystem,
  command: string,
  args: readonly string[],
  paths: readonly PathLike[],
): CommandResult {
  const input = Buffer.concat(paths.flatMap((path) => [bytesOf(path), Buffer.from('\0')]));
  return system.run('xargs', ['-0', command, ...args], { ...optionsOf(system), input });
}

function optionsOf(system: ReadSystem) {
  return { env: { PATH: system.env['PATH'] ?? '', LC_ALL: 'C' }, timeoutMs: TIMEOUT_MS };
}

/** What `getfattr -d -e hex` prints: `# file: PATH`, then `NAME=0xHEX` lines, with odd bytes as `\ooo`. */
export function parseDump(dump: Buffer): Map<string, Attributes> {
  const found = new Map<string, Record<string, string>>();
  let now: Record<string, string> | undefined;
  for (const line of dump.toString('latin1').split('\n')) {
    const file = /^# file: (.*)$/.exec(line)?.[1];
    if (file !== undefined) {
      now = Object.create(null) as Record<string, string>;
      found.set(unescaped(file), now);
      continue;
    }
    const [, name, hex = ''] = /^([^=]+)=0x((?:[0-9a-f]{2})*)$/i.exec(line) ?? [];
    const text = name === undefined ? undefined : textOrBytes(Buffer.from(unescaped(name), 'latin1'));
    if (now && typeof text === 'string') now[text] = Buffer.from(hex, 'hex').toString('base64');
  }
  return new Map([...found].map(([path, attributes]) => [path, { ...attributes }]));
}

/** What `setfattr --restore` reads. */
export function dumpOf(path: PathLike, attributes: Attributes): Buffer {
  const lines = Object.entries(attributes).map(
    ([name, value]) =>
      `${escaped(Buffer.from(name).toString('latin1'))}=0x${Buffer.from(value, 'base64').toString('hex')}`,
  );
  return Buffer.from([`# file: ${escaped(attributesKey(path))}`, ...lines, '', ''].join('\n'), 'latin1');
}

function escaped(latin1: string): string {
  return latin1.replaceAll(/[\n\r\\=]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function unescaped(latin1: string): string {
  return latin1.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8) & 0xff),
  );
}
