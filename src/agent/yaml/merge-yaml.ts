import { AppError } from '../../shared/errors.ts';
import { safeText } from '../../shared/safe-text.ts';
import { map, scalar } from './build.ts';
import { addToSource, editSource } from './edit-source.ts';
import { entryOf, indexIn, nodeAt, sameValue } from './leaves.ts';
import { readYaml } from './read-yaml.ts';
import { writeYaml } from './write-yaml.ts';
import type { YamlMap, YamlNode } from './yaml-node.ts';

export interface YamlChange {
  /** Keys from the root; list items by index, the index after the last one appends. Missing maps are made. */
  readonly path: readonly string[];
  readonly node: YamlNode;
}

/**
 * The text with these values set, one after the other. Lines that a change does not concern stay byte for byte: comments,
 * order, quotes, numbers' spellings, line ends. A value that is there already changes nothing.
 *
 * Each edit is read back and compared with what is wanted. Where a small one would mean something else (an anchor that is
 * used elsewhere, block text at the end of the file), the next larger part is written anew, at last the whole file. New
 * entries of one map that follow each other are one edit, so that a thousand of them are no thousand readings.
 *
 * `file` names the text in errors. Throws `AppError` TARGET_DAMAGED when the text cannot be read, holds no map, or has a
 * value where the path needs a map.
 */
export function setInYaml(text: string, changes: readonly YamlChange[], file = 'config.yaml'): string {
  return siblings(changes).reduce((current, group) => setGroup(current, group, file), text);
}

/** Changes in groups: those that follow each other in one map are together. */
function siblings(changes: readonly YamlChange[]): YamlChange[][] {
  const groups: YamlChange[][] = [];
  let last: string | undefined;
  for (const change of changes) {
    const parent = JSON.stringify(change.path.slice(0, -1));
    if (parent === last) groups.at(-1)?.push(change);
    else groups.push([change]);
    last = parent;
  }
  return groups;
}

/** The first of a group may have to make the map that the others then are added to. */
function setGroup(text: string, group: readonly YamlChange[], file: string): string {
  const [first, ...rest] = group;
  if (first === undefined) return text;
  if (rest.length === 0) return setOne(text, first, file);
  const whole = addAll(text, group, file);
  if (whole !== undefined) return whole;
  const begun = setOne(text, first, file);
  return addAll(begun, rest, file) ?? rest.reduce((current, change) => setOne(current, change, file), begun);
}

/** All of them by one edit; undefined where that cannot be done or one of them is no new entry. */
function addAll(text: string, group: readonly YamlChange[], file: string): string | undefined {
  const parent = group[0]?.path.slice(0, -1) ?? [];
  const keys = group.map(({ path }) => path.at(-1) ?? '');
  const root = readMap(text, file);
  const map = nodeAt(root, parent);
  if (map?.kind !== 'map' || new Set(keys).size < keys.length) return undefined;
  if (keys.some((key) => entryOf(map, key) !== undefined)) return undefined;
  const entries = group.map(({ node }, index) => ({ key: scalar(keys[index] as string), value: node }));
  const edited = addToSource(text, parent, entries);
  const node = { ...map, entries: [...map.entries, ...entries] };
  const wanted = parent.length === 0 ? node : withNode(root, parent, node, file);
  return edited !== undefined && means(edited, wanted) ? edited : undefined;
}

function setOne(text: string, { path, node }: YamlChange, file: string): string {
  if (path.length === 0) throw new RangeError('A change needs a path of at least one key.');
  const root = readMap(text, file);
  const current = nodeAt(root, path);
  if (current !== undefined && sameValue(current, node)) return text;
  const wanted = withNode(root, path, node, file);
  for (let depth = path.length; depth > 0; depth--) {
    const part = path.slice(0, depth);
    const value = nodeAt(wanted, part);
    const edited = value === undefined ? undefined : editSource(text, part, value);
    if (edited !== undefined && means(edited, wanted)) return edited;
  }
  return writeYaml(wanted as YamlMap);
}

/** True when the text says this and nothing else. */
export function means(text: string, wanted: YamlNode): boolean {
  const { root } = readYaml(Buffer.from(text, 'utf8'));
  return root !== undefined && sameValue(root, wanted);
}

/** @throws `AppError` TARGET_DAMAGED */
export function readMap(text: string, file: string): YamlMap {
  const { root, problems } = readYaml(Buffer.from(text, 'utf8'), { expectMap: true });
  const error = problems.find(({ level }) => level === 'error');
  if (error !== undefined) {
    const reason = error.message.replace(/\.$/, '');
    throw new AppError(
      'TARGET_DAMAGED',
      { file, reason: `line ${error.line}: ${reason}` },
      { file, line: error.line },
    );
  }
  return root?.kind === 'map' ? root : map({});
}

/** The tree with `node` at `path`; everything else is shared with the old one. */
function withNode(
  tree: YamlNode | undefined,
  path: readonly string[],
  node: YamlNode,
  file: string,
  before = '',
): YamlNode {
  const [key, ...rest] = path;
  if (key === undefined) return node;
  const here = before === '' ? key : `${before}.${key}`;
  const set = (old: YamlNode | undefined) => withNode(old, rest, node, file, here);
  if (tree === undefined || (tree.kind === 'scalar' && tree.type === 'null')) {
    return { ...map({}), entries: [{ key: scalar(key), value: set(undefined) }] };
  }
  if (tree.kind === 'map') {
    const old = entryOf(tree, key);
    if (old === undefined)
      return { ...tree, entries: [...tree.entries, { key: scalar(key), value: set(undefined) }] };
    const entries = tree.entries.map((entry) =>
      entry === old ? { key: entry.key, value: set(entry.value) } : entry,
    );
    return { ...tree, entries };
  }
  const index = tree.kind === 'list' ? indexIn(tree, key) : undefined;
  if (tree.kind === 'list' && index !== undefined) {
    const value = set(tree.items[index]);
    return { ...tree, items: [...tree.items.slice(0, index), value, ...tree.items.slice(index + 1)] };
  }
  throw new AppError(
    'TARGET_DAMAGED',
    { file, reason: `line ${tree.line}: "${safeText(before, 100)}" is not a map` },
    { file, line: tree.line },
  );
}
