import { join } from 'node:path';
import { safeText } from '../../../shared/safe-text.ts';
import { displayPath } from '../../paths.ts';
import type { PathLike, ReadSystem } from '../../system.ts';
import { nodeAt } from '../../yaml/leaves.ts';
import type { GitChange, GitFacts, GitReading } from '../git.ts';
import { patchParts } from '../git-bytes.ts';
import type { GitScratch } from '../git-scratch.ts';
import { keyOf } from '../inventory.ts';
import type { PackageProbe } from '../package-probe.ts';
import { statIfReachable } from '../reachable.ts';
import type { Survey } from '../survey.ts';
import { type ConfigValue, firstChangedLine, settingsOfPatch } from './config-constants.ts';
import type { FoundPatch, PatchFate } from './local-patch.ts';
import { mailOfCommit, type OwnCommit, patchOfCommit, readOwnCommits } from './own-commits.ts';
import { PatchGuard } from './patch-guard.ts';
import { UpstreamContent } from './upstream-content.ts';

export interface LocalPatches {
  /** Undefined where git cannot say. */
  readonly git: GitReading['state'];
  /** The branch that is compared with, as of the last fetch; undefined where the clone knows none. */
  readonly upstream: string | undefined;
  /** Commits first, the oldest first, then edits that are not committed. */
  readonly patches: readonly FoundPatch[];
  /** Own commits that were not looked at one by one. */
  readonly more: number;
}

interface Verdict {
  readonly fate: PatchFate;
  readonly because: string;
  readonly settings?: readonly { readonly key: string; readonly value: string }[];
}

const HIDDEN = '(not shown: a secret is in it)';
const AS_UPSTREAM = { fate: 'already-upstream' } as const;
const CARRY: Verdict = {
  fate: 'carry',
  because: 'Upstream does not have it, so the package does not either.',
};

/** The person's commits on top of upstream and their edits, each with where it goes. The survey's git must be open. */
export function findLocalPatches(system: ReadSystem, survey: Survey, probe: PackageProbe): LocalPatches {
  const { git } = survey;
  if (git.state !== 'read') return { git: git.state, upstream: undefined, patches: [], more: 0 };
  return git.ask((scratch) => {
    const { facts } = git;
    const { upstream } = facts;
    const finder = new Finder(system, survey, probe, scratch, facts);
    const commits = readOwnCommits(scratch, facts);
    return {
      git: git.state,
      upstream: upstream?.name,
      patches: [
        ...commits.map((commit) => finder.commit(commit)),
        ...git.uncommitted().map((change) => finder.edit(change, () => git.uncommittedPatchOf(change.rel))),
      ],
      more: facts.ownCommits - commits.length,
    };
  });
}

class Finder {
  readonly #system: ReadSystem;
  readonly #survey: Survey;
  readonly #probe: PackageProbe;
  readonly #git: GitScratch;
  readonly #upstream: UpstreamContent | undefined;
  readonly #guard: PatchGuard;
  readonly #displays: ReadonlyMap<string, string>;

  constructor(system: ReadSystem, survey: Survey, probe: PackageProbe, git: GitScratch, facts: GitFacts) {
    this.#system = system;
    this.#survey = survey;
    this.#probe = probe;
    this.#git = git;
    this.#upstream = facts.upstream && new UpstreamContent(git, facts.upstream.tip, facts);
    this.#guard = new PatchGuard(survey.knownValues);
    this.#displays = new Map(survey.inventory.files.map(({ rel, display }) => [keyOf(rel), display]));
  }

  commit(commit: OwnCommit): FoundPatch {
    const { id, subject, message, isMerge, changes } = commit;
    const patch = isMerge ? Buffer.alloc(0) : patchOfCommit(this.#git, id);
    const files = changes.map(({ rel }) => this.#shown(rel));
    const verdict = this.#commitVerdict(commit, patch);
    const withheld = isMerge
      ? 'a merge has no patch of its own: what it changed is in the patches of the files'
      : this.#guard.whyWithheld(patch, message);
    const line = firstChangedLine(patch);
    return {
      id: `commit-${id.slice(0, 8)}`,
      kind: 'commit',
      commit: id,
      subject: this.#guard.holdsSecret(subject) ? HIDDEN : safeText(subject, 100),
      files,
      ...(line === undefined ? {} : { line }),
      ...verdict,
      ...(verdict.fate !== 'carry' || withheld === undefined ? {} : { withheld }),
      note: this.#note(verdict, files, withheld),
      patch: () => mailOfCommit(this.#git, id),
    };
  }

  edit({ rel, change }: GitChange, patchOf: () => Buffer): FoundPatch {
    const file = this.#shown(rel);
    const isText = change !== 'type-changed' && change !== 'deleted';
    const patch = isText ? patchOf() : Buffer.alloc(0);
    const verdict = this.#editVerdict(rel, change, patch);
    const withheld = !isText
      ? 'something else is in the place of the file'
      : this.#survey.filesWithSecrets.has(file)
        ? 'a secret was found in it'
        : this.#guard.whyWithheld(patch);
    const line = firstChangedLine(patch);
    return {
      id: `edit-${file}`,
      kind: 'edit',
      files: [file],
      ...(line === undefined ? {} : { line }),
      ...verdict,
      ...(verdict.fate !== 'carry' || withheld === undefined ? {} : { withheld }),
      note: this.#note(verdict, [file], withheld),
      patch: patchOf,
    };
  }

  #commitVerdict({ id, isMerge, changes }: OwnCommit, patch: Buffer): Verdict {
    if (changes.length === 0)
      return {
        fate: 'nothing',
        because: isMerge ? 'A merge without changes of its own.' : 'It changes no file.',
      };
    if (isMerge) return CARRY;
    if (this.#upstream?.hasPatchOf(id) === true)
      return { ...AS_UPSTREAM, because: 'Upstream has a commit with the same patch.' };
    if (this.#upstream?.has(changes) === true)
      return { ...AS_UPSTREAM, because: 'Upstream has these files with the same content.' };
    const parts = patchParts(patch);
    const isOneEach = parts.length === changes.length;
    const settings = changes.map(({ rel }, n) =>
      isOneEach ? this.#settingsOf(rel, parts[n] ?? Buffer.alloc(0)) : undefined,
    );
    return settings.every((one) => one !== undefined) ? this.#asSettings(settings.flat()) : CARRY;
  }

  #editVerdict(rel: PathLike, change: GitChange['change'], patch: Buffer): Verdict {
    if (this.#upstream?.hasWorkTree(rel) === true)
      return { ...AS_UPSTREAM, because: 'Upstream has this file with the same content.' };
    if (change === 'deleted')
      return { fate: 'nothing', because: 'You deleted this file of upstream; nothing to carry.' };
    const settings = this.#settingsOf(rel, patch);
    return settings === undefined ? CARRY : this.#asSettings(settings);
  }

  /** Empty for a settings file, which is converted key by key; undefined where the patch says more than settings. */
  #settingsOf(rel: PathLike, patch: Buffer): ConfigValue[] | undefined {
    const key = keyOf(rel);
    const file = this.#survey.inventory.files.find((one) => keyOf(one.rel) === key);
    if (file?.kind === 'settings' || file?.kind === 'env') return [];
    return settingsOfPatch(displayPath(rel), patch);
  }

  #asSettings(values: readonly ConfigValue[]): Verdict {
    const open = values.filter(({ stated }) => stated === undefined || !this.#isStated(stated));
    if (values.length === 0)
      return { fate: 'configuration', because: 'Its settings are read and carried over, key by key.' };
    if (open.length === 0)
      return {
        fate: 'configuration',
        because: 'A settings file states this setting, so the default in the code has no effect.',
      };
    return {
      fate: 'configuration',
      because: 'It changes defaults for which config.yaml has a key.',
      settings: open.map(({ key, value }) => ({ key, value })),
    };
  }

  #isStated(path: readonly string[]): boolean {
    return this.#survey.settings.some(
      ({ role, root }) => role === 'multi' && root !== undefined && nodeAt(root, [...path]) !== undefined,
    );
  }

  #note({ fate, settings = [] }: Verdict, files: readonly string[], withheld: string | undefined): string {
    if (fate === 'configuration')
      return settings.length === 0
        ? 'Nothing to do.'
        : `In config.yaml: ${settings.map(({ key, value }) => `${key}: ${value}`).join(', ')}.`;
    if (fate !== 'carry') return 'Nothing to do.';
    const kept = withheld === undefined ? '' : ` No patch is written: ${withheld}.`;
    const site = this.#siteOf(files);
    if (site !== undefined)
      return `The installed package has this code: apply it with \`patch -p1 -d ${site}\`, again after each upgrade.${kept}`;
    const isPackage = files.some((file) => file.startsWith('agent_workflow/'));
    return isPackage
      ? `The package has this code: apply it in the folder that holds agent_workflow, again after each upgrade.${kept}`
      : `The package does not have these files, so it has no effect there: keep it, or offer it to upstream.${kept}`;
  }

  /** The folder that holds the installed package, if it has all of these files. */
  #siteOf(files: readonly string[]): string | undefined {
    if (!this.#probe.installed || this.#probe.location === undefined) return undefined;
    const site = join(this.#probe.location, '..');
    const has = (file: string) =>
      file.startsWith('agent_workflow/') && statIfReachable(this.#system, join(site, file)) !== undefined;
    return files.every(has) ? site : undefined;
  }

  #shown(rel: PathLike): string {
    const shown = this.#displays.get(keyOf(rel)) ?? displayPath(rel);
    return this.#guard.holdsSecret(shown) ? HIDDEN : shown;
  }
}
