import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { availableParallelism, homedir, constants as osConstants, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { AppError, hasErrno } from '../shared/errors.ts';
import { joinPath, textOrBytes } from './paths.ts';
import { renamePatiently } from './rename-patiently.ts';
import type {
  CommandOptions,
  CommandResult,
  FileKind,
  FileStat,
  FolderEntry,
  LaunchOptions,
  PathLike,
  ProcessInfo,
  Scratch,
  System,
} from './system.ts';

const { constants } = fs;
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const CREATE_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
const APPEND_FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);
const DEFAULT_READ_LIMIT = 16 << 20;
const MAX_COMMAND_OUTPUT = 256 << 20;

/** How the names of the private folders in the temporary directory begin; the pid of their process follows. */
const SCRATCH = 'migration-agent-';

/** Why a command cannot be started, by the errors of the operating system. */
const NOT_RUNNABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is none of that name',
  EACCES: 'it is not a program that may be run',
  ENOTDIR: 'its path leads through a file',
  ENOEXEC: 'it is not a program',
  E2BIG: 'its arguments and environment are too large',
};

/** The machine as it is. */
export class RealSystem implements System {
  readonly #isItself = true;
  readonly platform: NodeJS.Platform = process.platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly cwd: string;
  readonly uid = process.getuid?.();
  readonly pid = process.pid;
  readonly bootId: string;

  constructor(env: Readonly<Record<string, string | undefined>> = process.env) {
    this.env = env;
    this.home = env['HOME'] || homedir();
    // `npm run agent` starts in the checkout; npm says where the person was.
    this.cwd = (env['npm_lifecycle_event'] === 'agent' && env['INIT_CWD']) || process.cwd();
    this.bootId = readBootId();
  }

  /**
   * How many threads may work through this system at a time. Another thread has a system of its own, which is the same
   * only where nothing stands between: 1 for any other system, also one that is wrapped or derived.
   */
  static threadsOf(system: System): number {
    const isOnlyThis = #isItself in system && system.constructor === RealSystem;
    return isOnlyThis ? availableParallelism() : 1;
  }

  now(): Date {
    return new Date();
  }

  elapsed(): number {
    return performance.now();
  }

  lstat(path: PathLike): FileStat | undefined {
    const stat = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stat && toFileStat(stat);
  }

  stat(path: PathLike): FileStat | undefined {
    try {
      const stat = fs.statSync(path, { bigint: true, throwIfNoEntry: false });
      return stat && toFileStat(stat);
    } catch (error) {
      if (hasErrno(error, 'ELOOP')) return undefined;
      throw error;
    }
  }

  readLink(path: PathLike): Buffer | undefined {
    try {
      return fs.readlinkSync(path, 'buffer');
    } catch (error) {
      if (hasErrno(error, 'ENOENT', 'EINVAL')) return undefined;
      throw error;
    }
  }

  realPath(path: string): string {
    const real = textOrBytes(fs.realpathSync.native(path, 'buffer'));
    return typeof real === 'string' ? real : resolve(path);
  }

  readFolder(path: PathLike): FolderEntry[] {
    const entries = fs.readdirSync(path, { withFileTypes: true });
    if (entries.some((entry) => entry.name.includes('\uFFFD'))) return readFolderAsBytes(path);
    const list: FolderEntry[] = entries.map((entry) => ({
      name: entry.name,
      kind: direntKind(entry) ?? this.lstat(joinPath(path, entry.name))?.kind ?? 'file',
    }));
    return list.sort((a, b) => ((a.name as string) < (b.name as string) ? -1 : 1));
  }

  openRead(path: PathLike): number {
    return fs.openSync(path, READ_FLAGS);
  }

  fstat(fd: number): FileStat {
    return toFileStat(fs.fstatSync(fd, { bigint: true }));
  }

  read(fd: number, buffer: Uint8Array, offset: number, length: number, position: number | null): number {
    return fs.readSync(fd, buffer, offset, length, position);
  }

  close(fd: number): void {
    fs.closeSync(fd);
  }

  readFile(path: PathLike, maxBytes = DEFAULT_READ_LIMIT): Buffer {
    const fd = this.openRead(path);
    try {
      const stat = this.fstat(fd);
      if (stat.kind !== 'file') throw Object.assign(new Error('not a regular file'), { code: 'EINVAL' });
      if (stat.size > maxBytes)
        throw new AppError('FILE_TOO_LARGE', { path: String(path), limit: `${maxBytes} bytes` });
      return fs.readFileSync(fd);
    } finally {
      this.close(fd);
    }
  }

  canRead(path: PathLike): boolean {
    return canAccess(path, constants.R_OK);
  }

  canWrite(path: PathLike): boolean {
    return canAccess(path, constants.W_OK);
  }

  freeBytes(path: string): number {
    const info = fs.statfsSync(path);
    return info.bavail * info.bsize;
  }

  run(command: string, args: readonly string[], options: CommandOptions): CommandResult {
    const result = spawnSync(command, args, {
      env: options.env,
      cwd: options.cwd,
      input: options.input ?? '',
      timeout: options.timeoutMs ?? 30_000,
      maxBuffer: MAX_COMMAND_OUTPUT,
      windowsHide: true,
    });
    return {
      status: result.error ? -1 : (result.status ?? -1),
      stdout: result.stdout ?? Buffer.alloc(0),
      stderr: result.stderr ?? Buffer.alloc(0),
      notFound: hasErrno(result.error, 'ENOENT'),
    };
  }

  processes(): ProcessInfo[] {
    if (this.platform === 'linux') return linuxProcesses();
    const listing = this.run('ps', ['-axo', 'pid=,args='], { env: { PATH: this.env['PATH'] ?? '' } });
    return listing.stdout
      .toString('utf8')
      .split('\n')
      .flatMap((line) => {
        const match = /^\s*(\d+)\s+(.+)$/.exec(line);
        return match ? [{ pid: Number(match[1]), command: match[2] as string, cwd: undefined }] : [];
      });
  }

  processVariables(
    pid: number,
    names: readonly string[],
  ): Readonly<Record<string, string | undefined>> | undefined {
    try {
      const entries = fs.readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      return Object.fromEntries(
        entries.flatMap((entry) => {
          const equals = entry.indexOf('=');
          const name = entry.slice(0, equals);
          return names.includes(name) ? [[name, entry.slice(equals + 1)]] : [];
        }),
      );
    } catch {
      return undefined;
    }
  }

  isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0);
    } catch (error) {
      if (!hasErrno(error, 'EPERM')) return false;
    }
    return !isZombie(pid);
  }

  processStart(pid: number): string | undefined {
    return processFields(pid)?.[19];
  }

  scratch(): Scratch {
    this.#sweepScratch();
    const path = fs.mkdtempSync(join(tmpdir(), `${SCRATCH}${this.pid}-`));
    return {
      path,
      write: (relative, data) => {
        const file = join(path, relative);
        fs.mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        fs.writeFileSync(file, data, { mode: 0o600 });
      },
      remove: () => fs.rmSync(path, { recursive: true, force: true }),
    };
  }

  /** Removes the private folders of this user's processes that were ended before they could do it. Throws nothing. */
  #sweepScratch(): void {
    try {
      for (const name of fs.readdirSync(tmpdir())) {
        const pid = new RegExp(`^${SCRATCH}(\\d+)-\\w{6}$`).exec(name)?.[1];
        if (pid === undefined || this.isAlive(Number(pid))) continue;
        const path = join(tmpdir(), name);
        const stat = fs.lstatSync(path, { throwIfNoEntry: false });
        if (stat?.isDirectory() === true && stat.uid === (this.uid ?? stat.uid))
          fs.rmSync(path, { recursive: true, force: true });
      }
    } catch {
      // Another process may sweep the same folder, and a temporary directory need not be listable.
    }
  }

  attach(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<number | string> {
    return new Promise((resolve, reject) => {
      const refuse = (error: Error) => {
        const code = 'code' in error ? String(error.code) : '';
        const reason = NOT_RUNNABLE[code];
        if (reason === undefined) reject(error);
        else resolve(reason);
      };
      try {
        const child = spawn(command, args, { env, cwd: this.cwd, stdio: 'inherit', windowsHide: true });
        child.on('error', refuse);
        child.on('close', (code, signal) =>
          resolve(code ?? 128 + (signal === null ? 0 : osConstants.signals[signal])),
        );
      } catch (error) {
        refuse(error as Error);
      }
    });
  }

  endProcess(pid: number, signal: 'SIGTERM' | 'SIGKILL'): boolean {
    try {
      process.kill(pid, signal);
      return true;
    } catch (error) {
      if (hasErrno(error, 'ESRCH')) return false;
      throw error;
    }
  }

  launch(command: string, args: readonly string[], options: LaunchOptions): Promise<number | string> {
    const { cwd, env, output } = options;
    const fd = this.openAppend(output, 0o600);
    return new Promise<number | string>((resolve, reject) => {
      const refuse = (error: Error) => {
        const reason = NOT_RUNNABLE['code' in error ? String(error.code) : ''];
        if (reason === undefined) reject(error);
        else resolve(reason);
      };
      try {
        const stdio = ['ignore', fd, fd] as const;
        const child = spawn(command, args, {
          cwd,
          env,
          stdio: [...stdio],
          detached: true,
          windowsHide: true,
        });
        child.on('error', refuse);
        child.on('spawn', () => {
          child.unref();
          resolve(child.pid ?? 0);
        });
      } catch (error) {
        refuse(error as Error);
      }
    }).finally(() => this.close(fd));
  }

  makeFolder(path: PathLike, mode: number): void {
    fs.mkdirSync(path, { mode });
  }

  createFile(path: PathLike, mode: number): number {
    return fs.openSync(path, CREATE_FLAGS, mode);
  }

  openAppend(path: PathLike, mode: number): number {
    return fs.openSync(path, APPEND_FLAGS, mode);
  }

  write(fd: number, data: Uint8Array, position: number | null): void {
    let done = 0;
    while (done < data.length) {
      done += fs.writeSync(fd, data, done, data.length - done, position === null ? null : position + done);
    }
  }

  truncate(fd: number, size: number): void {
    fs.ftruncateSync(fd, size);
  }

  syncData(fd: number): void {
    fs.fdatasyncSync(fd);
  }

  syncFolder(path: PathLike): void {
    if (this.platform === 'win32') return;
    const fd = fs.openSync(path, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0));
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  }

  rename(from: PathLike, to: PathLike): void {
    if (this.platform !== 'win32') fs.renameSync(from, to);
    else
      renamePatiently(
        () => fs.renameSync(from, to),
        () => this.lstat(to)?.kind === 'folder',
        sleep,
      );
  }

  hardLink(existing: PathLike, path: PathLike): void {
    fs.linkSync(existing, path);
  }

  symlink(target: PathLike, path: PathLike): void {
    fs.symlinkSync(target, path);
  }

  unlink(path: PathLike): void {
    fs.unlinkSync(path);
  }

  removeFolder(path: PathLike): void {
    fs.rmdirSync(path);
  }

  chmod(path: PathLike, mode: number): void {
    fs.chmodSync(path, mode);
  }

  chown(path: PathLike, uid: number, gid: number): void {
    fs.lchownSync(path, uid, gid);
  }

  setTimes(path: PathLike, mtimeNs: bigint): void {
    // A double cannot hold nanoseconds and what it holds is cut to microseconds: the middle of one survives both.
    const seconds = Number((mtimeNs / 1000n) * 1000n + 500n) / 1e9;
    fs.lutimesSync(path, seconds, seconds);
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function canAccess(path: PathLike, mode: number): boolean {
  try {
    fs.accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function toFileStat(stat: fs.BigIntStats): FileStat {
  return {
    kind: statKind(Number(stat.mode)),
    size: Number(stat.size),
    mode: Number(stat.mode) & 0o7777,
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
    dev: stat.dev,
    ino: stat.ino,
    nlink: Number(stat.nlink),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    blocks: Number(stat.blocks),
  };
}

function statKind(mode: number): FileKind {
  switch (mode & constants.S_IFMT) {
    case constants.S_IFREG:
      return 'file';
    case constants.S_IFDIR:
      return 'folder';
    case constants.S_IFLNK:
      return 'link';
    case constants.S_IFIFO:
      return 'fifo';
    case constants.S_IFSOCK:
      return 'socket';
    default:
      return 'device';
  }
}

function direntKind(entry: fs.Dirent<string> | fs.Dirent<Buffer>): FileKind | undefined {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isFIFO()) return 'fifo';
  if (entry.isSocket()) return 'socket';
  if (entry.isBlockDevice() || entry.isCharacterDevice()) return 'device';
  return undefined;
}

/** Names that are not UTF-8 (or hold a real U+FFFD) are read again as bytes; only the former stay bytes. */
function readFolderAsBytes(path: PathLike): FolderEntry[] {
  return fs
    .readdirSync(path, { withFileTypes: true, encoding: 'buffer' })
    .sort((a, b) => Buffer.compare(a.name, b.name))
    .map((entry) => {
      const text = entry.name.toString('utf8');
      const name = Buffer.from(text, 'utf8').equals(entry.name) ? text : entry.name;
      return { name, kind: direntKind(entry) ?? 'file' };
    });
}

/** Ended, but its parent has not asked how: in a container whose first process never does, it stays so. */
function isZombie(pid: number): boolean {
  return processFields(pid)?.[0] === 'Z';
}

/** The fields of /proc/PID/stat from the third on, the state; undefined where there is no such process or no /proc. */
function processFields(pid: number): string[] | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function readBootId(): string {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}

function linuxProcesses(): ProcessInfo[] {
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const command = fs
        .readFileSync(`/proc/${name}/cmdline`, 'utf8')
        .replace(/\0+$/, '')
        .replaceAll('\0', ' ');
      return command === '' ? [] : [{ pid: Number(name), command, cwd: linkOf(`/proc/${name}/cwd`) }];
    } catch {
      return [];
    }
  });
}

function linkOf(path: string): string | undefined {
  try {
    return fs.readlinkSync(path);
  } catch {
    return undefined;
  }
}
