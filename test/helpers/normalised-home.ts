import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readVault } from '../../src/agent/credentials/vault.ts';
import { displayPath, joinPath, textOrBytes } from '../../src/agent/paths.ts';
import type { PathLike } from '../../src/agent/system.ts';

/**
 * What a migrated home says, without what is another in every run: times, ids, digests, keys, and how many records its
 * journal had. One line for each entry, with the decrypted secrets in place of the encrypted ones.
 */
export function normalisedHome(target: string): string[] {
  const lines: string[] = [];
  const visit = (rel: PathLike) => {
    const path = rel.length === 0 ? target : joinPath(target, rel);
    const stat = lstatSync(path);
    const head = `${settled(displayPath(rel))} ${(stat.mode & 0o7777).toString(8)}`;
    if (stat.isDirectory()) {
      lines.push(`${head} folder`);
      const names = readdirSync(path, { encoding: 'buffer' }).sort(Buffer.compare);
      for (const name of names) visit(rel.length === 0 ? textOrBytes(name) : joinPath(rel, name));
    } else if (stat.isSymbolicLink()) {
      lines.push(`${head} -> ${readlinkSync(path, 'latin1')}`);
    } else {
      lines.push(`${head} ${contentOf(target, path, displayPath(rel))}`);
    }
  };
  visit('');
  return lines;
}

function contentOf(target: string, path: PathLike, rel: string): string {
  if (rel === 'credentials.key') return 'a key';
  if (/^logs\/migration-.*\.log$/.test(rel)) return 'a log';
  const bytes = readFileSync(path);
  if (rel !== 'credentials.enc') return settled(bytes.toString('latin1'));
  const vault = readVault(readFileSync(join(target, 'credentials.key')), bytes);
  return JSON.stringify(vault.names().map((name) => [name, vault.get(name)?.reveal().toString('utf8')]));
}

function settled(text: string): string {
  return text
    .replace(/run-\d{8}-\d{6}(-\d{3})?-[0-9a-f]{4,16}/g, 'RUN')
    .replace(/migration-backup-\d{8}-\d{6}(-\d+)?/g, 'BACKUP')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\b[0-9a-f]{64}(?:[0-9a-f]{64})?\b/g, 'DIGEST')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?/g, 'TIME')
    .replace(/migration-\d{8}-\d{6}/g, 'migration-TIME')
    .replace(/"records": \d+/g, '"records": N')
    .replace(/"bytes": \d+/g, '"bytes": N');
}
