import { isSecretSetting } from '../credentials/secret-settings.ts';
import { keyPath } from '../plan/ledger.ts';
import { BASE_FILE } from '../survey/base.ts';
import { nodeAt, sameValue } from '../yaml/leaves.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { Work } from './conversion.ts';
import { shownValue } from './shown-value.ts';

/**
 * Whose value a place of the home gets:
 * - `source`: the installation's; nothing is there, or what the last migration left
 * - `first`: the home's; nobody knows what the installation said before, so there are two sides only
 * - `home`: the home's; only that was changed since the last migration
 * - `decided`: the home's; both were changed, and so it was decided
 */
export type Winner = 'source' | 'first' | 'home' | 'decided';

/** One value as three sides have it; undefined where a side has none. */
export interface Sides {
  /** For questions and their ids: `config.yaml#global.log_level`. */
  readonly at: string;
  readonly path: readonly string[];
  readonly mine: YamlNode | undefined;
  readonly base: YamlNode | undefined;
  readonly theirs: YamlNode;
  /** Where the installation says it. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** What happens where both sides were changed: the person is asked, or the home goes first without a word. */
export type OnBoth = 'ask' | 'home';

export function winnerOf(work: Work, sides: Sides, onBoth: OnBoth = 'ask'): Winner {
  const { mine, base, theirs } = sides;
  if (mine !== undefined && sameValue(mine, theirs)) return base === undefined ? 'first' : 'source';
  if (base === undefined) return mine === undefined || isNull(mine) ? 'source' : 'first';
  if (mine !== undefined && sameValue(mine, base)) return 'source';
  if (sameValue(theirs, base)) return 'home';
  return onBoth === 'ask' && ask(work, sides) === 'old' ? 'source' : 'decided';
}

/** The safe answer keeps the home's value. Both values are named; a secret is not shown. */
function ask(work: Work, { at, path, mine, base, theirs, file, line }: Sides): string | undefined {
  const shown = (node: YamlNode | undefined) =>
    node === undefined ? 'nothing' : shownUnlessSecret(work, path, node);
  return work.decisions.ask({
    id: `both:${at}`,
    question: `${at} was ${shown(base)} after the last migration. The old installation says ${shown(theirs)} now, and your configuration home ${shown(mine)}. Which one counts?`,
    options: [
      { id: 'mine', outcome: `Keep ${shown(mine)}, as your configuration home has it.` },
      { id: 'old', outcome: `Take ${shown(theirs)} of the old installation.` },
    ],
    safe: 'mine',
    file,
    line,
  });
}

/** A value for a sentence; one that may be a secret is hidden. The person may have typed one into their own home. */
export function shownUnlessSecret(work: Work, path: readonly string[], node: YamlNode): string {
  if (node.kind !== 'scalar') return shownValue(node);
  const text = node.type === 'text' ? String(node.value) : node.source;
  const isSecret = isSecretSetting(path, text, node.type === 'text') || work.holdsSecret(Buffer.from(text));
  return isSecret ? '********' : shownValue(node);
}

/** What the home's config.yaml has at a path. */
export function homeValue({ survey }: Work, path: readonly string[]): YamlNode | undefined {
  const root = survey.target.config?.root;
  return root && nodeAt(root, path);
}

/**
 * What the last migration left at a path of config.yaml: what the installation said then, or the package's own default
 * where it said nothing. Undefined where the installation was never migrated into this home.
 */
export function baseValue(
  { survey, isOwnKey, defaults }: Work,
  path: readonly string[],
): YamlNode | undefined {
  const { base, config } = survey.target;
  // Without its file a home is no home from which single keys were taken out.
  if (base === undefined || config === undefined) return undefined;
  const dotted = path.join('.');
  return nodeAt(base.config, path) ?? (isOwnKey(dotted) ? defaults(dotted) : undefined);
}

interface MergeOptions {
  /** Who wins where the last migration left no base: the home, or (under `legacy`) the installation. */
  readonly twoSides: 'home' | 'source';
  readonly onBoth?: OnBoth;
  /** The file that says it. */
  readonly file?: string | undefined;
}

/**
 * Notes that the installation says `theirs` at a path of config.yaml, and writes of it what does not give way to the
 * home's own: maps are merged key by key, lists and single values are taken or left whole. Gives the winner at any path
 * at or below.
 */
export function mergeAt(
  work: Work,
  path: readonly string[],
  theirs: YamlNode,
  { twoSides, onBoth = 'ask', file }: MergeOptions,
): (path: readonly string[]) => Winner {
  const { kept } = work.draft;
  if (work.draft.say(path, theirs)) merge(path, theirs);
  return (wanted) => {
    for (let depth = wanted.length; depth >= path.length; depth--) {
      const winner = kept.get(JSON.stringify(wanted.slice(0, depth)));
      if (winner !== undefined) return winner;
    }
    return 'source';
  };

  function merge(here: readonly string[], node: YamlNode): void {
    const mine = homeValue(work, here);
    const base = baseValue(work, here);
    if (mine !== undefined && sameValue(mine, node)) return;
    const isMap = node.kind === 'map' && node.entries.length > 0;
    if (isMap && (mine?.kind === 'map' || (mine === undefined && base?.kind === 'map'))) {
      for (const { key, value } of node.entries) merge([...here, key.source], value);
      return;
    }
    const at = `config.yaml#${keyPath(here)}`;
    const sides: Sides = { at, path: here, mine, base, theirs: node, file, line: lineOf(node) };
    const winner = winnerOf(work, sides, onBoth);
    if (winner === 'source' || (winner === 'first' && twoSides === 'source')) work.draft.write(here, node);
    else kept.set(JSON.stringify(here), winner);
  }
}

function lineOf({ line }: YamlNode): number | undefined {
  return line === 0 ? undefined : line;
}

/** The ledger's words for a value that gave way, and where it is still written. */
export function givenWay(winner: Winner, said: string): { readonly note: string; readonly to: string } {
  switch (winner) {
    case 'home':
      return {
        note: `you changed it in your configuration home since the last migration; the old installation still says ${said}`,
        to: BASE_FILE,
      };
    case 'decided':
      return {
        note: `both were changed since the last migration, and your configuration home goes first; this one says ${said}`,
        to: BASE_FILE,
      };
    default:
      return { note: `your configuration home goes first; this one said ${said}`, to: BASE_FILE };
  }
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.type === 'null';
}

/** What cannot be read may still say what is missing: only of a whole reading something is taken for removed. */
export function isReadWhole({ survey }: Pick<Work, 'survey'>): boolean {
  return survey.unreadable.length === 0 && survey.settings.every(({ state }) => state !== 'broken');
}
