import { type CopyItem, type CopyTools, looksSecret } from './copy.ts';
import { linkKey } from './sealed-tar.ts';

type Search = Pick<CopyTools, 'search' | 'patterns'>;

/** An attribute of it holds a known secret, or is text that looks like one. */
export function hasSecretAttribute(tools: Search, item: CopyItem): boolean {
  return Object.entries(item.attributes ?? {}).some(([name, value]) => {
    const said = Buffer.concat([Buffer.from(`${name}=`), Buffer.from(value, 'base64')]);
    return tools.search.isIn(said) || looksSecret(tools, item, said);
  });
}

/** The keys (`linkKey`) of files of which one name is secret: then each of their names is. */
export function secretFiles(tools: Search, items: readonly CopyItem[]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const item of items) {
    const key = linkKey(item.stat);
    if (key !== undefined && (item.secret || hasSecretAttribute(tools, item))) keys.add(key);
  }
  return keys;
}
