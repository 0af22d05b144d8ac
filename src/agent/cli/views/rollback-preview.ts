import { counted } from '../../../shared/words.ts';
import { displayPath, shortPath } from '../../paths.ts';
import { destinationIn, type RollbackPlace } from '../../rollback/place.ts';
import { placesOf, type RollbackPreview } from '../../rollback/preview.ts';
import { facts, shortList } from './table.ts';

/** Everything that a rollback would do, for people. */
export function rollbackPreviewLines(preview: RollbackPreview, personHome: string): string[] {
  const { backup, selection, home, projects, newer, newerItems, state, references, setup, settings } =
    preview;
  const name = shortPath(home.path, personHome);
  const places = placesOf(preview);
  const count = (of: (place: RollbackPlace) => number) =>
    String(places.reduce((sum, place) => sum + of(place), 0));
  const isWhole = home.difference.remove.some((rel) => rel.length === 0);
  const aside = isWhole
    ? [`  - ${name} as a whole, since there was none before`]
    : shortList(
        places.flatMap((place) =>
          place.difference.remove.map((rel) =>
            place === home ? displayPath(rel) : shortPath(displayPath(destinationIn(place, rel)), personHome),
          ),
        ),
      );
  const chosen = selection.type === 'selective' ? selection.only.join(', ') : selection.type;
  return [
    '',
    ...facts([
      ['Backup', `${backup.manifest.id}, verified`],
      ['Target', name],
      ...(selection.type === 'full' ? [] : [['Chosen', chosen] as const]),
      ...projects.map(({ path }) => ['State', shortPath(path, personHome)] as const),
      ['Restored', count(({ difference }) => difference.restore.length)],
      ['Unchanged', count(({ difference }) => difference.unchanged)],
      ['Moved aside', count(({ difference }) => difference.remove.length)],
      [projects.length === 0 ? 'Project state' : 'Other state', stateWords(state)],
    ]),
    ...(aside.length === 0 ? [] : ['', 'Moved aside, not deleted', ...aside]),
    ...(newer.length === 0
      ? []
      : [
          '',
          'Files newer than the migration: kept in the backup that is made first; --keep PATH leaves one as it is',
          ...shortList(newer),
        ]),
    ...newerItemLines(newerItems),
    ...newerStateLines(state, personHome),
    ...settingLines(settings),
    ...(references.length === 0
      ? []
      : [
          '',
          'Lines that start the package: as before, where nobody changed them since',
          ...shortList(references.map((file) => shortPath(file, personHome))),
        ]),
    ...(setup.length === 0
      ? []
      : [
          '',
          'Final setup: taken back, where nobody changed it since',
          ...shortList(setup.map((path) => shortPath(path, personHome))),
        ]),
  ];
}

function stateWords({ files, changed, added }: RollbackPreview['state']): string {
  if (files + added === 0) return 'none in this backup';
  const made = added === 0 ? '' : `, ${added} made since`;
  return changed + added === 0
    ? `${counted(files, 'file')}, all as before`
    : `${changed} of ${counted(files, 'file')} newer${made}: left alone`;
}

function newerItemLines(items: RollbackPreview['newerItems']): string[] {
  const line = ({ kind, name, change, stays }: RollbackPreview['newerItems'][number]) =>
    `${kind} ${name}, ${change}${stays === undefined ? '' : `: ${stays}`}`;
  const carried = items.filter(({ stays }) => stays === undefined).map(line);
  const conflicts = items.filter(({ isConflict }) => isConflict).map(line);
  const left = items.filter(({ stays, isConflict }) => stays !== undefined && !isConflict).map(line);
  return [
    ...(carried.length === 0
      ? []
      : ['', 'Newer than the migration: carried over (--leave-newer does not)', ...shortList(carried)]),
    ...(conflicts.length === 0
      ? []
      : ['', 'Changed by the migration and by you: --carry PROJECT keeps yours', ...shortList(conflicts)]),
    ...(left.length === 0
      ? []
      : [
          '',
          'Newer than the migration, and not carried over: kept in the backup that is made first',
          ...shortList(left),
        ]),
  ];
}

function newerStateLines({ newer }: RollbackPreview['state'], home: string): string[] {
  if (newer.length === 0) return [];
  const line = ({ path, changed, added }: (typeof newer)[number]) =>
    `${shortPath(path, home)}: ${changed} changed, ${added} made since`;
  return ['', 'Projects with newer state: it stays as it is', ...shortList(newer.map(line))];
}

function settingLines(settings: RollbackPreview['settings']): string[] {
  if (settings.length === 0) return [];
  const lines = settings.map(({ file, key, value }) => `${file}: ${key} = ${value}`);
  return [
    '',
    'Settings you changed since the migration: to keep them, write them into the old files',
    ...shortList(lines),
  ];
}
