import { isInside } from '../paths.ts';
import { type BackupRoot, foldersPart, SEALED_MANIFEST, SEALED_PART } from './format.ts';

export interface RestoreScriptFacts {
  readonly id: string;
  readonly parts: readonly { readonly name: string; readonly holdsTarget: boolean }[];
  /** The root `target`, if the backup has one. */
  readonly target: BackupRoot | undefined;
  readonly identityPath: string;
  readonly home: string;
  /** True: some entries have extended attributes. */
  readonly hasAttributes: boolean;
  /** True: the plain parts are compressed. */
  readonly zstd: boolean;
}

/**
 * `restore.sh`: puts the configuration home back, or unpacks everything elsewhere, with POSIX sh, tar, sha256sum and
 * (for secrets) age, (for compressed parts) zstd; nothing of ours. Everything is checked and unpacked beside the target first, so that a failure
 * changes nothing; what is there is moved aside, never removed.
 */
export function restoreScript(facts: RestoreScriptFacts): string {
  const { target, zstd } = facts;
  const foldersName = foldersPart(zstd);
  const tars = facts.parts.filter(({ name }) => name !== SEALED_PART && name !== foldersName);
  const folders = facts.parts.filter(({ name }) => name === foldersName);
  const sealed = facts.parts.find(({ name }) => name === SEALED_PART);
  const names = (parts: typeof tars) => parts.map(({ name }) => name).join(' ');
  const ofTarget = (parts: typeof tars) => names(parts.filter(({ holdsTarget }) => holdsTarget));
  return `#!/bin/sh
# Restores the backup ${facts.id}.
#   sh restore.sh                  puts the configuration home back (asks first)
#   sh restore.sh --yes            the same, without asking
#   sh restore.sh --extract DIR    unpacks everything below DIR and touches nothing else
#   --identity FILE                the age identity that opens ${SEALED_PART}
# Needs sh, mkdir, mv, rm, tar, sha256sum${zstd ? ', zstd' : ''} and, for the secrets, age. Exit: 0 done, 1 failed or refused, 2 wrong usage.
set -u
umask 077
LC_ALL=C
export LC_ALL

id=${quote(facts.id)}
target=${target ? quote(target.path) : "''"}
target_was=${target ? (target.present ? 'present' : 'absent') : 'not-in-this-backup'}
identity=${underHome(facts.identityPath, facts.home)}
# Folders come last: unpacking a file into a folder changes the folder's time.
parts='${names(tars)}'
folder_parts='${names(folders)}'
sealed=${sealed ? 'yes' : 'no'}
target_parts='${ofTarget(tars)}'
target_folder_parts='${ofTarget(folders)}'
target_sealed=${sealed?.holdsTarget ? 'yes' : 'no'}
attributes=${facts.hasAttributes ? 'yes' : 'no'}
compressed=${zstd ? 'yes' : 'no'}
${BODY}`;
}

/** A word that every POSIX shell reads as exactly this text, newlines included. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function underHome(path: string, home: string): string {
  return isInside(path, home) && path !== home
    ? `"\${HOME:-}"${quote(path.slice(home.length))}`
    : quote(path);
}

const BODY = `
say() { printf '%s\\n' "$*"; }
stop() {
  printf 'restore.sh: %s\\n' "$*" >&2
  if [ -n "$work" ]; then rm -rf "$work"; fi
  exit 1
}
usage() {
  say 'Usage: sh restore.sh [--yes] [--extract DIR] [--identity FILE]'
}

work=
trap 'stop "interrupted. Nothing was changed."' HUP INT TERM
yes=no
extract=
while [ $# -gt 0 ]; do
  case $1 in
    --yes) yes=yes ;;
    --extract | --identity)
      if [ $# -lt 2 ] || [ -z "$2" ]; then usage >&2; exit 2; fi
      case $2 in /*) value=$2 ;; *) value=$PWD/$2 ;; esac
      while [ "$value" != / ] && [ "\${value%/}" != "$value" ]; do value=\${value%/}; done
      if [ "$1" = --extract ]; then extract=$value; else identity=$value; fi
      shift ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

case $0 in */*) here=\${0%/*}/ ;; *) here=./ ;; esac
case $here in -*) here=./$here ;; esac
cd "$here" || stop 'the folder of the backup cannot be entered.'
[ -f SHA256SUMS ] || stop 'SHA256SUMS is missing here. Run this script from inside the backup folder.'

# 1. Is everything there that is needed?
command -v tar >/dev/null 2>&1 || stop 'tar is not installed.'
if [ "$compressed" = yes ]; then
  command -v zstd >/dev/null 2>&1 || stop 'zstd is not installed (https://facebook.github.io/zstd/); this backup is compressed with it. Nothing was changed.'
fi
if command -v sha256sum >/dev/null 2>&1; then
  check() { sha256sum -c SHA256SUMS; }
elif command -v shasum >/dev/null 2>&1; then
  check() { shasum -a 256 -c SHA256SUMS; }
else
  stop 'sha256sum is not installed.'
fi
need_age=$target_sealed
if [ -n "$extract" ]; then need_age=$sealed; fi
if [ "$target_was" = absent ] && [ -z "$extract" ]; then need_age=no; fi
if [ "$need_age" = yes ]; then
  command -v age >/dev/null 2>&1 || stop 'age is not installed (https://age-encryption.org); the secrets need it. Nothing was changed.'
  [ -f "$identity" ] || stop "the identity file is not at $identity. Give it with --identity FILE. Nothing was changed."
fi

# 2. Is the backup undamaged?
say "Checking $id ..."
check >/dev/null 2>&1 || {
  check 2>/dev/null | while read -r line; do
    case $line in *': OK') ;; *) printf '  %s\\n' "$line" >&2 ;; esac
  done
  stop 'the backup is damaged (the files are named above). Nothing was changed.'
}

untar() { tar -xpf "$@"; }
if [ "$attributes" = yes ]; then
  case $(tar --help 2>/dev/null) in
    *--xattrs-include*) untar() { tar --xattrs '--xattrs-include=*' -xpf "$@"; } ;;
    *) say 'This tar does not restore extended attributes and ACLs: they stay in the backup.' ;;
  esac
fi

# untar_part PART OPTION...
untar_part() {
  name=$1
  shift
  if [ "$compressed" = no ]; then
    untar "$name" "$@"
    return
  fi
  # The status of zstd comes through descriptor 3, since a pipe only tells that of tar.
  zstd_status=$({ { zstd -dcq "$name"; echo "$?" >&3; } | untar - "$@"; } 3>&1) || return 1
  [ "$zstd_status" = 0 ]
}

# unpack FOLDER SEALED 'PARTS' 'FOLDER PARTS' [MEMBER]
unpack() {
  into=$1; with_sealed=$2; plain_parts=$3; last_parts=$4
  shift 4
  for part in $plain_parts; do
    untar_part "$part" -C "$into" "$@" || return 1
  done
  if [ "$with_sealed" = yes ]; then
    # As above.
    age_status=$({ { age -d -i "$identity" ${SEALED_PART}; echo "$?" >&3; } | untar - -C "$into" "$@"; } 3>&1) || return 1
    [ "$age_status" = 0 ] || return 1
    rm -f "$into/${SEALED_MANIFEST}"
  fi
  for part in $last_parts; do
    untar_part "$part" -C "$into" "$@" || return 1
  done
}

if [ -n "$extract" ]; then
  if [ -L "$extract" ] || { [ -e "$extract" ] && [ ! -d "$extract" ]; }; then
    stop "$extract exists and is not an empty folder. Nothing was changed."
  fi
  for name in "$extract"/* "$extract"/.[!.]* "$extract"/..?*; do
    if [ -e "$name" ] || [ -L "$name" ]; then
      stop "$extract exists and is not an empty folder. Nothing was changed."
    fi
  done
  work=$extract.unpacking-$$
  mkdir -p "$work" || stop "$work cannot be made."
  unpack "$work" "$sealed" "$parts" "$folder_parts" || stop 'unpacking failed. Nothing was changed.'
  if [ -d "$extract" ]; then rmdir "$extract" || stop "$extract cannot be replaced. Nothing was changed."; fi
  mv "$work" "$extract" || stop "$extract cannot be made."
  say "Unpacked below $extract."
  exit 0
fi

# 3. Say what will be done, and ask.
[ "$target_was" != not-in-this-backup ] || stop 'this backup holds no configuration home. Use --extract DIR.'
there=no
if [ -e "$target" ] || [ -L "$target" ]; then there=yes; fi
if [ "$target_was" = absent ] && [ "$there" = no ]; then
  say "There was nothing at $target, and there is nothing now. Nothing to do."
  exit 0
fi
stamp=$(date -u +%Y%m%d-%H%M%S 2>/dev/null) || stamp=$$
aside=$target.replaced-$stamp
while [ -e "$aside" ] || [ -L "$aside" ]; do aside=$aside-2; done
say 'This will'
if [ "$there" = yes ]; then say "  move $target" "to $aside"; fi
if [ "$target_was" = present ]; then say "  put $target back as it was"; fi
if [ "$target_was" = absent ]; then say '  and leave nothing in its place: it did not exist when the backup was made'; fi
if [ "$yes" = no ]; then
  printf 'Go on? [y/N] '
  read -r answer || answer=n
  case $answer in
    y | Y | yes) ;;
    *) say 'Nothing was changed.'; exit 1 ;;
  esac
fi

# 4. Unpack beside the target, then exchange.
if [ "$target_was" = present ]; then
  work=$target.restoring-$$
  mkdir -p "$work" || stop "$work cannot be made. Nothing was changed."
  unpack "$work" "$target_sealed" "$target_parts" "$target_folder_parts" target || stop 'unpacking failed. Nothing was changed.'
  [ -d "$work/target" ] || stop 'the configuration home is not in the parts. Nothing was changed.'
fi
trap '' HUP INT TERM
if [ "$there" = yes ]; then
  mv "$target" "$aside" || stop "$target cannot be moved aside. Nothing was changed."
fi
if [ "$target_was" = present ]; then
  mv "$work/target" "$target" || {
    if [ "$there" = yes ]; then mv "$aside" "$target"; fi
    stop "$target cannot be put in place. Nothing was changed."
  }
  rmdir "$work"
fi
say 'Done.'
if [ "$there" = yes ]; then say "What was there is now at $aside."; fi
exit 0
`;
