import { nodeAt, sameValue } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { Check } from './check.ts';
import { counted } from './check.ts';

export const effectiveValues: Check = {
  name: 'effective_values',
  about: 'Each moved setting is read back from the new files and has the value that the old loader saw.',
  check({ system, plan, locate }) {
    const roots = new Map<string, YamlNode | undefined>();
    const rootOf = (file: string) => {
      if (!roots.has(file)) roots.set(file, readYaml(system.readFile(locate(file))).root);
      return roots.get(file);
    };
    const { moves } = plan.draft;
    const wrong = moves.filter(({ file, path, node }) => {
      const root = rootOf(file);
      const there = root && nodeAt(root, [...path]);
      return there === undefined || !sameValue(there, node);
    });
    const reason =
      wrong[0] && `${wrong[0].item} does not have its value at ${wrong[0].file}#${wrong[0].path.join('.')}`;
    return counted('effective_values', 'settings', moves.length - wrong.length, moves.length, reason);
  },
};
