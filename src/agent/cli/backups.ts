import { AppError } from '../../shared/errors.ts';
import { bytesInWords, counted } from '../../shared/words.ts';
import type { BackupRoot, Gap } from '../backup/format.ts';
import { identityPath } from '../backup/identity.ts';
import { readManifestFile } from '../backup/read.ts';
import { readBackup } from '../backup/restore.ts';
import { type VerifyReport, verifyBackup } from '../backup/verify.ts';
import { chooseBackup, knownBackups } from '../backup-index.ts';
import { displayPath, shortPath } from '../paths.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import { targetPath } from '../survey/target.ts';
import type { ReadSystem } from '../system.ts';
import { IDENTITY, KIT, keyFor } from './backup-key.ts';
import { recoveryKit } from './backups/recovery-kit.ts';
import { BACKUP_DIR } from './shared-options.ts';
import type { Answer, Call, Verb } from './verb.ts';
import { facts, shortList } from './views/table.ts';

export const backups: Verb = {
  name: 'backups',
  summary: 'list, verify and show backups; make the kit that opens them elsewhere',
  usage: 'list | verify [BACKUP] | show [BACKUP] | recovery-kit [--to FILE]',
  options: {
    to: { type: 'string', value: 'FILE', about: 'where the recovery kit goes (default: beside the backups)' },
    kit: KIT,
    identity: IDENTITY,
    'backup-dir': BACKUP_DIR,
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
      case 'recovery-kit':
        return recoveryKit(call);
      default:
        throw new AppError('USAGE', {
          problem: `backups has list, verify, show and recovery-kit, not "${action}"`,
          verb: 'backups',
        });
    }
  },
};

function listAll({ system, settings }: Call): Answer {
  const all = knownBackups(system, settings.home, settings.backups);
  const text = all.map((backup) =>
    backup.complete
      ? `${backup.id}  ${backup.kind}  ${contentsInWords(backup)}  ${shortPath(backup.path, system.home)}`
      : `${backup.id}  not complete: ${backup.reason ?? 'unknown'}`,
  );
  return { exit: 0, result: { backups: all }, text: all.length === 0 ? ['There are no backups yet.'] : text };
}

async function verify(call: Call, given: string | undefined): Promise<Answer> {
  const { system, settings } = call;
  const path = chooseBackup(system, settings.home, settings.backups, given, {
    kind: 'before-migration',
    target: realPathSoFar(system, targetPath(system, settings.target)),
  });
  const identity = await keyFor(call);
  const keyPath = identity?.path ?? identityPath(settings.home.path);
  const report = await verifyBackup(system, path, identity);
  const rows = report.checks.map((check) => {
    const reason = check.reason === undefined ? '' : `: ${check.reason}`;
    return [check.name, `${check.status}, ${check.done} of ${check.of}${reason}`] as const;
  });
  const error = failureOf(system, report, { path: keyPath, recipient: identity?.recipient });
  return {
    exit: error === undefined ? 0 : 1,
    result: report,
    text: [`Backup ${report.id}`, ...facts(rows)],
    error,
  };
}

/** What no check can show is no success: without its key nobody can tell whether the secrets are there. */
function failureOf(system: ReadSystem, report: VerifyReport, key: Key): AppError | undefined {
  const failed = report.checks.filter((check) => !check.ok);
  const [first] = failed;
  if (first === undefined) {
    const isKeyMissing = report.checks.some(({ status, of }) => status === 'skipped' && of > 0);
    return isKeyMissing ? new AppError('BACKUP_KEY_MISSING', { path: key.path }) : undefined;
  }
  if (failed.length === 1 && first.name === 'credential_encryption') {
    const { recipient, otherRecipients = [] } = readManifestFile(system, report.path).manifest;
    const isOfBackup = key.recipient === undefined || [recipient, ...otherRecipients].includes(key.recipient);
    if (recipient !== undefined && !isOfBackup)
      return new AppError('BACKUP_KEY_WRONG', { path: key.path, backup: report.id, recipient });
  }
  return new AppError('BACKUP_DAMAGED', {
    backup: report.id,
    reason: `${first.name}: ${first.reason ?? ''}`,
  });
}

interface Key {
  readonly path: string;
  /** Undefined where there is none. */
  readonly recipient: string | undefined;
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
      ['Contents', contentsInWords({ ...manifest.counts, bytes: manifest.bytes })],
    ]),
    ...manifest.roots.flatMap((root) => rootLines(root, files, system.home)),
    ...gapLines(manifest.gaps),
    '',
    'To see that every byte is there: migration-agent backups verify',
  ];
  return { exit: 0, result: { ...manifest, records: files }, text };
}

interface ShownFile {
  readonly root: string;
  readonly path: string;
  readonly type: string;
  readonly encrypted: boolean;
}

/** The files of one root. Of a project's state a few stand for all: it can have thousands. */
function rootLines(root: BackupRoot, files: readonly ShownFile[], home: string): string[] {
  const title = `${root.id}: ${shortPath(root.path, home)}`;
  if (!root.present) return ['', `${title} (was not there)`];
  const names = files
    .filter((file) => file.root === root.id && file.type !== 'folder')
    .map((file) => `${file.path}${file.encrypted ? '  (encrypted)' : ''}`);
  return ['', title, ...shortList(names, root.id.startsWith('project-') ? 6 : 60)];
}

function gapLines(gaps: readonly Gap[]): string[] {
  if (gaps.length === 0) return [];
  const lines = gaps.map(({ root, rel, reason }) => `${root}/${displayPath(rel)}: ${reason}`);
  return ['', 'Not in the backup', ...shortList(lines, 20)];
}

/** `294 files: 47.7 MB, and 14 encrypted`; what encrypted files measure is told nowhere in clear. */
function contentsInWords({ files = 0, bytes = 0, sealed = 0 }: Partial<Contents>): string {
  const encrypted = sealed === 0 ? '' : `, and ${sealed} encrypted`;
  return `${counted(files, 'file')}: ${bytesInWords(bytes)}${encrypted}`;
}

interface Contents {
  readonly files: number;
  readonly bytes: number;
  readonly sealed: number;
}
