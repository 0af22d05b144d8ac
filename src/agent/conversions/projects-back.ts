import { PROJECT_FIELDS } from '../survey/projects.ts';
import { nodeAt } from '../yaml/leaves.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { Inverse, OldValue } from './inverse.ts';
import { FIELDS, PLACES } from './project-facts.ts';

const FILE = 'orch-config.yaml';

/** Every entry of the registry in the old map of projects, with the facts that the old tool knew. */
export const projectsBack: Inverse = {
  about: `projects, by their names in ${FILE}`,
  give: ({ registry }) => {
    const projects = nodeAt(registry, ['projects']);
    return (projects?.kind === 'map' ? projects.entries : []).flatMap(({ key, value: entry }) =>
      FIELDS.flatMap((field): OldValue[] => {
        const value = nodeAt(entry, PLACES[field]);
        if (value === undefined || isNothing(value)) return [];
        // A mode may stand in two ways; the plain one is what all layouts know.
        const path = field === 'mode' ? ['mode'] : PROJECT_FIELDS[field][0];
        return [{ file: FILE, path: ['projects', key.source, ...path], value }];
      }),
    );
  },
};

function isNothing(node: YamlNode): boolean {
  if (node.kind === 'list') return node.items.length === 0;
  return node.kind === 'scalar' && (node.type === 'null' || node.value === '');
}
