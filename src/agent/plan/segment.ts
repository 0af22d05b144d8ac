import { counted } from '../../shared/words.ts';
import type { MachineFacts } from '../survey/machine/machine-facts.ts';
import type { Reference } from '../survey/references/reference.ts';
import type { Survey } from '../survey/survey.ts';

/**
 * Who uses the installation (mission §2.1), by five facts, each of which speaks for one of the three: what the fact in
 * the middle says, so that three of five decide. Only the installation's own files count.
 */
export type SegmentName = 'novice' | 'intermediate' | 'advanced';

export interface Segment {
  readonly name: SegmentName;
  /** What each fact says, in words, the ones that decided first. */
  readonly because: readonly string[];
}

export interface SegmentFacts {
  readonly survey: Pick<Survey, 'projects' | 'inventory' | 'git'>;
  readonly machine: Pick<MachineFacts, 'installed'>;
  readonly complexity: 'minimal' | 'basic' | 'moderate' | 'complex';
  readonly integrations: readonly string[];
  readonly references: readonly Pick<Reference, 'kind' | 'state'>[];
  readonly now: Date;
}

interface Vote {
  readonly says: SegmentName;
  readonly because: string;
}

const RANKS: readonly SegmentName[] = ['novice', 'intermediate', 'advanced'];
const MONTH_MS = 30.44 * 86_400_000;
/** Of other programs that start or use the installation. */
const TOOLS: ReadonlySet<Reference['kind']> = new Set(['cron', 'systemd', 'docker', 'ci', 'git-hook']);

export function segmentOf(facts: SegmentFacts): Segment {
  const votes = [age(facts), projects(facts), settings(facts), changes(facts), tools(facts)].flatMap(
    (vote) => vote ?? [],
  );
  const ranked = votes.map(({ says }) => RANKS.indexOf(says)).sort();
  const name = RANKS[ranked[Math.floor((ranked.length - 1) / 2)] as number] as SegmentName;
  const decided = votes.filter(({ says }) => says === name);
  const rest = votes.filter((vote) => !decided.includes(vote));
  return { name, because: [...decided, ...rest].map(({ because, says }) => `${because} (${says})`) };
}

function age({ machine, now }: SegmentFacts): Vote | undefined {
  if (machine.installed === undefined) return undefined;
  const months = Math.max(0, Math.floor((now.getTime() - Date.parse(machine.installed.at)) / MONTH_MS));
  const because =
    months === 0 ? 'installed less than a month ago' : `installed ${counted(months, 'month')} ago`;
  return { says: months >= 12 ? 'advanced' : months >= 3 ? 'intermediate' : 'novice', because };
}

function projects({ survey }: SegmentFacts): Vote {
  const count = survey.projects.length;
  return { says: count > 1 ? 'intermediate' : 'novice', because: counted(count, 'project') };
}

function settings({ complexity, integrations }: SegmentFacts): Vote {
  const because = `${complexity} settings, ${integrations.length === 0 ? 'no integrations' : integrations.join(' and ')}`;
  if (complexity === 'complex') return { says: 'advanced', because };
  return { says: complexity === 'moderate' || integrations.length > 0 ? 'intermediate' : 'novice', because };
}

function changes({ survey }: SegmentFacts): Vote {
  const of = (kind: string) => survey.inventory.files.filter((file) => file.kind === kind).length;
  const [agents, edited] = [of('agent'), of('edited')];
  const commits = survey.git.state === 'read' ? survey.git.facts.ownCommits : 0;
  const parts = [
    ...(agents > 0 ? [counted(agents, 'custom agent')] : []),
    ...(edited > 0 ? [`${counted(edited, 'changed file')} of upstream’s`] : []),
    ...(commits > 0 ? [`${counted(commits, 'commit')} of your own`] : []),
  ];
  if (parts.length === 0) return { says: 'novice', because: 'nothing of upstream’s changed' };
  return { says: agents > 0 || commits > 0 ? 'advanced' : 'intermediate', because: parts.join(', ') };
}

function tools({ references }: SegmentFacts): Vote {
  const used = references.filter(({ kind, state }) => TOOLS.has(kind) && state !== 'listed');
  if (used.length === 0) return { says: 'novice', because: 'no other program starts it' };
  const kinds = [...new Set(used.map(({ kind }) => kind))].join(', ');
  return { says: 'advanced', because: `other programs start it (${kinds})` };
}
