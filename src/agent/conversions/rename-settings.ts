import { keyItem, keyPath } from '../plan/ledger.ts';
import { nodeAt, sameValue } from '../yaml/leaves.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { Conversion, Work } from './conversion.ts';
import { existingValue, recordMove } from './existing.ts';
import type { Reading } from './readers.ts';
import { renameBack } from './rename-back.ts';
import { RENAMES, type Rename } from './renames.ts';
import { shownValue } from './shown-value.ts';
import { baseValue, givenWay, homeValue, shownUnlessSecret, type Winner, winnerOf } from './three-way.ts';

/** One legacy value that wants a place in config.yaml. */
interface Candidate {
  readonly rename: Rename;
  readonly file: string;
  readonly line: number;
  /** Items of the ledger: one for a scalar, one per element of a list. */
  readonly items: readonly string[];
  readonly node: YamlNode;
  readonly reading: Exclude<Reading, { kind: 'nothing' }>;
}

/** Every key of the table `RENAMES`, with precedence between files, losers named, and bad values turned into decisions. */
export const renameSettings: Conversion = {
  id: 'rename-settings',
  version: 2,
  about: 'Keys that have a place of their own in config.yaml move there.',
  inverse: renameBack,
  convert(work) {
    const groups = new Map<string, Candidate[]>();
    for (const candidate of candidates(work)) {
      const key = candidate.rename.to.join();
      groups.set(key, [...(groups.get(key) ?? []), candidate]);
    }
    for (const group of groups.values()) settle(work, group);
  },
};

/** All values of the table's keys, the winner of each setting first: files by precedence, then rows in order. */
function candidates(work: Work): Candidate[] {
  return work.survey.settings
    .filter((file) => file.root !== undefined && !work.survey.shipped.has(file.rel))
    .flatMap((file) =>
      RENAMES.filter((rename) => rename.roles.includes(file.role)).flatMap((rename): Candidate[] => {
        const path = rename.from.split('.');
        const node = nodeAt(file.root as YamlNode, path);
        const items = file.leaves
          .filter((leaf) => path.every((part, index) => leaf.path[index] === part))
          .map((leaf) => keyItem(file.rel, leaf.path));
        if (node === undefined || items.length === 0) return [];
        if (items.some((item) => work.secretItems.has(item) || work.ledger.has('key', item))) return [];
        const reading = rename.read(node);
        return reading.kind === 'nothing'
          ? []
          : [{ rename, file: file.rel, line: node.line, items, node, reading }];
      }),
    );
}

function settle(work: Work, group: readonly Candidate[]): void {
  const winner = group[0] as Candidate;
  const { to } = winner.rename;
  const there = existingValue(work, to[0] as string);
  if (work.survey.target.base === undefined && there !== undefined) {
    for (const path of to) sayUsable(work, path, winner.reading);
    for (const candidate of group) lose(work, candidate, 'your configuration home', there);
    return;
  }
  const decided = wasDecided(work, winner);
  const before = decided ? baseValue(work, (to[0] as string).split('.')) : undefined;
  if (decided && before === undefined) {
    for (const candidate of group) lose(work, candidate, 'your earlier decision', undefined);
    return;
  }
  if (winner.reading.kind === 'rejected' && before === undefined) {
    const changed = to.find((path) => isChangedAtHome(work, path.split('.')));
    if (changed !== undefined) {
      for (const path of to) sayUsable(work, path, winner.reading);
      for (const candidate of group) lose(work, candidate, 'your configuration home', there);
      return;
    }
  }
  const value = before === undefined ? usableValue(work, winner) : decidedBefore(before);
  if (value?.node.kind === 'scalar' && value.node.type === 'null') {
    for (const item of winner.items) {
      work.echoed.add(item);
      work.ledger.add({ kind: 'key', item, fate: 'kept-unused', note: value.note });
    }
    for (const loser of group.slice(1)) lose(work, loser, 'your decision', undefined);
    return;
  }
  if (value !== undefined) {
    for (const path of to) work.draft.say(path.split('.'), value.node);
    const home = homeWinner(work, winner, value.node);
    if (home !== 'source') {
      for (const candidate of group)
        loseToHome(work, candidate, home, value.node, candidate === winner && value.changed);
      return;
    }
    for (const path of to) {
      work.draft.write(path.split('.'), value.node);
      recordMove(work, winner.items[0] as string, path.split('.'), value.node);
    }
  }
  for (const item of winner.items) {
    if (value?.changed === true) work.echoed.add(item);
    work.ledger.add({
      kind: 'key',
      item,
      fate: value === undefined ? 'needs-you' : fateOf(winner, to[0] as string, value.changed),
      to: value === undefined ? undefined : `config.yaml#${to.join(' and ')}`,
      note: value?.note,
    });
  }
  for (const loser of group.slice(1)) lose(work, loser, `${winner.file}#${winner.rename.from}`, value?.node);
}

/** What a setting says without a decision about it. */
function usual({ reading, node }: Candidate): YamlNode {
  return reading.kind === 'rejected' ? node : reading.node;
}

/** Of a value that the package would not take, the base keeps what it was decided to be, or what the package does by itself. */
function sayUsable(work: Work, dotted: string, reading: Candidate['reading']): void {
  const path = dotted.split('.');
  const node = reading.kind === 'rejected' ? (baseValue(work, path) ?? work.defaults(dotted)) : reading.node;
  if (node.kind !== 'scalar' || node.type !== 'null') work.draft.say(path, node);
}

function isChangedAtHome(work: Work, path: readonly string[]): boolean {
  const base = baseValue(work, path);
  const mine = homeValue(work, path);
  return base !== undefined && (mine === undefined || !sameValue(mine, base));
}

/** A setting with two places is one setting: where the person changed either of them, that place speaks for both. */
function homeWinner(work: Work, { rename, file, line }: Candidate, theirs: YamlNode): Winner {
  const places = rename.to.map((path) => path.split('.'));
  const path = places.find((place) => isChangedAtHome(work, place)) ?? (places[0] as string[]);
  const [mine, base] = [homeValue(work, path), baseValue(work, path)];
  return winnerOf(work, { at: `config.yaml#${path.join('.')}`, path, mine, base, theirs, file, line });
}

/** A decision of an earlier migration, which the home and its base still tell. */
function decidedBefore(node: YamlNode): UsableValue {
  return { node, changed: true, note: 'as you decided before' };
}

/**
 * The home's value stays. What the installation says is in the base; under `legacy` it is kept as well where it was before,
 * or where the home's value was decided for.
 */
function loseToHome(
  work: Work,
  candidate: Candidate,
  winner: Winner,
  theirs: YamlNode,
  wasChanged: boolean,
): void {
  const { rename, file, node, items } = candidate;
  const { base } = work.survey.target;
  const wasEchoed = base !== undefined && nodeAt(base.config, legacyPath(candidate)) !== undefined;
  const isEchoed = winner !== 'home' || wasEchoed || wasChanged || !sameValue(usual(candidate), theirs);
  const { note, to } = givenWay(winner, shownUnlessSecret(work, rename.from.split('.'), node));
  const place = isEchoed ? `config.yaml#${keyPath(['legacy', file, ...rename.from.split('.')])}` : to;
  for (const item of items) {
    if (isEchoed) work.echoed.add(item);
    work.ledger.add({ kind: 'key', item, fate: 'kept-unused', to: place, note });
  }
}

function legacyPath({ rename, file }: Candidate): string[] {
  return ['legacy', file, ...rename.from.split('.')];
}

/**
 * A value that was kept under `legacy` by a migration, and whose new place holds nothing, or what was decided then, need
 * not be asked about again.
 */
function wasDecided(work: Work, candidate: Candidate): boolean {
  if (candidate.reading.kind !== 'rejected') return false;
  const path = legacyPath(candidate);
  const { base } = work.survey.target;
  const kept = existingValue(work, path) ?? (base && nodeAt(base.config, path));
  return kept !== undefined && sameValue(kept, candidate.node);
}

interface UsableValue {
  readonly node: YamlNode;
  /** The person chose another value than the file's. */
  readonly changed: boolean;
  readonly note: string | undefined;
}

/** The value to write; undefined while its decision is open. */
function usableValue(work: Work, { rename, reading, node, file, line }: Candidate): UsableValue | undefined {
  if (reading.kind !== 'rejected') return { node: reading.node, changed: false, note: undefined };
  const to = rename.to[0] as string;
  const shown = shownUnlessSecret(work, rename.from.split('.'), node);
  const byItself = work.defaults(to);
  const values = new Map<string, YamlNode>([
    ...(reading.nearest === undefined ? [] : [['nearest', reading.nearest] as const]),
    ...(reading.choices ?? []).map((choice) => [choice.source, choice] as const),
    ['default', byItself],
  ]);
  const answer = work.decisions.ask({
    id: `value:${to}`,
    question: `${file}#${rename.from} is ${shown}, which ${reading.why}. What should ${to} be?`,
    options: [...values].map(([id, value]) => ({ id, outcome: outcomeOf(id, value) })),
    file,
    line,
  });
  const chosen = answer === undefined ? undefined : values.get(answer);
  if (chosen === undefined) return undefined;
  return { node: chosen, changed: true, note: `was ${shown}; you chose ${answer}` };
}

function outcomeOf(id: string, value: YamlNode): string {
  if (id === 'default') return `Use ${shownValue(value)}, what the package does by itself.`;
  return id === 'nearest'
    ? `Use ${shownValue(value)}, the nearest that is allowed.`
    : `Use ${shownValue(value)}.`;
}

function fateOf(winner: Candidate, to: string, changed: boolean) {
  const sameName = winner.rename.from === to;
  return sameName && winner.reading.kind === 'same' && !changed ? ('mapped' as const) : ('renamed' as const);
}

function lose(work: Work, loser: Candidate, winnerName: string, winning: YamlNode | undefined): void {
  const value = loser.reading.kind === 'rejected' ? loser.node : loser.reading.node;
  const agrees = winning !== undefined && sameValue(value, winning);
  for (const item of loser.items) {
    if (!agrees) work.echoed.add(item);
    work.ledger.add({
      kind: 'key',
      item,
      fate: agrees ? 'mapped' : 'kept-unused',
      to: agrees ? `config.yaml#${loser.rename.to.join(' and ')}` : undefined,
      note: agrees
        ? `${winnerName} says the same`
        : `${winnerName} goes first; this one said ${shownUnlessSecret(work, loser.rename.from.split('.'), loser.node)}`,
    });
  }
}
