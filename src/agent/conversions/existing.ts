import { nodeAt } from '../yaml/leaves.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { Work } from './conversion.ts';

/** What the person's own config.yaml already says at a dotted path; null counts as nothing said. */
export function existingValue(work: Work, path: string | readonly string[]): YamlNode | undefined {
  const root = work.survey.target.config?.root;
  const node = root && nodeAt(root, typeof path === 'string' ? path.split('.') : [...path]);
  return node?.kind === 'scalar' && node.type === 'null' ? undefined : node;
}

/** Notes where an item's value must be found afterwards. */
export function recordMove(work: Work, item: string, path: readonly string[], node: YamlNode): void {
  work.draft.moves.push({ item, file: 'config.yaml', path, node });
}
