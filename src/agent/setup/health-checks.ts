import { join } from 'node:path';
import { readTextIfThere } from '../files.ts';
import type { ReadSystem } from '../system.ts';
import { nodeAt } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';

/** Whether the package's own health checks are on: every new home has them on, and a home that was there keeps its word. */
export function healthChecksIn(system: ReadSystem, target: string): 'enabled' | 'disabled' | 'unknown' {
  const text = readTextIfThere(system, join(target, 'config.yaml'));
  const root = text === undefined ? undefined : readYaml(Buffer.from(text)).root;
  const enabled = root && nodeAt(root, ['monitoring', 'health_checks', 'enabled']);
  if (enabled?.kind !== 'scalar') return 'unknown';
  return enabled.value === true ? 'enabled' : 'disabled';
}
