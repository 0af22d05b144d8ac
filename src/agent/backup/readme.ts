import { isInside } from '../paths.ts';
import type { BackupKind, Manifest } from './format.ts';
import { quote } from './restore-script.ts';

const TAKEN = {
  'before-migration': 'before a migration',
  'before-rollback': 'before a rollback',
  manual: 'on request',
} as const satisfies Record<BackupKind, string>;

const ATTRIBUTES_TEXT = {
  kept: `Extended attributes and ACLs are in them for GNU tar: --xattrs --xattrs-include='*'.
`,
  'not-read': `Extended attributes and ACLs are not in this backup: the programs that read them
(getfattr, in Debian's package attr, and xargs) were not there.
`,
} as const satisfies Record<NonNullable<Manifest['attributes']>, string>;

const PARTS_TEXT = {
  plain: `restore.sh needs sh, tar, sha256sum and, for the secrets, age. It asks before it
changes anything. By hand: the *-N.tar files are plain tar files; unpack
folders-1.tar last.`,
  zstd: `restore.sh needs sh, tar, zstd, sha256sum and, for the secrets, age. It asks before
it changes anything. By hand: the *-N.tar.zst files are tar files, compressed with
zstd (https://facebook.github.io/zstd/):
  zstd -dc config-1.tar.zst | tar -xpf -
Unpack folders-1.tar.zst last.`,
} as const;

/** What a person who finds the folder in ten years needs to know. */
export function readmeText(about: {
  id: string;
  created: string;
  sealed: boolean;
  /** The plain parts are compressed. */
  zstd: boolean;
  kind: BackupKind;
  attributes: Manifest['attributes'];
  /** The file with the age identity, and the home folder of its owner; both absolute. */
  identityPath: string;
  home: string;
}): string {
  const sealed = about.sealed
    ? `
credentials.age is encrypted with age (https://age-encryption.org). It is opened by
the identity file of the migration agent:
  age -d -i ${inShell(about.identityPath, about.home)} credentials.age | tar -xpf -
Whoever has that file and this folder has every secret in it.
`
    : '';
  return `Backup ${about.id}
Made ${about.created}, ${TAKEN[about.kind]}.

To restore the configuration home:          sh restore.sh
To unpack everything somewhere else:        sh restore.sh --extract FOLDER
To see whether it is undamaged:             sha256sum -c SHA256SUMS

${PARTS_TEXT[about.zstd ? 'zstd' : 'plain']} They hold times in whole seconds; exact times, hashes and
owners are in manifest-N.ndjson, one line for each file.
${about.attributes === undefined ? '' : ATTRIBUTES_TEXT[about.attributes]}${sealed}`;
}

/** Works in the shell of the owner, wherever the home folder lies by then. */
function inShell(path: string, home: string): string {
  const rest = isInside(path, home) && path !== home ? path.slice(home.length) : undefined;
  const quoted = /^[\w./@%+=:,~-]+$/.test(rest ?? path) ? (rest ?? path) : quote(rest ?? path);
  return rest === undefined ? quoted : `"$HOME"${quoted}`;
}
