import { readdirSync, readFileSync } from 'node:fs';
import type { Canary } from '../fixtures/canaries.ts';

/** Where canary secrets occur in clear below `folder`, as `NAME in PATH`. */
export function findCanaries(folder: string, canaries: readonly Canary[]): string[] {
  const needles = canaries.map(({ name, needle }) => ({ name, bytes: Buffer.from(needle) }));
  return filesBelow(Buffer.from(folder)).flatMap((path) => {
    const bytes = readFileSync(path);
    return needles.filter((needle) => bytes.includes(needle.bytes)).map(({ name }) => `${name} in ${path}`);
  });
}

/** Which canaries a text holds. */
export function canariesIn(text: string, canaries: readonly Canary[]): string[] {
  return canaries.filter(({ needle }) => text.includes(needle)).map(({ name }) => name);
}

/** Regular files, whatever the bytes of their names are. */
function filesBelow(folder: Buffer): Buffer[] {
  return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' }).flatMap((entry) => {
    const path = Buffer.concat([folder, Buffer.from('/'), entry.name]);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
