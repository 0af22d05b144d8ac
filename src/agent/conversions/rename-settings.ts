import { keyItem } from '../plan/ledger.ts';
import { nodeAt, sameValue } from '../yaml/leaves.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { Conversion, Work } from './conversion.ts';
import { existingValue, recordMove } from './existing.ts';
import type { Reading } from './readers.ts';
import { RENAMES, type Rename } from './renames.ts';
import { shownValue } from './shown-value.ts';

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
  version: 1,
  about: 'Keys that have a place of their own in config.yaml move there.',
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
  const to = group[0]?.rename.to ?? [];
  const there = existingValue(work, to[0] as string);
  if (there !== undefined) {
    for (const candidate of group) lose(work, candidate, 'your configuration home', there);
    return;
  }
  const winner = group[0] as Candidate;
  if (wasDecided(work, winner)) {
    for (const candidate of group) lose(work, candidate, 'your earlier decision', undefined);
    return;
  }
  const value = usableValue(work, winner);
  if (value?.node.kind === 'scalar' && value.node.type === 'null') {
    for (const item of winner.items) {
      work.echoed.add(item);
      work.ledger.add({ kind: 'key', item, fate: 'kept-unused', note: value.note });
    }
    for (const loser of group.slice(1)) lose(work, loser, 'your decision', undefined);
    return;
  }
  if (value !== undefined) {
    for (const path of to) {
      work.draft.set(path.split('.'), value.node);
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

/** A value that was kept under `legacy` by a migration, and whose new place holds nothing, need not be asked about again. */
function wasDecided(work: Work, { rename, reading, node, file }: Candidate): boolean {
  if (reading.kind !== 'rejected') return false;
  const kept = existingValue(work, ['legacy', file, ...rename.from.split('.')]);
  return kept !== undefined && sameValue(kept, node);
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
  const byItself = work.defaults(to);
  const values = new Map<string, YamlNode>([
    ...(reading.nearest === undefined ? [] : [['nearest', reading.nearest] as const]),
    ...(reading.choices ?? []).map((choice) => [choice.source, choice] as const),
    ['default', byItself],
  ]);
  const answer = work.decisions.ask({
    id: `value:${to}`,
    question: `${file}#${rename.from} is ${shownValue(node)}, which ${reading.why}. What should ${to} be?`,
    options: [...values].map(([id, value]) => ({ id, outcome: outcomeOf(id, value) })),
    file,
    line,
  });
  const chosen = answer === undefined ? undefined : values.get(answer);
  if (chosen === undefined) return undefined;
  return { node: chosen, changed: true, note: `was ${shownValue(node)}; you chose ${answer}` };
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
        : `${winnerName} goes first; this one said ${shownValue(loser.node)}`,
    });
  }
}
