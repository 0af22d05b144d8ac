import type { BackupKind } from './format.ts';

const TAKEN = {
  'before-migration': 'before a migration',
  'before-rollback': 'before a rollback',
  manual: 'on request',
} as const satisfies Record<BackupKind, string>;

/** What a person who finds the folder in ten years needs to know. */
export function readmeText(about: {
  id: string;
  created: string;
  sealed: boolean;
  kind: BackupKind;
}): string {
  const sealed = about.sealed
    ? `
credentials.age is encrypted with age (https://age-encryption.org). It is opened by
the identity file "backup-identity.txt" in the home of the migration agent:
  age -d -i backup-identity.txt credentials.age | tar -xpf -
Whoever has that file and this folder has every secret in it.
`
    : '';
  return `Backup ${about.id}
Made ${about.created}, ${TAKEN[about.kind]}.

To restore the configuration home:          sh restore.sh
To unpack everything somewhere else:        sh restore.sh --extract FOLDER
To see whether it is undamaged:             sha256sum -c SHA256SUMS

restore.sh needs sh, tar, sha256sum and, for the secrets, age. It asks before it
changes anything. By hand: the *-N.tar files are plain tar files; unpack
folders-1.tar last. They hold times in whole seconds; exact times, hashes and
owners are in manifest-N.ndjson, one line for each file.
${sealed}`;
}
