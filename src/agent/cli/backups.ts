import { AppError } from '../../shared/errors.ts';
import { bytesInWords } from '../../shared/words.ts';
import { identityPath, loadIdentity } from '../backup/identity.ts';
import { readBackup } from '../backup/restore.ts';
import { verifyBackup } from '../backup/verify.ts';
import { chooseBackup, knownBackups } from '../backup-index.ts';
import { displayPath, shortPath } from '../paths.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import { targetPath } from '../survey/target.ts';
import type { Answer, Call, Verb } from './verb.ts';
import { facts } from './views/table.ts';

export const backups: Verb = {
  name: 'backups',
  summary: 'list, verify and show backups',
  usage: 'list | verify [BACKUP] | show [BACKUP]',
  options: {
    'backup-dir': {
      type: 'string',
      value: 'DIR',
      about: 'the folder that backups are kept in (default: ~/.agent-workflow-backups)',
    },
  },
  arguments: 2,
  async run(call) {
    const [action = 'list', given] = call.args;
    switch (action) {
      case 'list':
        return listAll(call);
      case 'verify':
        return verify(call, given);
      case 'show':
        return show(call, given);
      default:
        throw new AppError('USAGE', { problem: `backups cannot "${action}"`, verb: 'backups' });
    }
  },
};

function listAll({ system, settings }: Call): Answer {
  const all = knownBackups(system, settings.home, settings.backups);
  const text = all.map((backup) =>
    backup.complete
      ? `${backup.id}  ${backup.kind}  ${backup.files} files, ${bytesInWords(backup.bytes ?? 0)}  ${shortPath(backup.path, system.home)}`
      : `${backup.id}  not complete: ${backup.reason ?? 'unknown'}`,
  );
  return { exit: 0, result: { backups: all }, text: all.length === 0 ? ['There are no backups yet.'] : text };
}

async function verify({ system, settings }: Call, given: string | undefined): Promise<Answer> {
  const path = chooseBackup(system, settings.home, settings.backups, given, {
    kind: 'before-migration',
    target: realPathSoFar(system, targetPath(system, settings.target)),
  });
  const identity = await loadIdentity(system, identityPath(settings.home.path));
  const report = await verifyBackup(system, path, identity);
  const rows = report.checks.map((check) => {
    const reason = check.reason === undefined ? '' : `: ${check.reason}`;
    return [check.name, `${check.status}, ${check.done} of ${check.of}${reason}`] as const;
  });
  const failed = report.checks.find((check) => !check.ok);
  const error =
    failed &&
    new AppError('BACKUP_DAMAGED', { backup: report.id, reason: `${failed.name}: ${failed.reason ?? ''}` });
  return {
    exit: failed === undefined ? 0 : 1,
    result: report,
    text: [`Backup ${report.id}`, ...facts(rows)],
    error,
  };
}

function show({ system, settings }: Call, given: string | undefined): Answer {
  const { manifest, records, path } = readBackup(
    system,
    chooseBackup(system, settings.home, settings.backups, given, {
      kind: 'before-migration',
      target: realPathSoFar(system, targetPath(system, settings.target)),
    }),
  );
  const files = records.map((record) => ({
    root: record.root,
    path: displayPath(record.rel),
    type: record.type,
    size: record.size ?? null,
    encrypted: record.part === 'credentials.age',
  }));
  const text = [
    `Backup ${manifest.id}`,
    ...facts([
      ['Kind', manifest.kind],
      ['Made', manifest.created],
      ['Folder', shortPath(path, system.home)],
      [
        'Files',
        `${manifest.counts.files}, ${bytesInWords(manifest.bytes)}, ${manifest.counts.sealed} of them encrypted`,
      ],
      ...manifest.roots.map(
        (root) =>
          [`Root ${root.id}`, root.present ? shortPath(root.path, system.home) : 'was not there'] as const,
      ),
      ['Gaps', String(manifest.gaps.length)],
    ]),
    '',
    ...files
      .filter(({ type }) => type !== 'folder')
      .map((file) => `  ${file.root}/${file.path}${file.encrypted ? '  (encrypted)' : ''}`),
  ];
  return { exit: 0, result: { ...manifest, records: files }, text };
}
