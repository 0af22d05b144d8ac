import { scalar } from '../yaml/build.ts';
import type { Conversion, Work } from './conversion.ts';
import { existingValue } from './existing.ts';
import { isReadWhole, mergeAt } from './three-way.ts';

/** The package asks for a profile, the legacy tool had none: the number of projects and their modes tell it. */
export const inferProfile: Conversion = {
  id: 'infer-profile',
  version: 2,
  about: 'The user profile is inferred from the projects and their modes, and the reason is shown.',
  inverse: { none: 'the old tool has no profile' },
  convert(work) {
    // What cannot be read may have decided it: it stays as it was.
    if (work.survey.target.base !== undefined && !isReadWhole(work)) return;
    const { profile, reason } = profileOf(modesOf(work));
    const path = ['global', 'user_profile'];
    const winnerAt = mergeAt(work, path, scalar(profile), { twoSides: 'home', onBoth: 'home' });
    if (winnerAt(path) === 'source' && existingValue(work, path) === undefined)
      work.draft.profileReason = reason;
  },
};

/** @param modes one for each project, or only the default mode where there is no project */
export function profileOf(modes: readonly string[]): { profile: string; reason: string } {
  const distinct = new Set(modes);
  if (distinct.size > 1)
    return { profile: 'custom', reason: `projects run in different modes: ${[...distinct].join(', ')}` };
  const [only] = distinct;
  if (only === 'autonomous') return { profile: 'researcher', reason: 'everything runs autonomously' };
  if (only === 'partial') return { profile: 'team-lead', reason: 'agents work with review (partial mode)' };
  if (modes.length > 1) return { profile: 'team-lead', reason: `${modes.length} projects` };
  return { profile: 'solo-engineer', reason: 'one project in blocking mode' };
}

function modesOf(work: Work): string[] {
  const fallback = work.draft.get(['global', 'default_mode']) ?? work.defaults('global.default_mode');
  const modes = work.draft.projects.map(({ mode }) => mode ?? fallback);
  return (modes.length === 0 ? [fallback] : modes).map((node) =>
    node.kind === 'scalar' ? String(node.value) : '',
  );
}
