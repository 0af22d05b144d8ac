import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UNQUOTED_GUILD } from '../sample/settings.ts';

/** Something that was claimed, looked at from outside. `shown` is undefined where this computer lacks what it takes. */
export interface Proof {
  readonly claim: string;
  readonly shown: boolean | undefined;
  readonly how: string;
}

const READER = join(import.meta.dirname, 'read_home.py');
/** The system's own first: a version manager's Python seldom has the libraries. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

interface PythonRead {
  readonly missing?: string;
  readonly sections: number;
  readonly guild_id: unknown;
  readonly projects: number;
  readonly secrets: number;
}

/** PyYAML and cryptography, which the package itself uses, read the new home. */
export async function pythonReadsIt(target: string): Promise<Proof> {
  const claim = 'Python reads it';
  const reads = await Promise.all(PYTHONS.map((python) => readWith(python, target)));
  const read = reads.find((one) => one !== undefined && one.missing === undefined);
  if (read === undefined)
    return { claim, shown: undefined, how: 'this computer has no Python with PyYAML and cryptography' };
  const { sections, projects, secrets, guild_id: guild } = read;
  return {
    claim,
    shown: guild === UNQUOTED_GUILD && projects > 0 && secrets > 0,
    how: `${sections} sections, ${projects} projects, ${secrets} secrets decrypted, guild id ${String(guild)} to the last digit`,
  };
}

async function readWith(python: string, target: string): Promise<PythonRead | undefined> {
  try {
    const { stdout } = await promisify(execFile)(python, ['-I', READER, target]);
    return JSON.parse(stdout) as PythonRead;
  } catch (error) {
    // There is no such program; what a program that runs complains of is the proof's failure.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

interface LedgerFile {
  readonly rows: readonly { readonly kind: string; readonly item: string; readonly fate: string }[];
  readonly counts: Readonly<Record<string, { readonly total: number }>>;
}

/** Each key, file, secret and project has one fate, and the figures are those of the rows. */
export async function ledgerIsWhole(target: string): Promise<Proof> {
  const { rows, counts } = JSON.parse(
    await readFile(join(target, 'migration', 'ledger.json'), 'utf8'),
  ) as LedgerFile;
  const items = new Set(rows.map(({ kind, item }) => `${kind} ${item}`));
  const withFate = rows.filter(({ fate }) => fate !== '').length;
  const total = Object.values(counts).reduce((sum, count) => sum + count.total, 0);
  return {
    claim: 'The ledger is whole',
    shown: total > 0 && items.size === total && withFate === total,
    how: `${withFate} of ${total} keys, files, secrets and projects have exactly one fate`,
  };
}
