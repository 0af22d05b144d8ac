import { cutFromSource, editSource } from './edit-source.ts';
import { entryOf, nodeAt } from './leaves.ts';
import { means, readMap } from './merge-yaml.ts';
import { writeYaml } from './write-yaml.ts';
import type { YamlMap, YamlNode } from './yaml-node.ts';

/**
 * The text without the entries of maps at these paths, one after the other; one that is not there changes nothing. As in
 * `setInYaml` all other lines stay, each edit is read back, and where cutting the lines out would mean something else the
 * next larger part is written anew.
 * @throws `AppError` TARGET_DAMAGED when the text cannot be read or holds no map
 */
export function removeInYaml(
  text: string,
  paths: readonly (readonly string[])[],
  file = 'config.yaml',
): string {
  return paths.reduce((current, path) => removeOne(current, path, file), text);
}

function removeOne(text: string, path: readonly string[], file: string): string {
  const root = readMap(text, file);
  const isEntry = nodeAt(root, path.slice(0, -1))?.kind === 'map';
  if (!isEntry || nodeAt(root, path) === undefined) return text;
  const wanted = without(root, path) as YamlMap;
  const cut = cutFromSource(text, path);
  if (cut !== undefined && means(cut, wanted)) return cut;
  for (let depth = path.length - 1; depth > 0; depth--) {
    const part = path.slice(0, depth);
    const value = nodeAt(wanted, part);
    const edited = value === undefined ? undefined : editSource(text, part, value);
    if (edited !== undefined && means(edited, wanted)) return edited;
  }
  return writeYaml(wanted);
}

/** A copy of the tree without what is at the path; a list keeps its items. */
function without(tree: YamlNode, [key = '', ...rest]: readonly string[]): YamlNode {
  if (tree.kind !== 'map') return tree;
  const gone = entryOf(tree, key);
  const entries =
    rest.length === 0
      ? tree.entries.filter((entry) => entry !== gone)
      : tree.entries.map((entry) =>
          entry === gone ? { ...entry, value: without(entry.value, rest) } : entry,
        );
  return { ...tree, entries };
}
