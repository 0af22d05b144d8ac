import { AppError } from '../../shared/errors.ts';
import { joinPath } from '../paths.ts';
import type { CommandResult, ReadSystem, Scratch } from '../system.ts';
import { quoteBytes } from './git-bytes.ts';
import { configInput, type GitSettings, readSettings } from './git-config.ts';
import { type GitFolder, readIfThere } from './git-folder.ts';

/** Git answered, but not with what was asked. `message` is git's own first line, or names the file that cannot be read. */
export class GitFailure extends Error {
  override readonly name = 'GitFailure';
}

/** There is no `git` command on this machine. */
export class GitMissing extends Error {
  override readonly name = 'GitMissing';
}

const COMMAND_TIMEOUT_MS = 120_000;
const MAX_INDEX_BYTES = 512 << 20;
const REF_FILES_LIMIT = 64 << 10;

/**
 * A private repository beside the clone that borrows its objects, so that git reads the clone without writing to it and
 * without obeying it. Rules:
 *
 * - Its configuration is written here from a closed list (`git-config.ts`): no filter, fsmonitor, hook, textconv,
 *   external diff, include, alias or pager exists for git.
 * - The clone's index is copied: git may rewrite the copy. `info/attributes` is copied as it belongs to line endings.
 * - Nothing of the environment is passed on but `PATH` (and Windows' own folder). No prompt, no network, no fetch.
 * - Commands start in the scratch folder, so that a `git` lying in the clone is never the one that runs.
 */
export class GitScratch {
  readonly settings: GitSettings;
  readonly #system: ReadSystem;
  readonly #scratch: Scratch;
  readonly #env: Readonly<Record<string, string>>;

  /** Throws `GitMissing`, `GitFailure`, and errno errors of files that cannot be read; leaves nothing behind then. */
  constructor(system: ReadSystem, folder: GitFolder, clone: string) {
    this.#system = system;
    this.#scratch = system.scratch();
    this.#env = environment(system, this.#scratch.path, clone);
    try {
      this.settings = this.#readSettings(folder);
      this.#write(folder);
    } catch (error) {
      this.#scratch.remove();
      throw error;
    }
  }

  /** The output of a git command, or undefined if its exit status is not 0. Throws `GitMissing`. */
  tryRun(args: readonly string[], options: GitRunOptions = {}): Buffer | undefined {
    const result = this.#start(args, options);
    return result.status === 0 ? result.stdout : undefined;
  }

  /** The output of a git command. Throws `GitFailure` with git's words if its exit status is not 0. */
  run(args: readonly string[], options: GitRunOptions = {}): Buffer {
    const result = this.#start(args, options);
    if (result.status === 0) return result.stdout;
    const words = result.stderr.toString('utf8').trim().split('\n', 1)[0];
    throw new GitFailure(words || `git ${args[0]} ended with status ${result.status}`);
  }

  remove(): void {
    this.#scratch.remove();
  }

  #start(args: readonly string[], options: GitRunOptions): CommandResult {
    const result = this.#system.run('git', args, {
      env: { ...this.#env, ...options.env },
      cwd: this.#scratch.path,
      timeoutMs: options.timeoutMs ?? COMMAND_TIMEOUT_MS,
      ...(options.input === undefined ? {} : { input: options.input }),
    });
    if (result.notFound) throw new GitMissing();
    return result;
  }

  #readSettings(folder: GitFolder): GitSettings {
    const system = this.#system;
    const xdg = system.env['XDG_CONFIG_HOME'] || `${system.home}/.config`;
    const personal = present([`${xdg}/git/config`, `${system.home}/.gitconfig`].map(quietly));
    const clone = present(
      [`${folder.common}/config`, `${folder.own}/config.worktree`].map((path) => readIfThere(system, path)),
    );
    const list = (files: readonly Buffer[]) => this.tryRun(LIST_CONFIG, { input: configInput(files, clone) });
    const settings = readSettings(list(personal) ?? this.run(LIST_CONFIG, { input: configInput([], clone) }));
    if (settings.unknownExtension !== undefined)
      throw new GitFailure(`its storage format is not known here (extensions.${settings.unknownExtension})`);
    return settings;

    function quietly(path: string): Buffer | undefined {
      try {
        return readIfThere(system, path, 1 << 20);
      } catch {
        return undefined;
      }
    }
  }

  #write(folder: GitFolder): void {
    const system = this.#system;
    const scratch = this.#scratch;
    scratch.write('config', this.settings.config);
    scratch.write('objects/info/alternates', `${quoteBytes(Buffer.from(`${folder.common}/objects`))}\n`);
    scratch.write('refs/.keep', '');
    this.#copy(`${folder.own}/HEAD`, 'HEAD');
    this.#copy(`${folder.common}/packed-refs`, 'packed-refs');
    this.#copy(`${folder.common}/shallow`, 'shallow');
    this.#copy(`${folder.common}/info/attributes`, 'info/attributes');
    this.#copy(`${folder.own}/index`, CLONE_INDEX);
    for (const { name, kind } of system.readFolder(folder.own)) {
      if (kind === 'file' && typeof name === 'string' && /^sharedindex\.[0-9a-f]+$/.test(name))
        this.#copy(`${folder.own}/${name}`, name);
    }
    for (const kind of ['heads', 'tags', 'remotes']) this.#copyRefs(folder, `refs/${kind}`);
  }

  #copyRefs(folder: GitFolder, rel: string): void {
    const path = `${folder.common}/${rel}`;
    if (this.#system.lstat(path)?.kind !== 'folder') return;
    for (const { name, kind } of this.#system.readFolder(path)) {
      if (typeof name !== 'string') continue;
      if (kind === 'folder') this.#copyRefs(folder, `${rel}/${name}`);
      else if (kind === 'file') this.#copy(joinPath(path, name) as string, `${rel}/${name}`, REF_FILES_LIMIT);
    }
  }

  #copy(from: string, to: string, maxBytes = MAX_INDEX_BYTES): void {
    const bytes = readIfThere(this.#system, from, maxBytes);
    if (bytes !== undefined) this.#scratch.write(to, bytes);
  }
}

export interface GitRunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Buffer;
  /** Default 120 s. */
  readonly timeoutMs?: number;
}

/** The name of the copied index in the scratch folder; the `index` beside it is made anew by the reader. */
export const CLONE_INDEX = 'index-of-clone';

const LIST_CONFIG = ['config', '--file', '-', '--no-includes', '--list', '-z'];

function environment(system: ReadSystem, scratch: string, clone: string): Record<string, string> {
  const env: Record<string, string> = {
    GIT_DIR: scratch,
    GIT_WORK_TREE: clone,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: system.platform === 'win32' ? 'NUL' : '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    PATH: system.env['PATH'] ?? '/usr/bin:/bin',
  };
  const windows = system.env['SystemRoot'] ?? system.env['SYSTEMROOT'];
  return windows === undefined ? env : { ...env, SystemRoot: windows };
}

function present(buffers: readonly (Buffer | undefined)[]): Buffer[] {
  return buffers.filter((bytes) => bytes !== undefined);
}

/** What a person is told about a failure of this module; undefined if the error is none of its own or the system's. */
export function failureReason(error: unknown): string | undefined {
  if (error instanceof GitFailure || error instanceof AppError) return error.message;
  if (error instanceof Error && 'code' in error && 'syscall' in error)
    return `${String(error.code)} at ${String('path' in error ? error.path : '.git')}`;
  return undefined;
}
