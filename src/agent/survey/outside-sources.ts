import { dirname } from 'node:path';
import { shellPath } from '../paths.ts';
import type { FileStat, ReadSystem } from '../system.ts';
import { composeSources } from './compose-sources.ts';
import type { EnvFile } from './env-files.ts';
import type { EnvSource } from './env-source.ts';
import { environmentSource } from './environment-source.ts';
import type { Finding } from './finding.ts';
import type { OutsideFile } from './outside-file.ts';
import type { OwnFile } from './own-file.ts';
import { ifReachable } from './reachable.ts';
import type { SettingsFile } from './settings-files.ts';
import { shellSources } from './shell-sources.ts';
import { unitSources } from './unit-sources.ts';
import { wantedNames } from './wanted-names.ts';

/** What gives variables to the installation beside its own env files. Everything is read, nothing is run or changed. */
export interface OutsideSources {
  readonly envFiles: readonly EnvFile[];
  readonly findings: readonly Finding[];
  /** The files outside of the clone among them: a plan is made from these too. */
  readonly files: readonly { readonly path: string; readonly stat: FileStat }[];
  /** What is only reported: this process's environment, where it is not taken. */
  readonly reported: readonly EnvSource[];
}

export interface KnownSources {
  readonly settings: readonly SettingsFile[];
  readonly envFiles: readonly EnvFile[];
  readonly fromEnvironment: boolean;
}

export function outsideSources(
  system: ReadSystem,
  clone: string,
  files: readonly OwnFile[],
  { settings, envFiles, fromEnvironment }: KnownSources,
): OutsideSources {
  const units = unitSources(system, clone);
  const compose = composeSources(system, clone, files);
  const isWanted = wantedNames(settings, [
    ...envFiles,
    ...[...units.sources, ...compose].map(({ file }) => file),
  ]);
  const environment = environmentSource(system, isWanted);
  const given = new Set(fromEnvironment ? environment.flatMap(variableNames) : []);
  const shells = shellSources(system, clone, isWanted);
  const sources = [...(fromEnvironment ? environment : []), ...units.sources, ...compose, ...shells].map(
    (source) => withoutResolved(source, given),
  );
  return {
    envFiles: sources.map(({ file }) => file),
    findings: [...units.findings, ...sources.flatMap((source) => sourceFindings(system, source))],
    files: sources.flatMap(({ file, read }) =>
      read === undefined || file.outside !== true ? [] : [{ path: read.path, stat: read.stat }],
    ),
    reported: fromEnvironment ? [] : environment,
  };
}

function variableNames({ file }: EnvSource): string[] {
  return file.variables.map(({ name }) => name);
}

/** A value that only running a file would tell is known where it was run: in the environment. */
function withoutResolved({ file, read }: EnvSource, given: ReadonlySet<string>): EnvSource {
  const variables = file.variables.filter(({ name, what }) => what !== 'unreadable' || !given.has(name));
  return { file: { ...file, variables }, read };
}

function sourceFindings(system: ReadSystem, { file, read }: EnvSource): Finding[] {
  const { rel, variables } = file;
  const secrets = variables.filter(({ what }) => what === 'secret');
  const taken: Finding[] =
    file.outside !== true || read === undefined || secrets.length === 0
      ? []
      : [
          {
            code: 'outside-secrets',
            level: 'info',
            message: `${secrets.map(({ name }) => name).join(', ')} of this file belong to the installation and are copied into the new store. The file stays as it is.`,
            file: rel,
            line: secrets[0]?.line,
          },
        ];
  const unknown = variables
    .filter(({ what }) => what === 'unreadable')
    .map(
      ({ name, line }): Finding => ({
        code: 'value-unknown',
        level: 'warning',
        message: `${name} has a value here that only running the file would tell`,
        file: rel,
        line,
        fix: 'To take it, start the migration where the variable is set, with --from-environment.',
      }),
    );
  const open: Finding[] =
    read !== undefined && secrets.length > 0 && isOpenToOthers(system, read)
      ? [
          {
            code: 'outside-readable',
            level: 'warning',
            message: 'The file holds secrets and can be read by other users of this computer',
            file: rel,
            fix: `chmod 600 ${shellPath(rel, '')}`,
          },
        ]
      : [];
  return [...taken, ...unknown, ...open];
}

/** A file for all is open only where all may enter the folders above it. */
function isOpenToOthers(system: ReadSystem, { path, stat }: OutsideFile): boolean {
  if ((stat.mode & 0o004) === 0) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (((ifReachable(() => system.stat(folder))?.mode ?? 0) & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
