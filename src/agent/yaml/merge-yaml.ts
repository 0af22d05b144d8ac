import { AppError } from '../../shared/errors.ts';
import { safeText } from '../../shared/safe-text.ts';
import { map, scalar } from './build.ts';
import { editSource } from './edit-source.ts';
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
 * used elsewhere, block text at the end of the file), the next larger part is written anew, at last the whole file.
 *
 * `file` names the text in errors. Throws `AppError` TARGET_DAMAGED when the text cannot be read, holds no map, or has a
 * value where the path needs a map.
 */
export function setInYaml(text: string, changes: readonly YamlChange[], file = 'config.yaml'): string {
  return changes.reduce((current, change) => setOne(current, change, file), text);
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

function means(text: string, wanted: YamlNode): boolean {
  const { root } = readYaml(Buffer.from(text, 'utf8'));
  return root !== undefined && sameValue(root, wanted);
}

function readMap(text: string, file: string): YamlMap {
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
