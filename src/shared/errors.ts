/**
 * Every failure a person can meet, with a stable number. The texts are templates: `{name}` is filled from the error's
 * `params`. docs/errors.md is generated from this table (`npm run docs`) and a test compares the two.
 *
 * - `message` says what went wrong, `hint` what to do next.
 * - `retryable`: the same command may succeed later without changing anything by hand.
 * - Numbers are never reused. 10xx usage, 11xx source, 12xx target, 13xx plan, 14xx backup, 15xx run,
 *   16xx rollback and recovery, 17xx credentials
 *   (1730 to 1769 guided and manual migration, 1790 to 1819 rehearsal and plan), 19xx the machine and ourselves, 20xx the channel, 21xx Discord,
 *   22xx the bot's records, 23xx the bot's own channel for agents, 24xx linking a computer and staying connected.
 */
export const ERRORS = {
  USAGE: row(1001, 'Wrong usage: {problem}.', 'Run `migration-agent {verb} --help` to see how it is used.'),
  UNKNOWN_VERB: row(
    1002,
    'There is no command "{verb}".',
    'Run `migration-agent --help` for the list of commands.',
  ),
  CONFIG_INVALID: row(
    1003,
    'The configuration has problems: {problems}',
    'Correct the named keys and run the command again.',
  ),
  MODE_NEEDED: row(
    1004,
    'No mode was given.',
    'Add `--guided --answers FILE`, `--automated --yes` or `--manual --export DIR`; at a terminal no mode means `--guided`. `--dry-run` shows the plan.',
  ),
  CONFIRMATION_NEEDED: row(
    1005,
    'This needs a yes, and nobody can be asked here.',
    'Run it on a terminal, or add `--yes`.',
  ),

  SOURCE_NOT_FOUND: row(
    1101,
    'There is no folder at {path}.',
    'Give the folder of the git clone that you run agent-workflow from.',
  ),
  NOT_AN_INSTALLATION: row(
    1102,
    '{path} is not an agent-workflow installation: {reason}.',
    'Give the folder that holds orchestrator.yaml, orch-config.yaml, or scripts/orchestrator.py with lib/.',
  ),
  SEVERAL_INSTALLATIONS: row(
    1103,
    'Several legacy installations were found: {paths}.',
    'Say which one: `migration-agent {verb} FOLDER`.',
  ),
  NO_INSTALLATION: row(
    1104,
    'No legacy installation was found in the usual places.',
    'Give its folder: `migration-agent {verb} FOLDER`.',
  ),
  SOURCE_UNREADABLE: row(
    1105,
    'Files of the installation that cannot be read: {count}, the first is {path}.',
    'Give this user permission to read them, or answer the decision `unreadable-files`.',
    true,
  ),
  SETTINGS_UNREADABLE: row(
    1107,
    'Settings files that cannot be taken over as they are: {count}, the first is {path}.',
    'Mend the named file, or answer its decision with `--answers FILE` and leave it where it is.',
  ),
  FILE_TOO_LARGE: row(
    1106,
    '{path} is larger than {limit}.',
    'A settings file of this size is not one; move it away or make it smaller.',
  ),

  TARGET_NOT_OURS: row(
    1201,
    '{path} exists and is not a configuration home of agent-workflow: {reason}.',
    'Move it away, or choose another place with `--target`.',
  ),
  TARGET_DAMAGED: row(
    1202,
    '{file} in the configuration home is damaged: {reason}.',
    'Repair or move away the named file. Nothing was changed.',
  ),
  TARGET_INSIDE_SOURCE: row(
    1203,
    'The configuration home {path} lies inside the installation.',
    'Choose a place outside of it with `--target`.',
  ),
  TARGET_READ_ONLY: row(
    1204,
    '{path} cannot be written: {reason}.',
    'Give this user permission to write there, or choose another place with `--target`.',
    true,
  ),
  TARGET_CHANGED: row(
    1205,
    'The configuration home changed after the plan was made: {path}.',
    'Run the command again, so that the change is taken into account.',
    true,
  ),
  TARGET_IS_MOUNT: row(
    1206,
    '{path} is a mount point: nothing can be put in its place in one piece, or taken back.',
    'Choose a folder inside of one file system with `--target`. Nothing was changed.',
  ),

  DECISIONS_OPEN: row(
    1301,
    'Open decisions: {count}. No answer to them is safe for everybody.',
    'Answer them in a YAML file of `decision-id: option-id` lines and add `--answers FILE`, or mend the cause.',
  ),
  ANSWERS_INVALID: row(
    1302,
    'The answers cannot be used: {problem}.',
    'Each line reads `decision-id: option-id`; `migrate-from-git --dry-run` lists both.',
  ),
  PLAN_STALE: row(
    1303,
    'The installation changed after the plan was made: {path}.',
    'Run the command again; the plan is made anew.',
    true,
  ),
  LEDGER_INCOMPLETE: row(
    1304,
    'The plan does not account for {count} items, the first is {item}.',
    'Nothing was changed. This is a fault of this program: please report it.',
  ),
  ORCHESTRATOR_RUNNING: row(
    1305,
    'The orchestrator is running (process {pid}).',
    'Stop it, then run the command again.',
    true,
  ),
  SECRET_EXPOSED: row(
    1306,
    'The plan would show a secret ({name}); nothing was written.',
    'This is a fault of this program: please report it, without the secret. Taking the secret out of names and settings helps meanwhile.',
  ),

  BACKUP_NOT_FOUND: row(
    1401,
    'There is no backup "{backup}".',
    'Run `migration-agent backups list` for those that exist.',
  ),
  BACKUP_INCOMPLETE: row(
    1402,
    'The backup {backup} is not complete: {reason}.',
    'Use another one: `migration-agent backups list`.',
  ),
  BACKUP_DAMAGED: row(
    1403,
    'The backup {backup} is damaged: {reason}.',
    'Nothing was written. Use another backup: `migration-agent backups list`.',
  ),
  BACKUP_KEY_WRONG: row(
    1404,
    'The identity in {path} does not open the backup {backup}, which was made for {recipient}.',
    'Put back the identity file that was there when the backup was made.',
  ),
  BACKUP_KEY_MISSING: row(
    1405,
    'The identity that opens the backup is not at {path}.',
    'Put back the identity file that was there when the backup was made.',
  ),
  BACKUP_VERSION: row(
    1406,
    'The backup {backup} has format version {version}, which this program does not know.',
    'Use the version of this program that made it, or its restore.sh.',
  ),
  BACKUP_FAILED: row(
    1407,
    'The backup could not be finished: {reason}.',
    'Nothing was changed. Run the command again.',
    true,
  ),
  BACKUP_PLACE: row(
    1408,
    'Backups cannot be kept at {path}: {reason}.',
    'Choose a folder outside the installation and the configuration home with `--backup-dir`.',
  ),
  DISK_FULL: row(
    1409,
    'There is not enough room at {path}: {needed} are needed, {available} are free.',
    'Free some space, or choose another place with `--backup-dir`.',
    true,
  ),

  RUN_NOT_FOUND: row(
    1501,
    'There is no run "{run}".',
    'Run `migration-agent migrate-status` to see the newest.',
  ),
  LOCKED: row(
    1502,
    'Another run (process {pid}) is working on {path}.',
    'Wait until it ends: `migration-agent migrate-status` shows how far it is.',
    true,
  ),
  JOURNAL_DAMAGED: row(
    1503,
    'The journal of run {run} is damaged at record {record}.',
    'Nothing was changed. Roll back from its backup: `migration-agent restore-migration-backup`.',
  ),
  RUN_OPEN: row(
    1504,
    'Run {run} is not finished: it was interrupted or paused.',
    'Finish it with `migration-agent migrate-resume`, or undo it with `migration-agent recover --issue partial_migration --option 2`.',
  ),
  RUN_NOT_RESUMABLE: row(
    1505,
    'Run {run} has nothing to resume: it is {state}.',
    'Run `migration-agent migrate-status` to see what it did.',
  ),
  VALIDATION_FAILED: row(
    1506,
    'Checks that failed: {count}, the first is {check}: {reason}.',
    'Nothing was changed: the run was undone. The report names each check.',
  ),
  INTERRUPTED: row(
    1507,
    'The run was interrupted: {step}.',
    'Finish it with `migration-agent migrate-resume`, or undo it with `migration-agent recover --issue partial_migration --option 2`.',
    true,
  ),
  STEP_CONFLICT: row(
    1508,
    '{path} is not as the run left it: {reason}.',
    'Move it away or put it back, then run `migration-agent migrate-resume`.',
  ),
  RUN_UNDONE: row(
    1509,
    'The run was taken back, as had been begun before it was interrupted: {reason}.',
    'Everything is as it was before the run. Run `migration-agent migrate-from-git` to start again.',
    true,
  ),

  NOTHING_TO_ROLL_BACK: row(
    1601,
    'There is no backup of {target} from before a {kind}.',
    'Run `migration-agent backups list` for all backups.',
  ),
  ROLLBACK_INCOMPLETE: row(
    1602,
    '{failed} of {total} steps of the rollback failed, the first at {path}: {reason}.',
    'Everything else is restored. Mend the cause and run the same command again.',
    true,
  ),
  ROLLBACK_SELECTION: row(
    1607,
    'That is nothing that can be rolled back: {problem}.',
    'Run `migration-agent restore-migration-backup --help` for the forms, and `migration-agent backups show` for what a backup holds.',
  ),
  NOTHING_TO_UNDO: row(
    1606,
    'The newest run on {target} is not a rollback.',
    'To put an older state back all the same, name its backup: `migration-agent backups list`.',
  ),
  NO_ISSUE_FOUND: row(
    1603,
    'Nothing to recover: {found}.',
    'Run `migration-agent status` to see how things stand.',
  ),
  HOME_STILL_DAMAGED: row(
    1608,
    '{file} in the configuration home is still damaged: {reason}.',
    'Run `migration-agent recover --issue config_corruption` and choose another way out.',
  ),
  UNKNOWN_OPTION: row(
    1604,
    'There is no option {option} for {issue}.',
    'Run `migration-agent recover --issue {issue}` for the list.',
  ),
  REFERENCE_UNKNOWN: row(
    1620,
    'There is no reference {id} that can be replaced.',
    'Run `migration-agent references` for the list; only those with a preview have a patch.',
  ),
  REFERENCE_CHANGED: row(
    1621,
    '{file} changed after its patch was made.',
    'Nothing was changed. Run `migration-agent references` to see it as it is now.',
    true,
  ),
  REFERENCES_UNNAMED: row(
    1622,
    '`--all` needs a yes at a terminal, and `--yes` is none.',
    'Name the references that you have looked at, such as `migration-agent references apply ref-0123456789`.',
  ),
  REFERENCES_TOO_EARLY: row(
    1623,
    'There is no new home at {target} yet: what is replaced now would not work.',
    'Migrate first: `migration-agent migrate-from-git`.',
  ),
  CRONTAB_REFUSED: row(
    1624,
    'The crontab program did not take the new crontab: {reason}.',
    'The crontab is as it was. Look at it with `crontab -l`, mend the cause and run the command again.',
    true,
  ),
  REFERENCES_NOT_APPLIED: row(
    1625,
    'There is no replaced reference to take back.',
    'Run `migration-agent references` to see what names the clone.',
  ),
  REFERENCES_LEFT: row(
    1626,
    'Left as they are: {count}, the first is {file}: {reason}.',
    'The bytes from before are kept in {folder}. Take what you need from there by hand.',
  ),
  REFERENCES_UNFINISHED: row(
    1627,
    'Replacing references was interrupted ({run}): {reason}.',
    'Finish it with `migration-agent references resume`, or take it back with `migration-agent references undo`.',
    true,
  ),
  PATCH_EXPORT_PLACE: row(
    1630,
    'The patches cannot be written to {path}: {reason}.',
    'Name a new or an empty folder outside of the clone with `--export`.',
  ),
  PACKAGE_SPEC_INVALID: row(
    1660,
    'PACKAGE_SPEC names no package: {reason}.',
    'Write it as pip does: `agent-workflow==1.0.0 --hash=sha256:` and 64 hexadecimal digits.',
  ),
  PACKAGE_NOT_PINNED: row(
    1661,
    'Nothing pins the package, and nobody can be asked whether it is the right one.',
    'Run it on a terminal without `--yes`, or set PACKAGE_SPEC to what you know to be right; this file is "{pin}".',
  ),
  PACKAGE_WRONG: row(
    1662,
    '{file} is not the package: {reason}.',
    'Nothing was installed. Check PACKAGE_SPEC and where the file comes from.',
  ),
  PACKAGE_NOT_FOUND: row(
    1663,
    'There is no {name} {where}: {reason}.',
    'Name a folder with wheels of the package and of what it needs: `--wheels DIR`, or install it yourself.',
    true,
  ),
  PYTHON_MISSING: row(
    1664,
    'There is no Python 3.8 or newer here that can make an environment.',
    'Install one: on Debian `apt-get install python3-venv`.',
  ),
  PACKAGE_INSTALL_FAILED: row(
    1665,
    'The package could not be installed with {method}: {reason}.',
    'What had been begun was taken back. Mend the cause and run it again, or choose another way with `--install-with`.',
    true,
  ),
  PACKAGE_OTHER: row(
    1666,
    'There is another agent-orch at {command}: {reason}.',
    'It was left as it is. Remove it, or put it right, and run the command again.',
  ),
  SETUP_CONFLICT: row(
    1667,
    '{path} is in the way: {reason}.',
    'Nothing was changed. Look at it, move it away, and run the command again.',
  ),
  SETUP_UNFINISHED: row(
    1668,
    'The final setup was interrupted ({run}) and could not be taken back: {reason}.',
    'Mend the cause and run the command again: it takes it back first.',
    true,
  ),
  SETUP_LEFT: row(
    1669,
    'Left as they are: {count}, the first is {path}: {reason}.',
    'What was done is in {folder}. Look at each, and undo it by hand where you want to.',
  ),
  RECEIPT_MISSING: row(
    1670,
    'There is no receipt at {path}.',
    'A migration writes one at its end. Name another: `migration-agent verify-receipt FILE`.',
  ),
  RECEIPT_UNPROVEN: row(
    1671,
    'The receipt {path} proves nothing: {reason}.',
    'Nothing was compared. Run `migration-agent health --check-all` to look at the home without it.',
  ),
  RECEIPT_DEFECT: row(
    1672,
    'Wrong although nobody changed it since the migration: {check}: {reason}.',
    'This is a defect of the migration. Take it back (`migration-agent restore-migration-backup`) and report it with the receipt.',
  ),
  HEALTH_PROBLEMS: row(
    1673,
    '{count} of {of} checks found an error, the first is {check}: {reason}.',
    'Mend it, or take the migration back: `migration-agent restore-migration-backup`.',
  ),
  HOME_MISSING: row(
    1674,
    'There is no configuration home at {path}.',
    'Migrate first: `migration-agent migrate-from-git`, or name another with `--target`.',
  ),
  RETIRE_TOO_EARLY: row(
    1675,
    'The clone stays until {ends}: {reason}.',
    'It is moved aside only after 7 days in which nothing used it. Keep it as it is until then.',
  ),
  RETIRE_IN_USE: row(
    1676,
    '{path} is still in use: {reason}.',
    'Nothing was changed. Put that right first; `migration-agent references` shows what names the clone.',
  ),
  RETIRE_NO_BACKUP: row(
    1677,
    'The clone stays, since its backup does not verify: {reason}.',
    'Keep the clone. `migration-agent backups verify` tells more.',
  ),
  RETIRE_UNWELL: row(
    1831,
    'The clone stays, since the new home is not as it should be: {check}, {reason}.',
    'Keep the clone. `migration-agent health --check-all` tells all that was found; mend it, then retire again.',
  ),
  RETIRE_NEEDS_TERMINAL: row(
    1678,
    'Moving the clone aside needs its name, typed at a terminal.',
    'Run it on a terminal, without `--json`; `--yes` does not stand for it.',
  ),
  RETIRE_NOT_MIGRATED: row(
    1679,
    'No finished migration of {path} is known here.',
    'Keep it. `migration-agent status` shows the last run.',
  ),
  NOTHING_RETIRED: row(
    1680,
    'No clone was moved aside.',
    'Run `migration-agent status` to see how things stand.',
  ),
  ISSUE_NOT_SUPPORTED: row(
    1605,
    'Recovery of {issue} is not part of this version.',
    'Issues it knows: partial_migration, config_corruption.',
  ),

  NO_CREDENTIALS: row(
    1701,
    'There are no stored secrets at {path}.',
    'Migrate first: `migration-agent migrate-from-git FOLDER --automated`.',
  ),
  CREDENTIALS_DAMAGED: row(
    1702,
    'The stored secrets cannot be opened: {reason}.',
    'Restore them: `migration-agent restore-migration-backup`.',
  ),
  COMMAND_NOT_FOUND: row(
    1703,
    'The command "{command}" cannot be run: {reason}.',
    'Check its spelling, or install it first.',
  ),
  STORE_PASSWORD_NEEDED: row(
    1710,
    'Run {run} opened the old encrypted store with a master password, which is kept nowhere.',
    'Go on with it at a terminal, where the password is asked for: `migration-agent migrate-resume {run}`.',
  ),
  STORE_PASSWORD_WRONG: row(
    1711,
    'That master password does not open the old encrypted store.',
    'Try again with the password that the old programs were started with. Nothing was changed.',
    true,
  ),
  ENVIRONMENT_CHANGED: row(
    1712,
    'Run {run} took variables from the environment that are not set now: {names}.',
    'Set them again and go on, or take the run back: `migration-agent recover --issue partial_migration`.',
  ),

  EXPORT_PLACE: row(
    1730,
    'Nothing can be exported to {path}: {reason}.',
    'Name a folder that is not there yet, or an empty one, outside of the clone and of the new home.',
  ),
  EXPORT_EXPOSED: row(
    1731,
    'A secret would show in {file} of the export, so nothing was written.',
    'Take the secret out of that file of the installation, or put it into an env file, then export again.',
  ),
  EXPORT_PASSPHRASE_WRONG: row(
    1732,
    'The passphrase does not open credentials/secrets.age of the export.',
    'Type it again. Without it, put the old installation back to its place: the secrets are then taken from there.',
  ),
  EXPORT_NOT_FOUND: row(
    1733,
    'There is no export in {path}.',
    'Name the folder that `migration-agent export-config` wrote, the one that holds manifest.json.',
  ),
  EXPORT_DAMAGED: row(
    1734,
    'The export in {path} is damaged: {reason}.',
    'Only the files of old-config, projects, integrations and the env files are for editing. Export again, and bring your edits along.',
  ),
  EXPORT_NO_PASSPHRASE: row(
    1735,
    'No passphrase was chosen for the secrets, so nothing was written.',
    'Run it on a terminal and type one of at least 12 characters twice, or leave `--with-secrets` away.',
  ),
  EXPORT_EDIT_BROKEN: row(
    1736,
    'An edited file of the export cannot be read: {reason}.',
    'Correct the named line and import again. Nothing was changed.',
  ),
  OLD_NOT_USABLE: row(
    1820,
    'From the old installation {path} nothing can be written: {reason}.',
    'Mend that first, or move its folder away: then the files are written from what the last migration left in the new home. Nothing was changed.',
  ),
  EXPORT_EDIT_EMPTY: row(
    1830,
    'A file of the export had settings in it and now {reason}.',
    'Delete the file if nothing of it is to be imported; else bring its text back, as it is in the installation. Nothing was changed.',
  ),
  EXPORT_UNKNOWN: row(
    1832,
    'There is no export {number} of this installation on this computer.',
    'Ask for a new one, or look into the `exports` folder of the agent at the computer.',
  ),
  EXPORT_TOO_MANY: row(
    1833,
    'There are {count} exports in {path} already.',
    'Remove those that you need no more, at the computer; then ask again.',
  ),
  EXPORT_AT_TERMINAL: row(
    1834,
    'The export in {path} holds the secrets, encrypted with a passphrase.',
    'A passphrase is typed at the computer and nowhere else: `migration-agent import-config {path}` there.',
  ),
  IMPORT_NEEDS_TERMINAL: row(
    1835,
    '`--interactive` goes through the import with a person, and nobody can be asked here.',
    'Run it on a terminal, without `--yes` and `--json`; or leave `--interactive` away and give `--answers FILE`.',
  ),
  EXPORT_VALUES_NEEDED: row(
    1836,
    'Run {run} was given values of secrets that were typed, which are kept nowhere.',
    'Go on with it at a terminal, where they are asked for: `migration-agent migrate-resume {run}`.',
  ),
  EXPORT_MARK_UNKNOWN: row(
    1737,
    'The export names a secret that there is none of, or not in the way that is understood: {reason}.',
    'A secret stands for a whole value, as "<secret NAME.NUMBER>" with a name and number of credentials/names.json.',
  ),
  EXPORT_PASSPHRASE_NEEDED: row(
    1739,
    'Run {run} opened the secrets of its export with a passphrase, which is kept nowhere.',
    'Go on with it at a terminal, where the passphrase is asked for: `migration-agent migrate-resume {run}`.',
  ),
  EXPORT_SECRETS_MISSING: row(
    1738,
    'The values of {count} secrets cannot be had: {names}.',
    'Type the passphrase at a terminal where the export has them encrypted; else put the installation back to {path}, or name its place with `--source`. `--without-secrets` imports everything else.',
  ),

  REHEARSAL_INEXACT: row(
    1790,
    'The rehearsed rollback was not exact: {reason}.',
    'Do not migrate yet; keep the text above and report it. Nothing of yours was changed.',
  ),
  REHEARSAL_NO_ROOM: row(
    1791,
    'There is not enough free space for a migration: it needs {needed} bytes.',
    'Make room, or choose another place for backups with `--backup-dir`.',
    true,
  ),
  PLAN_USED: row(
    1792,
    'The plan was carried out already, as run {run}.',
    'Run the command again; the plan is made anew.',
    true,
  ),
  PLAN_OVERDUE: row(
    1793,
    'The plan is older than an hour. Nothing was done.',
    'Run the command again; the plan is made anew.',
    true,
  ),

  NO_PERMISSION: row(
    1901,
    'Permission denied: {path}.',
    'Give this user permission, or run as the owner of the files.',
    true,
  ),
  IO_ERROR: row(
    1902,
    'The disk answered with an error at {path}: {reason}.',
    'Check the disk, then run the command again.',
    true,
  ),
  KIT_NEEDS_TERMINAL: row(
    1910,
    'The passphrase of a recovery kit is only shown and typed at a terminal.',
    'Run it on a terminal, without `--json` and `--yes`.',
  ),
  KIT_NOT_CONFIRMED: row(
    1911,
    'The words that were typed are not those of the passphrase. No kit was written.',
    'Run it again with pen and paper: the next passphrase is a new one.',
    true,
  ),
  KIT_PLACE: row(
    1912,
    'The recovery kit cannot be written to {path}: {reason}.',
    'Name a file in a folder that exists: `--to FILE`.',
  ),
  KIT_UNUSABLE: row(
    1913,
    '{path} is not a recovery kit: {reason}.',
    'Name the file that `migration-agent backups recovery-kit` wrote.',
  ),
  KIT_PASSPHRASE_WRONG: row(
    1914,
    'The passphrase does not open the recovery kit {path}.',
    'Type the seven words in their order. If they are right, the file is damaged: use another copy of it.',
    true,
  ),
  PRUNE_NEEDS_TERMINAL: row(
    1917,
    'Deleting backups needs words that are typed at a terminal.',
    'Run it on a terminal, without `--json`; `--yes` does not stand for it. `--dry-run` shows what would go.',
  ),
  ENTRY_NOT_IN_BACKUP: row(
    1918,
    'The backup {backup} does not hold "{path}".',
    'Run `migration-agent backups show --files` for what it holds.',
  ),
  ENTRY_AMBIGUOUS: row(
    1919,
    'Several files of the backup are meant by "{path}": {paths}.',
    'Name one of them as it stands there.',
  ),
  ENTRY_EXISTS: row(
    1920,
    'There is already something at {path}.',
    'Name another folder with `--to`, or run it on a terminal and agree to replace it.',
  ),
  ENTRY_NOT_RESTORED: row(
    1921,
    '{path} could not be restored: {reason}.',
    'Correct the cause and run it again.',
    true,
  ),
  MIRROR_PLACE: row(
    1922,
    'There is already something at {path}.',
    'Name a folder that does not exist yet; it is made.',
  ),
  MIRROR_INCOMPLETE: row(
    1923,
    '{count} entries could not be written, the first is {path}: {reason}.',
    'The others are there. Correct the cause and export to another folder.',
    true,
  ),
  RECIPIENT_INVALID: row(
    1916,
    '{recipient} cannot be a further key of backups: {reason}.',
    'Give the public key of an age identity: `age-keygen -y FILE` prints it.',
  ),
  KEY_NOT_OF_BACKUP: row(
    1915,
    'The key in {path} does not open the backup {backup}, which was made for {recipient}.',
    'Use the kit or the identity that belongs to that key.',
  ),
  ORCHESTRATOR_NOT_STOPPED: row(
    1950,
    'The orchestrator (process {pid}: {command}) could not be stopped: {reason}.',
    'Nothing was changed. Stop it by hand, then run the command again; `--stop-wait SECONDS` gives it more time.',
    true,
  ),
  ORCHESTRATOR_RETURNS: row(
    1951,
    'The orchestrator was stopped and runs again (process {pid}): something starts it by itself.',
    'Nothing was changed. Find what starts it (`migration-agent references`), stop that, then run the command again.',
    true,
  ),
  RUN_RECORD_DAMAGED: row(
    1953,
    'The record of run {run} is damaged.',
    'Nothing was changed. Put the file back from a copy of yours, or move {folder} away and keep it. Backups are untouched: `migration-agent backups list`.',
  ),
  PLAN_DAMAGED: row(
    1954,
    'The plan of run {run} is damaged.',
    'Nothing was changed. Roll back from its backup: `migration-agent restore-migration-backup`.',
  ),
  SCHEDULED_START_DUE: row(
    1955,
    '{what} starts something in the clone at {time}, while the migration would be at work.',
    'Nothing was changed. {when}, or answer the decision `scheduled-starts`: `suspend` or `go-on`.',
    true,
  ),
  SUSPENDED_LINES_LEFT: row(
    1956,
    'Suspended lines of your crontab could not be given back: {reason}.',
    'They stand behind `{mark}`: take these words out with `crontab -e`. The whole crontab as it was is in {path}, in base64.',
  ),
  TIMER_NOT_STOPPED: row(
    1957,
    'The systemd timer {timer} could not be stopped: {reason}.',
    'Everything is as before. Stop it by hand (`systemctl --user stop {timer}`), then run the command again.',
    true,
  ),
  SUSPENDED_TIMER_LEFT: row(
    1958,
    'The systemd timer {timer} was stopped for the migration and could not be started again: {reason}.',
    'Start it by hand: `systemctl --user start {timer}`.',
  ),
  SUSPENDED_TIMERS_LEFT: row(
    1960,
    'Systemd timers that were stopped for the migration may still be stopped: {reason}',
    'See `systemctl --user list-timers --all`, and start each that should run with `systemctl --user start TIMER`.',
  ),
  RUN_FILE_DAMAGED: row(
    1959,
    'A file that a run of this program kept for later is damaged: {path} is no JSON.',
    'Nothing was changed. Move the file away and keep it: backups are untouched (`migration-agent backups list`).',
  ),
  STOP_WAIT_INVALID: row(
    1952,
    '`--stop-wait {value}` is no number of seconds.',
    'Give a whole number from 0 to {most}.',
  ),

  INTERNAL: row(
    1999,
    'Something went wrong in this program (reference {reference}).',
    'Report it with that reference; the details are in {log}.',
  ),

  HUB_ADDRESS_INVALID: row(
    2301,
    'The bot cannot listen for agents at {address}: {reason}.',
    'Correct `HUB_LISTEN`, or leave it out for the usual socket.',
  ),
  HUB_SOCKET_UNSAFE: row(
    2302,
    'The socket for agents cannot be made at {path}: {reason}.',
    'Mend the named file or folder, or name another place with `HUB_LISTEN`. Nothing was removed.',
  ),
  HUB_ALREADY_RUNNING: row(
    2303,
    'Another bot is already listening at {path}.',
    'Stop that one first, or name another place with `HUB_LISTEN`.',
    true,
  ),
  HUB_TLS_UNUSABLE: row(
    2307,
    "The hub's own certificate cannot be used, {path}: {reason}.",
    'Correct `HUB_TLS_CERTIFICATE` and `HUB_TLS_KEY`: PEM files that the user of the bot can read, the certificate with its chain.',
  ),
  HTTP_LISTEN_FAILED: row(
    2305,
    'Health cannot be told at {address}: {reason}.',
    'Name another place with `HTTP_LISTEN`, HOST:PORT; port 0 takes any that is free.',
    true,
  ),
  BOT_USAGE: row(2306, 'The bot knows no "{verb}".', 'Run `migration-bot help` for what it knows.'),
  BOT_KEYS_UNUSABLE: row(
    2304,
    "One of the bot's keys cannot be used, {file}: {reason}.",
    'Put the file back as it was, with mode 0600. With new keys, every computer would have to be linked again.',
  ),

  RECORDS_NEWER: row(
    2201,
    'The records at {path} were written by a newer version of this program (its schema {schema} is unknown here).',
    'Start that version or a newer one, or name another folder with `DATA_DIR`. Nothing was changed.',
  ),
  RECORDS_UNUSABLE: row(
    2202,
    'The records at {path} cannot be used: {reason}.',
    'Mend the cause, put back a copy of the file, or name another folder with `DATA_DIR`.',
    true,
  ),

  // 20xx the channel
  BAD_SIGNATURE: row(
    2001,
    'A message was refused: its signature or its form is not right.',
    'Somebody in between may have changed it. Connect again; if it happens again, ask the operator of the bot.',
  ),
  WRONG_AUDIENCE: row(
    2002,
    'A message was refused: it was meant for somebody else.',
    'Connect again; if it happens again, ask the operator of the bot.',
  ),
  WRONG_TYPE: row(
    2003,
    'A message was refused: it was signed for another use.',
    'Bot and agent may be of different versions: update both.',
  ),
  EXPIRED: row(
    2004,
    'The request came too late and was not carried out.',
    'Ask for it again in Discord.',
    true,
  ),
  CLOCK_SKEW: row(
    2005,
    'The clocks of this computer and of the bot differ too much.',
    'Set the clock of the one that is wrong, then ask again. Until then the agent only reads.',
    true,
  ),
  REPLAY: row(
    2006,
    'A message was refused: its number was used before.',
    'Nothing was done twice. Ask for it again in Discord if it is still wanted.',
  ),
  EPOCH: row(
    2007,
    'A message was refused: it belongs to an earlier pairing of this computer.',
    'Ask for it again in Discord.',
  ),
  JOB_CONFLICT: row(
    2008,
    'Two different requests came with the same number; the second was refused.',
    'Ask for it again in Discord.',
  ),
  UNKNOWN_TYPE: row(
    2009,
    'The agent does not know this kind of request.',
    'Update the agent, or ask for something that it knows.',
  ),
  UNKNOWN_JOB: row(
    2010,
    'The agent does not know this request.',
    'It may have ended long ago. Ask for it again in Discord.',
  ),
  BAD_PARAMS: row(
    2011,
    'A request was refused: its content is not of the agreed form.',
    'Bot and agent may be of different versions: update both.',
  ),
  PATH_DENIED: row(
    2012,
    'The agent may not work in that folder.',
    'Its owner decides at the computer which folders it may work in.',
  ),
  NOT_APPROVER: row(
    2013,
    'You are not among the people whom this computer listens to, or this is not the server it was linked in.',
    'Only its owner can add people, at the computer itself.',
  ),
  PLAN_UNKNOWN: row(2014, 'The agent does not know this plan.', 'Let it make a new plan.'),
  APPROVED_PLAN_STALE: row(
    2015,
    'Something changed on the computer after the plan was made. Nothing was done.',
    'Let the agent make a new plan, and look at what differs.',
    true,
  ),
  PLAN_EXPIRED: row(
    2016,
    'The plan is older than an hour. Nothing was done.',
    'Let the agent make a new plan.',
    true,
  ),
  APPROVAL_REUSED: row(
    2017,
    'That approval was given for something else, or was used before. Nothing was done.',
    'Approve the plan that is shown now.',
  ),
  LOCAL_DENIED: row(2018, 'It was refused at the computer.', 'Ask the person at that computer.'),
  LOCAL_TIMEOUT: row(
    2019,
    'Nobody answered at the computer in time.',
    'Ask again when somebody is there.',
    true,
  ),
  BUSY: row(
    2020,
    'The computer is busy with another request.',
    'Wait until that one ends, then ask again.',
    true,
  ),
  STATE_REGRESSED: row(
    2021,
    'The memory of this computer or of the bot went back in time, as after restoring a snapshot.',
    'Until its owner confirms with `/machine resync`, the agent only reads.',
  ),
  READ_ONLY: row(
    2022,
    'This folder can be read but not changed by the agent.',
    'Its owner sees the reason at the computer.',
  ),
  AGENT_FAULT: row(
    2023,
    'Something went wrong inside the agent.',
    'Its log on that computer has the details.',
  ),
  KEY_INVALID: row(
    2024,
    'A key cannot be used: {reason}.',
    'Put back the key that was there, or pair again.',
  ),

  // 21xx Discord
  GUILD_ONLY: row(
    2101,
    'This works only in a server.',
    'Use it in the server that your computer is linked in.',
  ),
  NOT_YOURS: row(
    2102,
    'This belongs to somebody else, or is no longer there.',
    'Type `/status` for what is yours.',
  ),
  STAFF_ONLY: row(2103, 'This is for support staff.', 'Ask in the help channel.'),
  MACHINE_GONE: row(
    2105,
    'That computer is not linked to you in this server.',
    'Type `/machine list` for those that are.',
  ),
  TOO_SLOW: row(
    2106,
    'There was no answer in time.',
    'It may still be carried out: `/status` shows how things stand.',
    true,
  ),
  UNKNOWN_COMMAND: row(
    2107,
    'The bot does not know this command or button any more.',
    'Type `/help` for what there is.',
  ),
  NO_STORY: row(2108, 'You have no migration under way in this server.', 'Type `/assess` to begin one.'),
  UNKNOWN_CODE: row(
    2109,
    'There is no error with that number.',
    'Choose one of those that are offered while you type.',
  ),
  CODE_UNKNOWN: row(
    2110,
    'No computer that asks to be linked shows that code now.',
    'Type the code that the terminal shows: eight letters, for five minutes. `migration-agent pair` shows a new one.',
  ),
  TOO_MANY_CODES: row(
    2111,
    'Too many codes were tried here.',
    'Wait ten minutes, then type the code that the terminal shows.',
    true,
  ),
  TOO_MANY_MACHINES: row(
    2112,
    'You have as many linked computers as one person may have.',
    'Unlink one with `/machine revoke` first.',
  ),
  BOT_FAULT: row(
    2199,
    'Something went wrong in the bot (reference {reference}).',
    "Tell the bot's operator this reference; the details are in the bot's log.",
  ),

  // 24xx linking this computer with a bot, and being connected
  BOT_ADDRESS_INVALID: row(
    2401,
    '{address} is no address of a bot: {reason}.',
    'Give `--hub unix:PATH`, `--hub ws://127.0.0.1:PORT` or `--hub wss://HOST`, as `/machine setup` shows it.',
  ),
  BOT_UNREACHABLE: row(
    2402,
    'No bot was reached at {address}: {reason}.',
    'Start the bot on this computer, or give the address that `/machine setup` shows with `--hub`.',
    true,
  ),
  BOT_SOCKET_UNSAFE: row(
    2403,
    'The socket {path} is not used: {reason}.',
    'It must lie in a folder that only you can open. Start the bot as the same user, or look who made that folder.',
  ),
  NOT_PAIRED: row(2404, 'This computer is not linked with a bot.', 'Run `migration-agent pair` first.'),
  ALREADY_PAIRED: row(
    2405,
    'This computer is linked with a bot already ({agent}).',
    'To link it anew, run `migration-agent unpair` first.',
  ),
  PAIRING_FAILED: row(
    2406,
    'The computer was not linked: {reason}.',
    'Nothing was kept. Run `migration-agent pair` again, and compare the words before you press in Discord.',
    true,
  ),
  TERMINAL_NEEDED: row(
    2407,
    'Linking a computer needs a person at its terminal.',
    'Run `migration-agent pair` on a terminal, without `--yes` and `--json`.',
  ),
  IDENTITY_UNUSABLE: row(
    2408,
    'The identity of this computer at {path} cannot be used: {reason}.',
    'Put its permissions right, or run `migration-agent unpair` and `migration-agent pair`.',
  ),
  CHANNEL_RECORDS_DAMAGED: row(
    2409,
    '{path} is damaged at record {record}.',
    'Nothing was done. Link this computer anew: `migration-agent unpair`, then `migration-agent pair`.',
  ),
  ROOT_UNKNOWN: row(
    2410,
    'There is no registered folder "{root}".',
    'Run `migration-agent roots list` for those that are.',
  ),
  ROOTS_NONE: row(
    2422,
    'No folder is registered on that computer.',
    'Run `migration-agent roots add FOLDER` there: the bot can only name what was registered.',
  ),
  ROOTS_SEVERAL: row(
    2423,
    'Several folders are registered on that computer: {roots}.',
    'Say which: `/assess source:root-1`. `migration-agent roots list` shows there what they are.',
  ),
  RUNS_AS_ROOT: row(
    2411,
    'The connected agent does not run as root.',
    'Run it as the user who owns the installation. If that is root, add `--allow-root`.',
  ),
  AGENT_CONNECTED: row(
    2412,
    'Another agent (process {pid}) is connected with this identity.',
    'Stop that one first.',
    true,
  ),
  SERVICE_UNREACHABLE: row(
    2413,
    'The service gave no usable answer.',
    'Check the network and the status page of the service, then check again.',
    true,
  ),
  TOKEN_REFUSED: row(
    2414,
    'The service does not accept the stored secret.',
    'Make a new token or key at the service and store it on the computer.',
  ),
  SERVICE_ADDRESS_UNSAFE: row(
    2415,
    'The secret was not sent: the configured address of the service is not encrypted.',
    'Use an `https://` address, or the usual one.',
  ),
} as const satisfies Record<string, ErrorRow>;

export type ErrorName = keyof typeof ERRORS;

export interface ErrorRow {
  readonly number: number;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
}

function row(number: number, message: string, hint: string, retryable = false): ErrorRow {
  return { number, message, hint, retryable };
}

export type ErrorParams = Readonly<Record<string, string | number>>;

/** Where in a person's files the cause lies. `line` and `column` count from 1. */
export interface ErrorPlace {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** A failure to be told to the person in these words. Anything else that is thrown is a fault of ours. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorName;
  readonly params: ErrorParams;
  readonly hint: string;
  readonly file: string | undefined;
  readonly line: number | undefined;

  constructor(code: ErrorName, params: ErrorParams = {}, place: ErrorPlace & { cause?: unknown } = {}) {
    super(fill(ERRORS[code].message, params), place.cause === undefined ? undefined : { cause: place.cause });
    this.code = code;
    this.params = params;
    this.hint = fill(ERRORS[code].hint, params);
    this.file = place.file;
    this.line = place.line;
  }

  /** The stable form shown to people: `AWM-1102`. */
  get label(): string {
    return errorLabel(this.code);
  }
}

export function errorLabel(code: ErrorName): string {
  return `AWM-${ERRORS[code].number}`;
}

/** True when `error` is an operating-system error with one of these codes (`ENOENT`, `ENOSPC`, …). */
export function hasErrno(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** A value that is a sentence of its own brings its full stop with it. */
function fill(template: string, params: ErrorParams): string {
  return template.replace(/\{(\w+)\}(\.?)/g, (whole, key: string, stop: string) => {
    if (!(key in params)) return whole;
    const value = String(params[key]);
    return value.endsWith('.') ? value : value + stop;
  });
}
