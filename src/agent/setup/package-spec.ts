import { AppError } from '../../shared/errors.ts';

/** The package that is looked for where `PACKAGE_SPEC` names no other. */
export const PACKAGE_NAME = 'agent-workflow';

/** What its `agent-orch` has to start, by its metadata. */
export const ENTRY_POINT = 'agent_workflow.cli.main:main';

/** What `PACKAGE_SPEC` says. Pinned is what names a version and a hash: nothing else can be put in its place. */
export interface PackageSpec {
  /** As people write it; compare with `sameName`. */
  readonly name: string;
  readonly version: string | undefined;
  /** SHA-256 of the files that are taken, in hex: one for each wheel of the version. */
  readonly hashes: readonly string[];
}

const FORM = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:==\s*([A-Za-z0-9][A-Za-z0-9.!+_-]*))?$/;

/**
 * One requirement as pip writes it: `agent-workflow==1.0.0 --hash=sha256:…`, with a hash for each wheel.
 * @throws PACKAGE_SPEC_INVALID
 */
export function parsePackageSpec(text: string | undefined): PackageSpec {
  const [requirement = '', ...rest] = (text ?? '').trim().split(/\s+(?=--)/);
  if (requirement === '') return { name: PACKAGE_NAME, version: undefined, hashes: [] };
  const invalid = (reason: string) => new AppError('PACKAGE_SPEC_INVALID', { reason });
  const match = FORM.exec(requirement);
  if (match === null) throw invalid(`"${requirement}" is no name with ==version`);
  const hashes = rest.map((option) => {
    const hash = /^--hash[= ]sha256:([0-9a-fA-F]{64})$/.exec(option)?.[1];
    if (hash === undefined) throw invalid(`"${option}" is no --hash=sha256: with 64 hexadecimal digits`);
    return hash.toLowerCase();
  });
  const version = match[2];
  if (hashes.length > 0 && version === undefined) throw invalid('it has a hash and no version');
  return { name: match[1] as string, version, hashes };
}

export function isPinned({ version, hashes }: PackageSpec): boolean {
  return version !== undefined && hashes.length > 0;
}

/** Names of packages are compared in their normalised form (packaging.python.org, "Names and normalization"). */
export function sameName(a: string, b: string): boolean {
  const normal = (name: string) => name.toLowerCase().replaceAll(/[-_.]+/g, '-');
  return normal(a) === normal(b);
}
