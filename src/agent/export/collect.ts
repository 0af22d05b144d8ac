import type { Secret } from '../../shared/secret.ts';
import { displayPath, joinPath } from '../paths.ts';
import { isEnvFile } from '../survey/own-file.ts';
import { FileSearch } from '../survey/secret-search.ts';
import type { Survey } from '../survey/survey.ts';
import type { PathLike, ReadSystem } from '../system.ts';
import { envCopy, namesAsEnv } from './env-copy.ts';
import { ELSEWHERE_FILE, envPlace, LEGACY_STORE_FILE, settingsPlace } from './exported-place.ts';
import type { ExportKind, LeftOut } from './manifest.ts';
import { NAMES_SCHEMA, SecretNames } from './names.ts';
import { sealSecrets } from './sealed-secrets.ts';
import { settingsCopy } from './settings-copy.ts';

/** A file that an export will have: its bytes, or where they are copied from. */
export interface ExportEntry {
  readonly path: PathLike;
  readonly kind: ExportKind;
  readonly from?: string;
  readonly note?: string;
  readonly content: { readonly data: Buffer } | { readonly copyOf: PathLike; readonly size: number };
}

export interface Collected {
  readonly entries: readonly ExportEntry[];
  readonly leftOut: readonly LeftOut[];
  readonly names: SecretNames;
}

/** Everything of an export but its checklist and its manifest. `passphrase`: also the secrets, sealed with it. */
export async function collect(
  system: ReadSystem,
  survey: Survey,
  passphrase: Secret | undefined,
): Promise<Collected> {
  const names = new SecretNames(survey);
  const settings = settingsOf(system, survey, names);
  const state = stateOf(survey);
  const sealed: ExportEntry[] =
    passphrase === undefined
      ? []
      : [
          {
            path: 'credentials/secrets.age',
            kind: 'sealed',
            content: { data: await sealSecrets(survey, names, passphrase) },
          },
        ];
  return {
    entries: [...settings.entries, ...credentials(survey, names), ...sealed, ...state.entries],
    leftOut: [...settings.leftOut, ...state.leftOut],
    names,
  };
}

function settingsOf(system: ReadSystem, survey: Survey, names: SecretNames) {
  const search = new FileSearch(survey.neverShown);
  const entries: ExportEntry[] = [];
  const leftOut: LeftOut[] = [];
  for (const file of survey.settings) {
    if (survey.shipped.has(file.rel)) {
      leftOut.push({ what: file.rel, why: 'it is as agent-workflow ships it' });
      continue;
    }
    const copy = settingsCopy(system, survey.source, file, names, search);
    if (copy.kind === 'left') {
      leftOut.push({ what: file.rel, why: copy.why });
      continue;
    }
    const { data, note } = copy;
    entries.push({
      path: settingsPlace(file),
      kind: 'settings',
      from: file.rel,
      ...(note === undefined ? {} : { note }),
      content: { data },
    });
  }
  return { entries, leftOut };
}

/** Names only: a list of all secrets, and the env files with marks. */
function credentials(survey: Survey, names: SecretNames): ExportEntry[] {
  const list = { schema: NAMES_SCHEMA, secrets: names.named };
  const inClone = survey.envFiles.filter(({ rel, outside }) => outside !== true && isEnvFile(rel));
  const named = new Set(inClone.map(({ rel }) => rel));
  const gathered = [
    [LEGACY_STORE_FILE, names.named.filter(({ from }) => from === 'store')],
    [ELSEWHERE_FILE, names.named.filter(({ from, file }) => from === 'env' && !named.has(file))],
  ] as const;
  return [
    {
      path: 'credentials/names.json',
      kind: 'names',
      content: { data: Buffer.from(`${JSON.stringify(list, null, 2)}\n`) },
    },
    ...inClone.map(
      (file): ExportEntry => ({
        path: envPlace(file.rel),
        kind: 'env',
        from: file.rel,
        content: { data: envCopy(file, names) },
      }),
    ),
    ...gathered
      .filter(([, secrets]) => secrets.length > 0)
      .map(
        ([rel, secrets]): ExportEntry => ({
          path: envPlace(rel),
          kind: 'env',
          from: rel,
          content: { data: namesAsEnv(secrets) },
        }),
      ),
  ];
}

/** The state of every project and what was in .orch-global: a copy to look at; both are migrated from their own place. */
function stateOf(survey: Survey) {
  const entries: ExportEntry[] = [];
  const leftOut: LeftOut[] = [];
  for (const { root, project, path, entries: found } of survey.states) {
    const folder = `state/projects/${isPlain(project.key) ? project.key : root}`;
    for (const { rel, kind, stat } of found) {
      if (kind === 'folder') continue;
      if (kind === 'file') entries.push(stateEntry(joinPath(folder, rel), joinPath(path, rel), stat.size));
      else leftOut.push({ what: `${path}/${displayPath(rel)}`, why: `a ${kind} is not copied` });
    }
  }
  for (const { rel, display, kind, fileKind, secret, stat } of survey.inventory.files) {
    if (kind !== 'global') continue;
    const why = secret || survey.filesWithSecrets.has(display) ? 'it is made for credentials' : undefined;
    if (why !== undefined || fileKind !== 'file')
      leftOut.push({ what: display, why: why ?? `a ${fileKind} is not copied` });
    else
      entries.push(
        stateEntry(joinPath('state/global', inGlobal(rel)), joinPath(survey.source, rel), stat.size),
      );
  }
  return { entries, leftOut };
}

function stateEntry(path: PathLike, copyOf: PathLike, size: number): ExportEntry {
  return { path, kind: 'state', content: { copyOf, size } };
}

function inGlobal(rel: PathLike): PathLike {
  const { length } = '.orch-global/';
  return typeof rel === 'string' ? rel.slice(length) : rel.subarray(length);
}

/** A project's name that is also the name of a folder. */
function isPlain(key: string): boolean {
  return /^[\w][\w.-]{0,99}$/.test(key);
}
