import { hash } from 'node:crypto';
import { displayPath, joinPath } from '../paths.ts';
import type { Survey } from '../survey/survey.ts';
import type { FileStat } from '../system.ts';
import { keyItem } from './ledger.ts';

/**
 * SHA-256 of what a plan was made from: each setting with its value, the names and lengths of secrets, the stats of all
 * other files. Comments, blank lines and line ends of settings and env files are no part of it, and neither is a secret.
 */
export function fingerprint(survey: Survey): string {
  const secrets = new Set(survey.secrets.map(({ item }) => item));
  const settings = survey.settings.flatMap(({ rel, leaves }) =>
    leaves
      .map(({ path, node }) => ({ item: keyItem(rel, path), node }))
      .filter(({ item }) => !secrets.has(item))
      .map(({ item, node }) => [item, ...(node.kind === 'scalar' ? [node.type, node.source] : [node.kind])]),
  );
  const variables = survey.envFiles.flatMap(({ rel, variables }) =>
    variables
      .filter(({ what }) => what === 'setting')
      .map(({ name, value }) => [keyItem(rel, [name]), value.reveal().toString('latin1')]),
  );
  const hidden = survey.secrets.map(({ item, value }) => [item, value.length]);
  const read = new Set(survey.settings.filter(({ state }) => state !== 'broken').map(({ rel }) => rel));
  const files = survey.inventory.files
    .filter(({ kind }) => kind !== 'regenerable')
    .map(({ rel, kind, stat, display }) => {
      const says = kind === 'env' || (typeof rel === 'string' && read.has(rel));
      return [display, ...(says ? [stat.kind, stat.mode] : statOf(stat))];
    });
  const state = survey.states.flatMap(({ path, entries }) =>
    entries
      .filter(({ kind }) => kind !== 'folder')
      .map(({ rel, stat }) => [displayPath(joinPath(path, rel)), ...statOf(stat)]),
  );
  const lines = [settings, variables, hidden, files, state].map((rows) =>
    rows.map((row) => JSON.stringify(row)).sort(),
  );
  return hash('sha256', JSON.stringify(lines), 'hex');
}

function statOf(stat: FileStat): string[] {
  return [stat.kind, stat.size, stat.mode, stat.mtimeNs, stat.ctimeNs, stat.ino, stat.dev].map(String);
}
