import { safeText } from '../../../shared/safe-text.ts';
import type { LocalPatches } from '../../survey/local-patches/find-local-patches.ts';
import { FATE_WORDS } from '../../survey/local-patches/finding.ts';
import type { LocalPatch } from '../../survey/local-patches/local-patch.ts';
import { shortList } from './table.ts';

const WITHOUT_GIT: Readonly<Record<string, string>> = {
  'not-a-repository': 'The installation is no git clone, so your changes cannot be told from upstream.',
  'git-missing': 'git is not installed, so your changes cannot be told from upstream.',
  unreadable: 'git cannot read the clone, so your changes cannot be told from upstream.',
};

export function patchLines({ git, upstream, patches, more }: LocalPatches): string[] {
  if (git !== 'read') return [WITHOUT_GIT[git] ?? ''];
  return [
    upstream === undefined
      ? "The clone knows no branch of upstream: commits of yours cannot be told from upstream's."
      : `Compared with ${safeText(upstream)}, as the clone last fetched it.`,
    '',
    ...(patches.length === 0 ? ['You changed nothing of upstream.', ''] : patches.flatMap(onePatch)),
    ...(more > 0 ? [`${more} older commits of yours were not looked at one by one.`, ''] : []),
  ];
}

/** For the report of an assessment. */
export function patchCounts({ git, patches }: LocalPatches): string {
  if (git !== 'read') return 'unknown without git';
  const counts = Map.groupBy(patches, ({ fate }) => fate);
  const words = [...counts].map(([fate, own]) => `${own.length} ${FATE_WORDS[fate]}`);
  return words.length === 0 ? 'none' : words.join(', ');
}

function onePatch(patch: LocalPatch): string[] {
  const title =
    patch.kind === 'commit'
      ? `${patch.commit?.slice(0, 8)}  ${patch.subject}`
      : `edit of ${[patch.files[0], patch.line].filter((part) => part !== undefined).join(':')}`;
  return [
    `${safeText(title)}  (${FATE_WORDS[patch.fate]})`,
    ...(patch.kind === 'commit' ? shortList(patch.files, 5) : []),
    `  ${safeText(patch.because)}`,
    `  ${safeText(patch.note, 400)}`,
    '',
  ];
}
