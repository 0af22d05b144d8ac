import type { ReadExport } from '../../export/read-export.ts';
import { shortPath } from '../../paths.ts';
import { shortList } from './table.ts';

/** What a person did to an export, before anything is made of it. */
export function importLines(exported: ReadExport, source: string, home: string): string[] {
  const { folder, files, removed, ignored } = exported;
  const of = (state: string) => files.filter((file) => file.state === state).map(({ place }) => place);
  return [
    `Export ${shortPath(folder, home)} of ${shortPath(source, home)}, whole`,
    ...listed('Edited', of('edited')),
    ...listed('Added', of('added')),
    ...listed('Deleted, not imported', removed),
    ...listed('Not read: no settings file of that name is known', ignored),
    '',
  ];
}

function listed(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [title, ...shortList(items, 12)];
}
