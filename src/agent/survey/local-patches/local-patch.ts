/**
 * Where a change of the person's own goes:
 * - `already-upstream`: upstream has it, by the same patch or by the same content
 * - `configuration`: what it says is a setting, and settings are carried over
 * - `nothing`: there is nothing in it, such as a merge without changes of its own
 * - `carry`: upstream does not have it, so the package does not either
 */
export type PatchFate = 'already-upstream' | 'configuration' | 'nothing' | 'carry';

export interface LocalPatch {
  /** `commit-1a2b3c4d` or `edit-` and the path. */
  readonly id: string;
  readonly kind: 'commit' | 'edit';
  /** Full id of the commit. */
  readonly commit?: string;
  /** First line of its message, as it can be shown. */
  readonly subject?: string;
  /** Paths in the clone, as they can be shown. */
  readonly files: readonly string[];
  /** Line of the first change in the first file. */
  readonly line?: number;
  readonly fate: PatchFate;
  /** Why, as a sentence. */
  readonly because: string;
  /** What config.yaml says in its place. */
  readonly settings?: readonly { readonly key: string; readonly value: string }[];
  /** Set where the patch is not given out, with the reason. */
  readonly withheld?: string;
  /** What the person does with it. */
  readonly note: string;
}

export interface FoundPatch extends LocalPatch {
  /** For `git am` (a commit) or `git apply` (an edit); the clone's git must still be open. */
  patch(): Buffer;
}
