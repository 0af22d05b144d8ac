import { Secret } from '../../shared/secret.ts';
import { type DotenvEntry, lastDefinitions, readDotenv } from '../credentials/dotenv.ts';
import { isPlaceholder, isSettingName, secretPattern } from '../credentials/secret-kinds.ts';
import { readAsShell } from '../credentials/shell-value.ts';
import { joinPath, shellPath } from '../paths.ts';
import { keyItem } from '../plan/ledger.ts';
import type { ReadSystem } from '../system.ts';
import type { Finding } from './finding.ts';
import { isSurelySecret, searchFor } from './known-secrets.ts';
import type { OwnFile } from './own-file.ts';
import { readIfReachable } from './reachable.ts';

/** Of the sources of environment variables, the smaller wins; all of them go before settings files (formats.md section 5). */
export const ENV_RANK = { dotEnv: 0, environment: 0.5, envFile: 1, unit: 2, compose: 3, shell: 4 } as const;

/** A file that gives environment variables to programs. Most are env files; start-up files and units are others. */
export interface EnvFile {
  /** Path in the clone, else `~/…` or absolute. */
  readonly rel: string;
  /** Not a file of the clone. */
  readonly outside?: boolean;
  readonly precedence: number;
  readonly variables: readonly EnvVariable[];
}

export interface EnvVariable {
  readonly name: string;
  /** In a file with sections: where the variable stands, in the place of its name. */
  readonly path?: readonly string[];
  readonly line: number;
  /** `unreadable`: its last definition cannot be read as text, and an earlier one would be a guess. */
  readonly what: 'setting' | 'secret' | 'placeholder' | 'empty' | 'unreadable';
  /** Even a setting's value is kept as a secret until it is known to be none. */
  readonly value: Secret;
  /** What `sh` reads where it differs from python-dotenv; null where it sets no such variable. */
  readonly inShell?: Secret | null;
}

/**
 * Reads every env file of the clone as python-dotenv does. Nothing is executed and no finding names a value. A file that
 * this user may not read is left out: the survey lists it.
 */
export function readEnvFiles(system: ReadSystem, clone: string, files: readonly OwnFile[]) {
  const findings: Finding[] = [];
  const read = files
    .filter((file) => file.kind === 'env' && typeof file.rel === 'string')
    .flatMap((file) => readEnvFile(system, clone, file, findings) ?? [])
    .sort((a, b) => a.precedence - b.precedence || (a.rel < b.rel ? -1 : 1));
  return { envFiles: read, findings };
}

function readEnvFile(
  system: ReadSystem,
  clone: string,
  file: OwnFile,
  findings: Finding[],
): EnvFile | undefined {
  const rel = file.rel as string;
  const bytes = readIfReachable(system, joinPath(clone, rel));
  if (bytes === undefined) return undefined;
  const { entries, problems } = readDotenv(bytes);
  for (const { line, message } of problems) {
    findings.push({
      code: 'env-line',
      level: 'warning',
      message,
      file: rel,
      line,
      fix: 'Write it as NAME=value.',
    });
  }
  const shell = readAsShell(bytes);
  const crlf = bytes.includes('\r\n');
  if (crlf) {
    findings.push({
      code: 'env-windows-line-ends',
      level: 'warning',
      message: `${rel} has Windows line ends; a shell that sources it would append a carriage return to every value`,
      file: rel,
      line: 1,
      fix: "Nothing to do: python-dotenv's reading, without them, is taken.",
    });
  }
  const shellTells = [...shell.values()].some((one) => one.value !== undefined);
  const unreadable = new Map(
    problems.flatMap(({ key, line }) => (key === undefined ? [] : [[key, line] as const])),
  );
  const readable = lastDefinitions(entries).filter((entry) => !unreadable.has(entry.key));
  const variables = readable.map((entry): EnvVariable => {
    if (isBareSecret(entry)) return unnamed(entry);
    const value = entry.value ?? '';
    const differs = entry.value !== null && shellTells && disagrees(shell, entry.key, value, crlf);
    if (differs) {
      findings.push({
        code: 'env-disagreement',
        level: 'warning',
        message: `sh and python-dotenv read ${entry.key} differently; python-dotenv's reading is taken`,
        file: rel,
        line: entry.line,
        fix: `Put the value in single quotes, which both read alike, or answer the decision ${decisionOf(rel, entry.key)}.`,
      });
    }
    const inShell = shell.get(entry.key)?.value;
    return {
      name: entry.key,
      line: entry.line,
      what: kindOf(entry.key, value),
      value: new Secret(entry.key, value),
      ...(differs ? { inShell: inShell === undefined ? null : new Secret(entry.key, inShell) } : {}),
    };
  });
  for (const [name, line] of unreadable)
    variables.push({ name, line, what: 'unreadable', value: new Secret(name, '') });
  if ((file.stat.mode & 0o044) !== 0 && variables.some((variable) => variable.what === 'secret')) {
    findings.push({
      code: 'env-world-readable',
      level: 'warning',
      message: `${rel} holds secrets and can be read by other users of this computer`,
      file: rel,
      fix: `chmod 600 ${shellPath(rel, '')}`,
    });
  }
  return { rel, precedence: rel === '.env' ? ENV_RANK.dotEnv : ENV_RANK.envFile, variables };
}

/** Id of the question which of two readings of a variable counts. */
export function decisionOf(rel: string, name: string): string {
  return `reading:${keyItem(rel, [name])}`;
}

/** The item of a variable in the ledger. */
export function variableItem({ rel }: EnvFile, { name, path }: EnvVariable): string {
  return keyItem(rel, path ?? [name]);
}

/** What a variable's name looks like; python-dotenv takes anything up to the "=" or the end of the line. */
const NAME = /^\ufeff?[\p{L}_][\p{L}\p{N}_.-]*$/u;

/** A line that is a token without a name: python-dotenv takes the token for one, which would be shown. */
function isBareSecret({ key, value }: DotenvEntry): boolean {
  if (!NAME.test(key) || secretPattern(key) !== undefined) return true;
  return value === null && key.length >= 16 && !/^[A-Z_][A-Z0-9_]*$/.test(key);
}

function unnamed({ line, raw }: DotenvEntry): EnvVariable {
  const name = `UNNAMED_LINE_${line}`;
  return { name, line, what: 'secret', value: new Secret(name, raw.trim()) };
}

/** A setting that repeats a secret of these files, such as an address with a password in it, is a secret as well. */
export function hideRepeated(files: readonly EnvFile[]): EnvFile[] {
  const secrets = files.flatMap(({ variables }) => variables.filter(({ what }) => what === 'secret'));
  const repeats = searchFor(
    secrets.filter(({ name, value }) => isSurelySecret(name, value)).map(({ value }) => value),
  );
  const hidden = (variable: EnvVariable): EnvVariable =>
    variable.what === 'setting' && repeats(variable.value.reveal().toString('utf8'))
      ? { ...variable, what: 'secret' }
      : variable;
  return files.map((file) => ({ ...file, variables: file.variables.map(hidden) }));
}

/** True where sh gives another value, or sets no such variable at all; false where it cannot be known. Windows line
 * ends have a finding of their own. */
function disagrees(
  shell: ReturnType<typeof readAsShell>,
  name: string,
  value: string,
  crlf: boolean,
): boolean {
  const reading = shell.get(name);
  if (reading === undefined) return true;
  const heard = crlf ? reading.value?.replaceAll('\r', '') : reading.value;
  return heard !== undefined && heard !== value.replaceAll('\r', '');
}

/** What a variable's name and value make of it. */
export function kindOf(name: string, value: string): EnvVariable['what'] {
  if (value === '') return 'empty';
  if (isSettingName(name) && secretPattern(value) === undefined) return 'setting';
  return isPlaceholder(value) ? 'placeholder' : 'secret';
}
