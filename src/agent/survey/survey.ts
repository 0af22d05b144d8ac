import type { Secret } from '../../shared/secret.ts';
import { displayPath } from '../paths.ts';
import type { PathLike, ReadSystem } from '../system.ts';
import { nodeAt } from '../yaml/leaves.ts';
import { BASE_FILE } from './base.ts';
import { type EnvFile, hideRepeated, readEnvFiles } from './env-files.ts';
import { environmentFindings } from './environment-source.ts';
import { filesWithSecrets } from './files-with-secrets.ts';
import type { Finding } from './finding.ts';
import { type GitReading, readGit } from './git.ts';
import { type HiddenValues, hiddenValues, tokensIn } from './hidden-values.ts';
import { type Inventory, keyOf, takeInventory } from './inventory.ts';
import { searchFor } from './known-secrets.ts';
import { type Layout, layoutsIn } from './layouts.ts';
import { mountFindings } from './mounts.ts';
import { findRunning, type RunningOrchestrator } from './orchestrator.ts';
import { type OutsideSources, outsideSources } from './outside-sources.ts';
import { isSettingsName, type OwnFile } from './own-file.ts';
import { findProjects, type LegacyProject } from './projects.ts';
import { type FoundSecret, findSecrets } from './secrets.ts';
import {
  readSettingsFile,
  type SettingsFile,
  type SettingsReading,
  tokensInKeys,
  withoutSecretKeys,
} from './settings-files.ts';
import { type ProjectState, readStates } from './state.ts';
import { readTarget, type Target } from './target.ts';
import { type InstalledVersion, readVersion, versionFindings } from './version.ts';
import { isWithheld, withholdNames } from './withheld.ts';

/** Everything that is known about an installation. Facts only: nothing here was decided, and nothing was written. */
export interface Survey extends HiddenValues {
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
  /** The legacy store, or a part of it, could not be opened. */
  readonly storeLocked: boolean;
  /** It could be opened by a master password that is not known here. */
  readonly takesPassword: boolean;
  /** Files outside of the clone that give variables to it. */
  readonly outside: OutsideSources['files'];
  /** Own files and settings in whose text a secret was found, by their displayed path. */
  readonly filesWithSecrets: ReadonlySet<string>;
  readonly projects: readonly LegacyProject[];
  readonly states: readonly ProjectState[];
  readonly target: Target;
  readonly running: RunningOrchestrator | undefined;
  /** Displayed paths of all that could not be read. */
  readonly unreadable: readonly { path: string; reason: string }[];
  readonly findings: readonly Finding[];
}

export interface SurveyOptions {
  /** Opens the legacy store, where it was made with one. */
  readonly masterPassword?: Secret | undefined;
  /** Take the secrets of this process's own environment too, not only report them. */
  readonly fromEnvironment?: boolean | undefined;
}

/** Looks at everything once. Git is left open for patches: call `closeSurvey` when done. */
export function takeSurvey(
  system: ReadSystem,
  source: string,
  targetFolder: string,
  options: SurveyOptions = {},
): Survey {
  const target = readTarget(system, targetFolder, source);
  const git = readGit(system, source);
  const facts = git.state === 'read' ? git.facts : undefined;
  const found = withholdNames(takeInventory(system, source, facts), (path) => tokensIn(path).length > 0);
  const readings = found.files
    .filter((file) => file.kind === 'settings' && typeof file.rel === 'string')
    .flatMap((file) => readSettingsFile(system, source, file.rel as string) ?? []);
  const env = readEnvFiles(system, source, found.files);
  const shipped = new Set(
    found.files.filter((file) => file.kind === 'settings' && file.shipped).map((file) => file.display),
  );
  const notShipped = inOrder(readings).filter((file) => !shipped.has(file.rel));
  const outside = outsideSources(system, source, found.files, {
    settings: notShipped,
    envFiles: env.envFiles,
    fromEnvironment: options.fromEnvironment === true,
  });
  const allEnv = hideRepeated([...env.envFiles, ...outside.envFiles]).sort(byRank);
  const { masterPassword } = options;
  const all = findSecrets(system, source, found.files, notShipped, allEnv, masterPassword);
  const { storeLocked, takesPassword } = all;
  const tokensInNames = [
    ...found.files.flatMap(({ rel }) => tokensIn(displayPath(rel))),
    ...readings.flatMap(({ file }) => tokensInKeys(file)),
    ...outside.envFiles.flatMap(({ rel }) => tokensIn(rel)),
  ];
  const values = hiddenValues(system, source, all.secrets, target, { tokensInNames, masterPassword });
  // Only now is it known which names hold a secret. What cannot be named is not read.
  const isSecretName = searchFor(values.neverShown);
  const inventory = withholdNames(found, isSecretName);
  const named = nameable(inventory);
  for (const { rel } of outside.envFiles) if (!isSecretName(rel)) named.add(rel);
  const usable = readings
    .filter(({ file }) => named.has(file.rel))
    .map((reading) => withoutSecretKeys(reading, isSecretName));
  const settings = inOrder(usable);
  const wanted = settings.filter((file) => !shipped.has(file.rel));
  const envFiles = allEnv.filter(({ rel }) => named.has(rel));
  const broken = new Set(settings.filter(({ state }) => state === 'broken').map(({ rel }) => rel));
  const secrets = all.secrets.filter(({ file }) => named.has(file) && !broken.has(file));
  const secretItems = new Set(secrets.map(({ item }) => item));
  const projects = findProjects(system, source, wanted, secretItems);
  const states = readStates(system, projects);
  const unreadable = [
    ...inventory.unreadable.map(({ rel, reason }) => ({ path: nameOf(inventory, rel), reason })),
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
    takesPassword,
    outside: outside.files,
    ...values,
    filesWithSecrets: new Set([
      ...filesWithSecrets(system, source, inventory.files, values.knownValues),
      ...all.secrets
        .filter(({ from, placeholder }) => from === 'yaml' && !placeholder)
        .map(({ file }) => file),
    ]),
    projects,
    states,
    target,
    running: findRunning(system, source, target.path),
    unreadable,
    findings: [
      ...usable.flatMap((reading) => reading.findings),
      ...[...env.findings, ...outside.findings, ...all.findings].filter(
        ({ file }) => file === undefined || named.has(file),
      ),
      ...environmentFindings(outside.reported, all.secrets),
      ...gitFindings(git),
      ...versionFindings(version),
      ...projectFindings(projects),
      ...linkFindings(inventory.files),
      ...mountFindings(inventory, target),
      ...baseFindings(target),
      ...unreadable.map(unreadableFinding),
    ],
  };
}

/** Removes the scratch folder through which git is read. */
export function closeSurvey(survey: Survey): void {
  if (survey.git.state === 'read') survey.git.close();
}

function inOrder(readings: readonly SettingsReading[]): SettingsFile[] {
  return readings.map(({ file }) => file).sort(byRank);
}

function byRank(a: EnvFile | SettingsFile, b: EnvFile | SettingsFile): number {
  return a.precedence - b.precedence || (a.rel < b.rel ? -1 : 1);
}

/** Paths of the files that are named as what they are. */
function nameable({ files }: Inventory): Set<string> {
  return new Set(files.filter((file) => !isWithheld(file)).map(({ display }) => display));
}

function nameOf({ files }: Inventory, rel: PathLike): string {
  const key = keyOf(rel);
  return files.find((file) => keyOf(file.rel) === key)?.display ?? displayPath(rel);
}

function gitFindings(git: GitReading): Finding[] {
  const without =
    "Upstream's files and yours cannot be told apart; files in its code folders are not carried over.";
  switch (git.state) {
    case 'read':
      return [];
    case 'not-a-repository':
      return [
        {
          code: 'no-git',
          level: 'warning',
          message: `The installation is no git clone. ${without}`,
          fix: 'If there is a clone with a .git folder of it, migrate that one.',
        },
      ];
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
          fix: 'Run `git fsck` in the clone to see what is damaged.',
        },
      ];
  }
}

function baseFindings({ path, baseFile }: Target): Finding[] {
  if (baseFile.state !== 'damaged') return [];
  return [
    {
      code: 'base-unreadable',
      level: 'warning',
      message: `${path}/${BASE_FILE} cannot be used: ${baseFile.reason}. What was changed in the old installation since the last migration, and what in the new home, cannot be told apart; the new home goes first.`,
      file: `${path}/${BASE_FILE}`,
      fix: 'Restore the file from the last backup, or go on without it.',
    },
  ];
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
    const lineOf = (...keys: string[]) => {
      const node = project.mentions[0]?.node;
      return (
        keys.map((key) => node && nodeAt(node, [key])?.line).find((line) => line !== undefined) ?? node?.line
      );
    };
    const gone: Finding[] = project.exists
      ? []
      : [
          {
            code: 'project-gone',
            level: 'warning',
            message: `The folder of project ${project.key} is not there; it is registered with status error.`,
            file,
            line: lineOf('path', 'project_path'),
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
              line: lineOf('name', 'project_name'),
              fix: 'Nothing needs to be done; the name can be changed in the new registry.',
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
