import { join } from 'node:path';
import { Secret } from '../../shared/secret.ts';
import { displayPath } from '../paths.ts';
import type { ReadSystem } from '../system.ts';
import { type EnvFile, readEnvFiles } from './env-files.ts';
import type { Finding } from './finding.ts';
import { type GitReading, readGit } from './git.ts';
import { type Inventory, takeInventory } from './inventory.ts';
import { type Layout, layoutsIn } from './layouts.ts';
import { findRunning, type RunningOrchestrator } from './orchestrator.ts';
import { isSettingsName, type OwnFile } from './own-file.ts';
import { findProjects, type LegacyProject } from './projects.ts';
import { ifReachable, readIfReachable } from './reachable.ts';
import { FileSearch } from './secret-search.ts';
import { type FoundSecret, findSecrets } from './secrets.ts';
import { readSettingsFile, type SettingsFile } from './settings-files.ts';
import { type ProjectState, readStates } from './state.ts';
import { readTarget, type Target } from './target.ts';
import { type InstalledVersion, readVersion } from './version.ts';

/** Everything that is known about an installation. Facts only: nothing here was decided, and nothing was written. */
export interface Survey {
  /** Absolute path of the clone, without links. */
  readonly source: string;
  readonly layouts: readonly Layout[];
  readonly version: InstalledVersion;
  readonly git: GitReading;
  readonly inventory: Inventory;
  readonly settings: readonly SettingsFile[];
  /** Settings files that are as upstream ships them: what they say is the package's default. */
  readonly shipped: ReadonlySet<string>;
  readonly envFiles: readonly EnvFile[];
  readonly secrets: readonly FoundSecret[];
  /** Every value that must not occur in clear anywhere: the secrets, those of the target, and the keys of both stores. */
  readonly knownValues: readonly Secret[];
  /** The legacy store, or a part of it, could not be opened. */
  readonly storeLocked: boolean;
  /** Own files in whose text a secret was found, by their displayed path. */
  readonly filesWithSecrets: ReadonlySet<string>;
  readonly projects: readonly LegacyProject[];
  readonly states: readonly ProjectState[];
  readonly target: Target;
  readonly running: RunningOrchestrator | undefined;
  /** Displayed paths of all that could not be read. */
  readonly unreadable: readonly { path: string; reason: string }[];
  readonly findings: readonly Finding[];
}

/** Looks at everything once. Git is left open for patches: call `closeSurvey` when done. */
export function takeSurvey(system: ReadSystem, source: string, targetFolder: string): Survey {
  const target = readTarget(system, targetFolder, source);
  const git = readGit(system, source);
  const facts = git.state === 'read' ? git.facts : undefined;
  const inventory = takeInventory(system, source, facts);
  const readings = inventory.files
    .filter((file) => file.kind === 'settings' && typeof file.rel === 'string')
    .flatMap((file) => readSettingsFile(system, source, file.rel as string) ?? []);
  const settings = readings
    .map((reading) => reading.file)
    .sort((a, b) => a.precedence - b.precedence || (a.rel < b.rel ? -1 : 1));
  const shipped = new Set(
    inventory.files.filter((file) => file.kind === 'settings' && file.shipped).map((file) => file.display),
  );
  const { envFiles, findings: envFindings } = readEnvFiles(system, source, inventory.files);
  const wanted = settings.filter((file) => !shipped.has(file.rel));
  const {
    secrets,
    findings: secretFindings,
    storeLocked,
  } = findSecrets(system, source, inventory.files, wanted, envFiles);
  const knownValues = valuesToHide(system, source, secrets, target);
  const projects = findProjects(system, source, wanted);
  const states = readStates(system, projects);
  const unreadable = [
    ...inventory.unreadable.map(({ rel, reason }) => ({ path: displayPath(rel), reason })),
    ...states.flatMap((state) =>
      state.unreadable.map(({ rel, reason }) => ({ path: `${state.path}/${displayPath(rel)}`, reason })),
    ),
    ...projects
      .filter(({ exists, path }) => exists && !system.canRead(path as string))
      .map(({ path }) => ({ path: path as string, reason: 'permission denied' })),
    ...target.unreadable.map(({ rel, reason }) => ({ path: `${target.path}/${rel}`, reason })),
  ];
  const version = readVersion(system, source, facts?.describe);
  return {
    source,
    layouts: layoutsIn(system, source),
    version,
    git,
    inventory,
    settings,
    shipped,
    envFiles,
    secrets,
    storeLocked,
    knownValues,
    filesWithSecrets: searchFiles(system, source, inventory.files, knownValues),
    projects,
    states,
    target,
    running: findRunning(system, source, target.path),
    unreadable,
    findings: [
      ...readings.flatMap((reading) => reading.findings),
      ...envFindings,
      ...secretFindings,
      ...gitFindings(git),
      ...versionFindings(version),
      ...projectFindings(projects),
      ...linkFindings(inventory.files),
      ...unreadable.map(unreadableFinding),
    ],
  };
}

/** Removes the scratch folder through which git is read. */
export function closeSurvey(survey: Survey): void {
  if (survey.git.state === 'read') survey.git.close();
}

function valuesToHide(
  system: ReadSystem,
  source: string,
  secrets: readonly FoundSecret[],
  target: Target,
): Secret[] {
  const stored = target.vault?.names().flatMap((name) => target.vault?.get(name) ?? []) ?? [];
  const masterKey = join(source, '.orch-global/security/master.key');
  const keys = [readIfReachable(system, masterKey), target.credentialsKey].filter((key) => key !== undefined);
  return [
    ...secrets.filter((secret) => !secret.placeholder).map((secret) => secret.value),
    ...stored,
    ...keys.map((key) => new Secret('FERNET_KEY', key.toString('latin1').trim())),
  ];
}

/** Kinds of files that a migration would copy to the target in clear text, so that a secret in one of them matters. */
const COPIED: ReadonlySet<OwnFile['kind']> = new Set(['agent', 'global', 'edited', 'custom']);

function searchFiles(
  system: ReadSystem,
  source: string,
  files: readonly OwnFile[],
  known: readonly Secret[],
): Set<string> {
  const search = new FileSearch(known);
  const suspects = files.filter((file) => COPIED.has(file.kind) && file.fileKind === 'file' && !file.secret);
  return new Set(
    suspects
      .filter((file) => ifReachable(() => search.file(system, source, file.rel)) === true)
      .map((file) => file.display),
  );
}

function gitFindings(git: GitReading): Finding[] {
  const without =
    "Upstream's files and yours cannot be told apart; files in its code folders are not carried over.";
  switch (git.state) {
    case 'read':
      return [];
    case 'not-a-repository':
      return [{ code: 'no-git', level: 'warning', message: `The installation is no git clone. ${without}` }];
    case 'git-missing':
      return [
        {
          code: 'no-git',
          level: 'warning',
          message: `git is not installed. ${without}`,
          fix: 'Install git.',
        },
      ];
    case 'unreadable':
      return [
        {
          code: 'no-git',
          level: 'warning',
          message: `git cannot read the clone (${git.reason}). ${without}`,
        },
      ];
  }
}

function versionFindings(version: InstalledVersion): Finding[] {
  if (version.compatible === 'yes') return [];
  const what = version.version === undefined ? 'The version is unknown' : `Version ${version.version} is old`;
  return [{ code: 'version', level: 'warning', message: `${what}: the rules are made for 0.9 and later.` }];
}

/** Settings behind a link lie outside of the installation: neither a backup nor a plan would notice when they change. */
function linkFindings(files: readonly OwnFile[]): Finding[] {
  return files
    .filter(({ fileKind, display }) => fileKind === 'link' && isSettingsName(display))
    .map(
      ({ display }): Finding => ({
        code: 'settings-link',
        level: 'warning',
        message: `${display} is a link; its settings are not read.`,
        file: display,
        fix: 'Put the file itself in the place of the link, then run the command again.',
      }),
    );
}

function projectFindings(projects: readonly LegacyProject[]): Finding[] {
  return projects.flatMap((project): Finding[] => {
    const file = project.mentions[0]?.file.rel;
    const gone: Finding[] = project.exists
      ? []
      : [
          {
            code: 'project-gone',
            level: 'warning',
            message: `The folder of project ${project.key} is not there; it is registered with status error.`,
            file,
            fix: 'Put the folder back, or correct its path in the new registry.',
          },
        ];
    const clash: Finding[] =
      project.clashOf === undefined
        ? []
        : [
            {
              code: 'project-name-clash',
              level: 'info',
              message: `Two projects are named ${project.clashOf}; this one becomes ${project.key}.`,
              file,
            },
          ];
    return [...gone, ...clash];
  });
}

function unreadableFinding({ path, reason }: { path: string; reason: string }): Finding {
  return {
    code: 'unreadable',
    level: 'decision',
    message: `${path} cannot be read: ${reason}`,
    file: path,
    fix: 'Give this user permission to read it, or answer the decision unreadable-files.',
  };
}
