import { REASONS, type Reason } from '../../shared/recommendation.ts';
import type { LocalPatches } from '../survey/local-patches/find-local-patches.ts';
import type { MachineFacts } from '../survey/machine/machine-facts.ts';
import type { Survey } from '../survey/survey.ts';
import type { Advice } from './advice.ts';
import type { Readiness } from './readiness.ts';
import type { Segment } from './segment.ts';

export type Path = 'guided' | 'automated' | 'manual' | 'decide first';

export interface Recommendation {
  readonly path: Path;
  /** In words; the codes say the same. */
  readonly because: string;
  readonly reasons: readonly Reason[];
  /** Why automated mode would be refused; undefined where it would not. */
  readonly automated_refused: string | undefined;
  /** `stay for now` where something that is used would stop working with the installed package. */
  readonly advice: Advice['recommendation'];
  readonly stops: readonly string[];
}

export interface RecommendationFacts {
  readonly survey: Pick<Survey, 'unreadable' | 'version'>;
  readonly open: number;
  readonly advice: Advice;
  readonly segment: Segment;
  readonly readiness: Pick<Readiness, 'ready'>;
  readonly machine: Pick<MachineFacts, 'isForeign'>;
  readonly patches: LocalPatches['patches'];
}

/**
 * The way that fits (mission §2.1): automated for simple installations, guided for what several people would call theirs,
 * manual with help for what somebody built upon. What cannot be read whole is never automated.
 */
export function recommend(facts: RecommendationFacts): Recommendation {
  const { survey, open, segment, readiness, machine, advice, patches } = facts;
  const isWhole = survey.unreadable.length === 0;
  const carried = patches.some(({ fate }) => fate === 'carry');
  const asks: readonly Reason[] = [
    ...(open > 0 ? ['open-decisions' as const] : []),
    ...(isWhole ? [] : ['cannot-be-read-whole' as const]),
  ];
  const care: readonly Reason[] = [
    ...(readiness.ready ? [] : ['not-ready' as const]),
    ...(machine.isForeign ? ['foreign-owner' as const] : []),
    ...(survey.version.compatible === 'unknown' ? ['version-unknown' as const] : []),
  ];
  const [path, reasons] = choose(asks, care, segment, carried);
  const refused = [...asks, ...care.filter((reason) => reason === 'not-ready')];
  return {
    path,
    because: reasons.map((reason) => REASONS[reason]).join('; '),
    reasons,
    automated_refused: refused.length === 0 ? undefined : refused.map((reason) => REASONS[reason]).join('; '),
    advice: advice.recommendation,
    stops: advice.stops.map(({ what }) => what),
  };
}

function choose(
  asks: readonly Reason[],
  care: readonly Reason[],
  { name }: Segment,
  carried: boolean,
): [Path, readonly Reason[]] {
  const own: readonly Reason[] = carried ? ['own-changes'] : [];
  if (asks.length > 0) return ['decide first', [...asks, ...care]];
  if (name === 'advanced') return ['manual', ['advanced-user', ...own, ...care]];
  if (name === 'intermediate') return ['guided', ['several-parts', ...own, ...care]];
  if (own.length + care.length > 0) return ['guided', [...own, ...care]];
  return ['automated', ['simple-setup']];
}
