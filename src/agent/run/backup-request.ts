import type { Gap } from '../backup/format.ts';
import type { BackupItem, BackupRequest } from '../backup/request.ts';
import { looksSecret } from '../credentials/looks-secret.ts';
import { displayPath } from '../paths.ts';
import type { Plan } from '../plan/plan.ts';
import { isCredentialName } from '../survey/credential-names.ts';
import { isEnvFile } from '../survey/own-file.ts';
import type { Survey } from '../survey/survey.ts';
import type { Target } from '../survey/target.ts';
import type { PathLike } from '../system.ts';
import type { RunRecord } from './run-record.ts';

/** Everything of the person's own: the clone's own files, the state of every project, and the target as it is. */
export function backupRequest(plan: Plan, record: RunRecord): BackupRequest {
  const { survey } = plan;
  return {
    kind: 'before-migration',
    roots: [
      { id: 'source', path: survey.source, present: true },
      { id: 'target', path: survey.target.path, present: survey.target.present },
      ...survey.states.map((state) => ({ id: state.root, path: state.path, present: true })),
    ],
    items: [...sourceItems(plan), ...stateItems(survey), ...targetItems(survey.target)],
    knownSecrets: survey.knownValues,
    parent: record.backups,
    run: record.id,
    note: `before migrating ${survey.source}`,
    allowUnreadable: record.migrate?.allowUnreadable === true,
    requiredFiles: survey.inventory.files
      .filter((file) => (file.kind === 'settings' || file.kind === 'env') && typeof file.rel === 'string')
      .map((file) => ({ root: 'source', rel: file.rel as string })),
    gaps: gapsOf(survey),
    attributes: true,
    patterns: looksSecret,
  };
}

/** What a backup of a target alone holds, for the moment before a rollback. */
export function targetItems(target: Pick<Target, 'entries'>): BackupItem[] {
  return target.entries.map((entry) => {
    const path = displayPath(entry.rel);
    const secret =
      /^credentials\.(enc|key)$/.test(path) ||
      path.startsWith('global/security/') ||
      isEnvFile(path) ||
      isCredentialName(path);
    return { root: 'target', rel: entry.rel, category: targetCategory(path), secret, stat: entry.stat };
  });
}

function targetCategory(path: string): BackupItem['category'] {
  if (path === 'config.yaml' || path.startsWith('credentials.')) return 'config';
  if (path.startsWith('projects/')) return 'projects';
  if (path.startsWith('logs/')) return 'logs';
  return path.startsWith('global/') ? 'state' : 'custom';
}

/**
 * A secret was found in some files, and others may hold one that nobody recognised: settings that cannot be read, and all
 * that the ledger leaves to the person. They go to the encrypted part.
 */
function sourceItems({ survey, content }: Plan): BackupItem[] {
  const { inventory, settings, filesWithSecrets } = survey;
  const sealed = new Set([
    ...filesWithSecrets,
    ...settings.filter(({ state }) => state === 'broken').map(({ rel }) => rel),
    ...content.ledger
      .filter(({ kind, fate }) => kind === 'file' && fate === 'needs-you')
      .map(({ item }) => item),
  ]);
  const folders = inventory.folders.map(({ rel, stat }) => item('source', rel, stat, 'custom'));
  const files = inventory.files
    .filter((file) => file.kind !== 'regenerable')
    .map((file) => ({
      root: 'source',
      rel: file.rel,
      category: file.category,
      secret: file.secret || sealed.has(file.display),
      stat: file.stat,
    }));
  return [...folders, ...files];
}

function stateItems({ states }: Survey): BackupItem[] {
  return states.flatMap((state) =>
    projectItems(state.root, state.entries).map((one) => ({ ...one, secret: state.outside || one.secret })),
  );
}

/** The state of one project. */
export function projectItems(root: string, entries: Target['entries']): BackupItem[] {
  return entries.map(({ rel, stat }) => ({
    ...item(root, rel, stat, 'state'),
    secret: isCredentialName(displayPath(rel)),
  }));
}

function item(
  root: string,
  rel: PathLike,
  stat: BackupItem['stat'],
  category: BackupItem['category'],
): BackupItem {
  return { root, rel, category, secret: false, stat };
}

function gapsOf({ inventory, states, target }: Survey): Gap[] {
  const unreadable = (root: string, list: readonly { rel: PathLike; reason: string }[]): Gap[] =>
    list.map(({ rel, reason }) => ({ kind: 'unreadable', root, rel, reason }));
  return [
    ...unreadable('source', inventory.unreadable),
    ...states.flatMap((state) => unreadable(state.root, state.unreadable)),
    ...mountGaps('source', inventory.notCrossed),
    ...mountGaps('target', target.notCrossed),
  ];
}

export function mountGaps(root: string, mounts: readonly PathLike[]): Gap[] {
  return mounts.map((rel) => ({ kind: 'mount', root, rel, reason: 'another file system' }));
}
