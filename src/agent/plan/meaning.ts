import { hash } from 'node:crypto';
import { lastDefinitions, readDotenv } from '../credentials/dotenv.ts';
import { leavesOf } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';

/** Kinds of files whose bytes may change without a change of what they say. */
export type Meaningful = 'settings' | 'env';

/**
 * A digest of what a settings or env file says: comments, blank lines and line ends do not count. Undefined for one that
 * cannot be read without a doubt; then every byte counts. It covers secrets, so it is kept in memory only.
 */
export function meaningOf(bytes: Buffer, kind: Meaningful): string | undefined {
  const said = kind === 'settings' ? settingsIn(bytes) : variablesIn(bytes);
  return said === undefined ? undefined : hash('sha256', JSON.stringify(said), 'hex');
}

function settingsIn(bytes: Buffer): unknown {
  const { root, problems } = readYaml(bytes, { expectMap: true });
  if (problems.some(({ level }) => level === 'error')) return undefined;
  if (root === undefined) return [];
  return leavesOf(root).map(({ path, node }) => [
    path,
    ...(node.kind === 'scalar' ? [node.type, String(node.value), node.source] : [node.kind]),
  ]);
}

function variablesIn(bytes: Buffer): unknown {
  const { entries, problems } = readDotenv(bytes);
  if (problems.length > 0) return undefined;
  // The statement as it is typed: shells and python-dotenv may read one differently.
  return lastDefinitions(entries).map(({ key, raw }) => [key, raw]);
}
