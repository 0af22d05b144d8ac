import { isKnownVariable } from '../credentials/secret-kinds.ts';
import type { EnvFile } from './env-files.ts';
import type { SettingsFile } from './settings-files.ts';

const REFERENCE = /\$\{?([A-Za-z_]\w*)/g;

/**
 * Tells which variables of the person's shell belong to this installation: those that agent-workflow knows, those that its
 * env files set, and those that its settings refer to as `$NAME`. A shell exports a good deal that is none of our business.
 */
export function wantedNames(
  settings: readonly SettingsFile[],
  envFiles: readonly EnvFile[],
): (name: string) => boolean {
  const named = new Set(envFiles.flatMap(({ variables }) => variables.map(({ name }) => name)));
  for (const { leaves } of settings) {
    for (const { node } of leaves) {
      if (node.kind !== 'scalar' || node.type !== 'text' || !node.source.includes('$')) continue;
      for (const [, name] of node.source.matchAll(REFERENCE)) named.add(name as string);
    }
  }
  for (const name of OF_THE_SYSTEM) named.delete(name);
  return (name) => named.has(name) || isKnownVariable(name);
}

/** Set in every shell, and of no meaning for another one. */
const OF_THE_SYSTEM = ['HOME', 'PATH', 'USER', 'SHELL', 'PWD', 'TERM', 'LANG', 'EDITOR', 'PAGER', 'HOSTNAME'];
