import { parentOf } from '../../src/agent/paths.ts';
import { RealSystem } from '../../src/agent/real-system.ts';
import type { PathLike } from '../../src/agent/system.ts';

/** The real machine, on which some files and folders answer "permission denied" even to root, and what is in them too. */
export class ForbiddingSystem extends RealSystem {
  readonly #forbidden: (path: string) => boolean;

  constructor(env: Readonly<Record<string, string>>, forbidden: (path: string) => boolean) {
    super(env);
    this.#forbidden = forbidden;
  }

  override lstat(path: PathLike) {
    this.#check('lstat', parentOf(path));
    return super.lstat(path);
  }

  override stat(path: PathLike) {
    this.#check('stat', parentOf(path));
    return super.stat(path);
  }

  override openRead(path: PathLike): number {
    this.#check('open', path);
    return super.openRead(path);
  }

  override readFolder(path: PathLike) {
    this.#check('scandir', path);
    return super.readFolder(path);
  }

  override canRead(path: PathLike): boolean {
    return !this.#forbidden(String(path)) && super.canRead(path);
  }

  #check(syscall: string, path: PathLike): void {
    if (!this.#forbidden(String(path))) return;
    throw Object.assign(new Error(`EACCES: permission denied, ${syscall} '${path}'`), { code: 'EACCES' });
  }
}
