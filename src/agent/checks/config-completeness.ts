import { inventoryItems } from '../plan/inventory-items.ts';
import { nodeAt } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { Check } from './check.ts';
import { counted } from './check.ts';

/** Sections that the package's own `configure --validate` asks for. */
export const SECTIONS = ['global', 'ai_provider', 'discord', 'security', 'projects'];

export const configCompleteness: Check = {
  name: 'config_completeness',
  about:
    'Every legacy key, file, secret and project has exactly one fate, and no section that the package asks for is missing.',
  check({ system, plan, locate }) {
    const items = inventoryItems(plan.survey);
    const rows = new Set(plan.content.ledger.map((row) => `${row.kind} ${row.item}`));
    const missing = items.filter(({ kind, item }) => !rows.has(`${kind} ${item}`));
    const root = readYaml(system.readFile(locate('config.yaml'))).root;
    const absent = SECTIONS.filter((section) => root === undefined || nodeAt(root, [section]) === undefined);
    const first =
      missing[0] === undefined ? `section ${absent[0]} is missing` : `${missing[0].item} has no fate`;
    const of = items.length + SECTIONS.length;
    return counted('config_completeness', 'items', of - missing.length - absent.length, of, first);
  },
};
