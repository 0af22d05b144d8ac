import type { Finding } from '../finding.ts';
import type { LocalPatches } from './find-local-patches.ts';
import type { LocalPatch, PatchFate } from './local-patch.ts';

export const FATE_WORDS: Readonly<Record<PatchFate, string>> = {
  'already-upstream': 'already upstream',
  configuration: 'a setting',
  nothing: 'nothing to carry',
  carry: 'to carry',
};

export function patchFindings({ git, upstream, patches, more }: LocalPatches): Finding[] {
  const unknown: Finding[] =
    git === 'read' && upstream === undefined
      ? [
          {
            code: 'no-upstream',
            level: 'info',
            message:
              "The clone knows no branch of upstream, so your commits cannot be told from upstream's; only edits are listed.",
            fix: 'Run `git fetch` in the clone, then the assessment again.',
          },
        ]
      : [];
  const hidden: Finding[] =
    more > 0
      ? [
          {
            code: 'local-patch',
            level: 'warning',
            message: `${more} more commits of yours were not looked at one by one.`,
            fix: 'List them with `git log` in the clone.',
          },
        ]
      : [];
  return [...unknown, ...patches.filter(({ fate }) => fate !== 'nothing').map(patchFinding), ...hidden];
}

function patchFinding({ kind, commit, files, line, fate, because, note, withheld }: LocalPatch): Finding {
  const what = kind === 'commit' ? `Your commit ${commit?.slice(0, 8)}` : 'Your edit that is not committed';
  const fix =
    fate === 'carry' && withheld === undefined
      ? 'Keep it as a patch: migration-agent patches --export DIR'
      : note;
  return {
    code: 'local-patch',
    level: fate === 'carry' ? 'warning' : 'info',
    message: `${what} is ${FATE_WORDS[fate]}: ${because}`,
    file: files[0],
    line,
    fix,
  };
}
