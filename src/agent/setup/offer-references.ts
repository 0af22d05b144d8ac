import { AppError } from '../../shared/errors.ts';
import { shortPath } from '../paths.ts';
import { readOnly } from '../read-only-system.ts';
import { applyReferences } from '../references/apply.ts';
import { plannedChanges } from '../references/change.ts';
import { searchReferences } from '../references/search.ts';
import type { PackageProbe } from '../survey/package-probe.ts';
import type { FoundReference } from '../survey/references/reference.ts';
import { closeSurvey, takeSurvey } from '../survey/survey.ts';
import type { SetupPlaces } from './do-actions.ts';
import { canAsk, type Talk } from './talk.ts';

export interface OfferedReferences {
  /** Lines that can be replaced. */
  readonly found: number;
  /** Ids of those that were. */
  readonly replaced: readonly string[];
  /** Lines that name the clone and need the person. */
  readonly needYou: number;
  /** The file of each line that starts the clone as before. */
  readonly left: readonly string[];
}

/**
 * Offers each line outside of the new home that starts the clone, with its preview; those that a person at the terminal
 * says yes to are replaced, all or none. A rollback gives them back.
 * @throws as `applyReferences`
 */
export async function offerReferences(
  talk: Talk,
  places: SetupPlaces,
  probe: PackageProbe,
): Promise<OfferedReferences> {
  const { system, settings } = talk;
  const all = lookFor(talk, places, probe);
  const patches = all.filter(({ state }) => state === 'patch');
  const needYou = all.filter(({ state }) => state === 'needs-you');
  const chosen: FoundReference[] = [];
  for (const one of canAsk(talk) ? patches : []) {
    const where = one.line === undefined ? one.file : `${shortPath(one.file, system.home)}:${one.line}`;
    talk.say(`${where} starts the old clone:`);
    for (const { before, after } of one.preview ?? []) {
      talk.say(`  - ${before}`);
      talk.say(`  + ${after}`);
    }
    if (await talk.confirm('Replace it?')) chosen.push(one);
  }
  const left = [...patches.filter((one) => !chosen.includes(one)), ...needYou].map(({ file }) => file);
  const offered = { found: patches.length, needYou: needYou.length, left };
  if (chosen.length === 0) return { ...offered, replaced: [] };
  const { ids } = applyReferences(system, settings.home, places, plannedChanges(system, chosen));
  return { ...offered, replaced: ids };
}

/** Nothing where the clone is gone, or cannot be read: the setup goes on without. */
function lookFor(
  { system, settings }: Talk,
  places: SetupPlaces,
  probe: PackageProbe,
): readonly FoundReference[] {
  const reader = readOnly(system);
  try {
    const survey = takeSurvey(reader, places.source, places.target);
    try {
      return searchReferences(system, settings, survey, probe).references;
    } finally {
      closeSurvey(survey);
    }
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
