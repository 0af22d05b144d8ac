import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { displayPath } from '../paths.ts';
import { readOnly } from '../read-only-system.ts';
import { layoutsIn } from '../survey/layouts.ts';
import { readIfReachable } from '../survey/reachable.ts';
import { closeSurvey, takeSurvey } from '../survey/survey.ts';
import type { FileStat, ReadSystem } from '../system.ts';
import { importedSystem, type Overlay } from './imported-system.ts';
import type { NamedSecret } from './names.ts';
import { numbersIn, type SecretValues, withSecrets } from './put-secrets.ts';
import type { ReadExport, ReturnedFile } from './read-export.ts';
import { openSecrets } from './sealed-secrets.ts';

export interface ImportOptions {
  /** Absolute: where the installation is, or was. */
  readonly source: string;
  readonly target: string;
  /** Opens the secrets of the export. Asked for only where the installation does not have them. */
  readonly passphrase?: (() => Promise<Secret | undefined>) | undefined;
  /** Of the installation's own store. */
  readonly masterPassword?: Secret | undefined;
  /** Gives values that can be had from nowhere else; the secrets that it gives none of are left out. */
  readonly typed?: ((missing: readonly NamedSecret[]) => Promise<SecretValues>) | undefined;
  /** Import everything else where the values of secrets cannot be had. */
  readonly withoutSecrets?: boolean | undefined;
}

/** An export as a migration reads it. */
export interface OpenedImport {
  readonly folder: string;
  readonly withoutSecrets: boolean;
  /** The passphrase was needed: to go on with an interrupted run, it is needed again. */
  readonly tookPassphrase: boolean;
  /** Values were typed: the same is true for them. */
  readonly tookValues: boolean;
  /** The files of the export that the plan is made from, and the folders that others could be added to, as they are now. */
  readonly entries: readonly { readonly path: string; readonly stat: FileStat }[];
  /** The machine with the edits in the installation's place. */
  view<Machine extends ReadSystem>(system: Machine): Machine;
}

/**
 * Finds the values of the secrets that an export names: in the installation while it is there, else in the export's sealed
 * file. Writes nothing.
 * @throws EXPORT_SECRETS_MISSING, EXPORT_PASSPHRASE_WRONG
 */
export async function openImport(
  system: ReadSystem,
  exported: ReadExport,
  options: ImportOptions,
): Promise<OpenedImport> {
  const { folder, manifest, named, removed } = exported;
  const { source, typed } = options;
  const isThere = layoutsIn(system, source).length > 0;
  const files = exported.files.filter((file) => isTaken(file, isThere));
  const fromSource = isThere ? valuesInSource(system, exported, options) : new Map<number, Secret>();
  const needed = new Set(files.flatMap(numbersIn));
  const isMissing = (values: SecretValues) => [...needed].filter((number) => !values.has(number));
  let values: SecretValues = fromSource;
  const isSealedNeeded = manifest.sealed && isMissing(values).length > 0;
  if (isSealedNeeded) values = new Map([...(await sealedValues(system, folder, options)), ...fromSource]);
  const unknown = isMissing(values);
  const given =
    typed === undefined || unknown.length === 0
      ? new Map<number, Secret>()
      : await typed(unknown.flatMap((number) => named.find((one) => one.number === number) ?? []));
  values = new Map([...values, ...given]);
  const missing = isMissing(values);
  const withoutSecrets = options.withoutSecrets === true || (typed !== undefined && missing.length > 0);
  if (missing.length > 0 && !withoutSecrets) {
    const names = missing.map((number) => named.find((one) => one.number === number)?.name ?? `${number}`);
    throw new AppError('EXPORT_SECRETS_MISSING', {
      count: missing.length,
      names: names.slice(0, 10).join(', '),
      path: source,
    });
  }
  const overlays = files.map(
    (file): Overlay => ({
      path: join(source, file.rel),
      exported: join(folder, file.place),
      bytes: withSecrets(file, values, named),
    }),
  );
  return {
    folder,
    withoutSecrets,
    tookPassphrase: isSealedNeeded,
    tookValues: given.size > 0,
    entries: [...files.map(({ place, stat }) => ({ path: join(folder, place), stat })), ...exported.folders],
    view: (machine) =>
      importedSystem(machine, {
        source,
        isThere,
        overlays: isThere ? overlays : [...overlays, ...globalFiles(exported, source)],
        hidden: new Set(removed.map((rel) => join(source, rel))),
      }),
  };
}

/**
 * Settings always come from the export. Its env files are written anew and say less than the installation's, so they count
 * where they were edited, or where there is nothing else.
 */
function isTaken({ kind, state }: ReturnedFile, isThere: boolean): boolean {
  return kind === 'settings' || !isThere || state !== 'as exported';
}

function valuesInSource(
  system: ReadSystem,
  { named }: ReadExport,
  { source, target, masterPassword }: ImportOptions,
): Map<number, Secret> {
  const survey = takeSurvey(readOnly(system), source, target, { masterPassword });
  closeSurvey(survey);
  const values = new Map(
    survey.secrets.filter(({ placeholder }) => !placeholder).map(({ item, value }) => [item, value]),
  );
  return new Map(
    named.flatMap(({ number, item }) => {
      const value = values.get(item);
      return value === undefined ? [] : [[number, value] as const];
    }),
  );
}

async function sealedValues(
  system: ReadSystem,
  folder: string,
  { passphrase }: ImportOptions,
): Promise<SecretValues> {
  const typed = await passphrase?.();
  const sealed = readIfReachable(system, join(folder, 'credentials/secrets.age'));
  return typed === undefined || sealed === undefined ? new Map() : openSecrets(sealed, typed);
}

/** What was in .orch-global, for an installation that is gone. */
function globalFiles({ folder, manifest }: ReadExport, source: string): Overlay[] {
  const start = 'state/global/';
  return manifest.files.flatMap(({ path, kind }) => {
    const place = displayPath(path);
    if (kind !== 'state' || typeof path !== 'string' || !place.startsWith(start)) return [];
    return [{ path: join(source, '.orch-global', place.slice(start.length)), exported: join(folder, place) }];
  });
}
