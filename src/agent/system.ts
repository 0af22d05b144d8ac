/**
 * The one door to the machine: every file, process, clock and disk touch of the agent goes through here.
 *
 * - `ReadSystem` can look but not write: assessment and planning receive only this. Its one exception is `scratch()`,
 *   a private folder in the system's temporary directory, used to read git without touching the clone.
 * - `System` adds writing. There is a real one (`real-system.ts`), one without any writing method
 *   (`read-only-system.ts`), and tests wrap it to fail at the n-th call.
 * - Everything is synchronous: one call per file through libuv's thread pool is 2 to 3 times slower for small files.
 * - A path is text where its bytes are UTF-8, else a Buffer, so that no name is ever altered.
 * - Times are nanoseconds since 1970 as bigint; sizes are bytes.
 * - Methods throw Node's errno errors as they are; `lstat`, `stat` and `readLink` say `undefined` for "does not exist".
 */
export type PathLike = string | Buffer;

export type FileKind = 'file' | 'folder' | 'link' | 'fifo' | 'socket' | 'device';

export interface FileStat {
  readonly kind: FileKind;
  readonly size: number;
  /** Permission bits only, such as 0o644. */
  readonly mode: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  /** Allocated 512-byte blocks: fewer than the size tells of holes. */
  readonly blocks: number;
}

export interface FolderEntry {
  readonly name: PathLike;
  readonly kind: FileKind;
}

export interface CommandOptions {
  /** The whole environment of the command: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: Buffer | string;
  /** Default 30 s. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  /** Exit status, or -1 if it could not be started, timed out or was killed. */
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly notFound: boolean;
}

export interface LaunchOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly output: string;
}

export interface ProcessInfo {
  readonly pid: number;
  /** The whole command line, arguments separated by one space. */
  readonly command: string;
  /** Its working folder, where the system tells. */
  readonly cwd: string | undefined;
}

/** A private folder (0700) in the temporary directory; `remove` deletes it with all it holds. */
export interface Scratch {
  readonly path: string;
  write(relative: string, data: Uint8Array | string): void;
  remove(): void;
}

export interface ReadSystem {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder, absolute. */
  readonly home: string;
  /** The folder that relative paths on the command line start from. */
  readonly cwd: string;
  /** Undefined where the platform has no user ids. */
  readonly uid: number | undefined;
  readonly pid: number;
  /** Changes at every start of the machine; tells a stale lock from a live one. */
  readonly bootId: string;
  now(): Date;
  /** Milliseconds on a clock that never jumps. */
  elapsed(): number;

  lstat(path: PathLike): FileStat | undefined;
  /** Follows links; undefined also for a dangling link or a loop. */
  stat(path: PathLike): FileStat | undefined;
  readLink(path: PathLike): Buffer | undefined;
  /** Absolute path without links; `path` itself where that has a name that is no text. Throws if any part is missing. */
  realPath(path: string): string;
  /** Sorted by the bytes of the name, so that every walk has the same order. */
  readFolder(path: PathLike): FolderEntry[];
  /** Opens a regular file for reading; never follows a link, never blocks on a FIFO. */
  openRead(path: PathLike): number;
  fstat(fd: number): FileStat;
  /** Bytes read, 0 at the end. `position` null reads on from where the descriptor stands. */
  read(fd: number, buffer: Uint8Array, offset: number, length: number, position: number | null): number;
  close(fd: number): void;
  /** A whole file of at most `maxBytes` (default 16 MiB); throws FILE_TOO_LARGE beyond. Follows no link. */
  readFile(path: PathLike, maxBytes?: number): Buffer;
  canRead(path: PathLike): boolean;
  canWrite(path: PathLike): boolean;
  /** Free bytes for this user on the file system that holds `path`. */
  freeBytes(path: string): number;
  run(command: string, args: readonly string[], options: CommandOptions): CommandResult;
  processes(): ProcessInfo[];
  /** These variables of another process's environment; undefined where the system does not tell. */
  processVariables(
    pid: number,
    names: readonly string[],
  ): Readonly<Record<string, string | undefined>> | undefined;
  isAlive(pid: number): boolean;
  /** A number that differs between two processes that had the same pid; undefined if it is gone or unknown. */
  processStart(pid: number): string | undefined;
  scratch(): Scratch;
}

export interface System extends ReadSystem {
  /**
   * Runs a command on this terminal, with exactly this environment. Its exit status, 128 + n if signal n ended it, or
   * in words why it cannot be run.
   */
  attach(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<number | string>;
  /** Asks a process to end. False: there is none of that number any more. Throws EPERM for another user's. */
  endProcess(pid: number, signal: 'SIGTERM' | 'SIGKILL'): boolean;
  /**
   * Starts a program that outlives this one, in a session of its own, with exactly this environment and nothing on its
   * input; what it prints is added to the file `output`. Its pid, or in words why it cannot be started.
   */
  launch(command: string, args: readonly string[], options: LaunchOptions): Promise<number | string>;
  makeFolder(path: PathLike, mode: number): void;
  /** Creates a new file for writing (and reading); throws EEXIST if anything is there. */
  createFile(path: PathLike, mode: number): number;
  /** Opens for appending, created with `mode` if missing; never follows a link. */
  openAppend(path: PathLike, mode: number): number;
  /** Writes all of `data`. `position` null appends at where the descriptor stands. */
  write(fd: number, data: Uint8Array, position: number | null): void;
  truncate(fd: number, size: number): void;
  /** Bytes of the file are on the disk when this returns. */
  syncData(fd: number): void;
  /** The folder's entries are on the disk when this returns; does nothing where the platform cannot. */
  syncFolder(path: PathLike): void;
  rename(from: PathLike, to: PathLike): void;
  hardLink(existing: PathLike, path: PathLike): void;
  symlink(target: PathLike, path: PathLike): void;
  unlink(path: PathLike): void;
  removeFolder(path: PathLike): void;
  chmod(path: PathLike, mode: number): void;
  /** Of the link itself, if it is one. */
  chown(path: PathLike, uid: number, gid: number): void;
  /** Of the link itself, if it is one. Exact to the microsecond. */
  setTimes(path: PathLike, mtimeNs: bigint): void;
}
