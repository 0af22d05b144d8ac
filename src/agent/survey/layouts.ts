import { join } from 'node:path';
import type { ReadSystem } from '../system.ts';
import { statIfReachable } from './reachable.ts';

export type Layout = 'documented' | 'classic' | 'multi-project';

/** What proves a layout: every path of one alternative exists (formats.md §2). */
const MARKS: readonly { layout: Layout; anyOf: readonly (readonly string[])[] }[] = [
  { layout: 'documented', anyOf: [['orchestrator.yaml']] },
  {
    layout: 'classic',
    anyOf: [['scripts/orchestrator.py', 'lib'], ['config.yml', 'lib'], ['config/projects.yaml']],
  },
  { layout: 'multi-project', anyOf: [['orch-config.yaml'], ['.orch-global']] },
];

/** The layouts whose marks lie in `folder`; empty when it is no installation. One installation can mix them. */
export function layoutsIn(system: ReadSystem, folder: string): Layout[] {
  const there = (relative: string) => statIfReachable(system, join(folder, relative)) !== undefined;
  return MARKS.filter(({ anyOf }) => anyOf.some((paths) => paths.every(there))).map(({ layout }) => layout);
}
