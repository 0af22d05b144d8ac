import { createHmac, randomBytes } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { readVault } from '../credentials/vault.ts';
import type { LedgerRow } from '../plan/ledger.ts';
import { nodeAt, sameValue } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { Check, CheckResult, CheckWork } from './check.ts';
import { oldSettings } from './old-settings.ts';

const NAME = 'effective_values';
const STORE = 'credentials.enc#';
const MOST_NAMED = 5;

/** One value of the old installation beside the same of the new home. */
interface Comparison {
  readonly item: string;
  /** Where it is looked for: `config.yaml#global.log_level`. */
  readonly at: string;
  readonly isSame: boolean;
  /** The home's own value, or a person's choice, may have gone before the old one. */
  readonly mayDiffer?: boolean;
}

export const effectiveValues: Check = {
  name: NAME,
  about:
    'What the old files say, settled by their precedence, is read back from the new files key by key; secrets are compared by a keyed hash.',
  check(work) {
    const byPlace = new Map<string, Comparison>();
    for (const one of [...settings(work), ...moves(work), ...secrets(work)]) {
      const key = `${one.item}\0${one.at}`;
      const before = byPlace.get(key);
      byPlace.set(key, before === undefined || before.isSame ? one : before);
    }
    return resultOf([...byPlace.values()], work.plan.content.ledger);
  },
};

/** A difference that the ledger tells is known, and named; any other is a fault. */
function resultOf(compared: readonly Comparison[], ledger: readonly LedgerRow[]): CheckResult {
  const rows = new Map(ledger.map((row) => [row.item, row]));
  const differing = compared.filter(({ isSame }) => !isSame);
  const faults = differing.filter(
    ({ item, mayDiffer }) => mayDiffer !== true || !isToldDifferent(rows.get(item)),
  );
  const figure = {
    name: NAME,
    done: compared.length - differing.length,
    of: compared.length,
    unit: 'values',
  };
  const [fault] = faults;
  if (fault !== undefined)
    return { ...figure, status: 'error', reason: `${fault.item} does not have its value at ${fault.at}` };
  if (differing.length === 0) return { ...figure, status: 'ok' };
  const named = differing.slice(0, MOST_NAMED).map(({ item }) => item);
  const more = differing.length - named.length;
  const reason = `the new home goes first, or you chose another value: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return { ...figure, status: 'info', reason };
}

function isToldDifferent(row: LedgerRow | undefined): boolean {
  if (row === undefined) return false;
  return row.fate === 'kept-unused' || row.fate === 'needs-you' || row.note?.includes('you chose') === true;
}

/** Every setting that was in effect, at each place of config.yaml that the package reads it from. */
function settings(work: CheckWork): Comparison[] {
  const root = rootOf(work, 'config.yaml');
  return oldSettings(work.system, work.plan.survey).flatMap(({ rename, item, node }) =>
    rename.to.map((path) => {
      const now = root && nodeAt(root, path.split('.'));
      return { item, at: `config.yaml#${path}`, isSame: isSame(node, now), mayDiffer: true };
    }),
  );
}

/** Everything that the plan moved, whether the package reads it or not. */
function moves(work: CheckWork): Comparison[] {
  const roots = new Map<string, YamlNode | undefined>();
  return work.plan.draft.moves.map(({ item, file, path, node }) => {
    if (!roots.has(file)) roots.set(file, rootOf(work, file));
    const root = roots.get(file);
    const now = root && nodeAt(root, [...path]);
    return { item, at: `${file}#${path.join('.')}`, isSame: isSame(node, now) };
  });
}

/** The key is new each time and nobody keeps it, so that the hashes tell nothing but that two values are equal. */
function secrets(work: CheckWork): Comparison[] {
  const { survey, content } = work.plan;
  const places = new Map(
    content.ledger.flatMap(({ kind, item, to }) =>
      kind === 'secret' && to?.startsWith(STORE) === true ? [[item, to] as const] : [],
    ),
  );
  const vault = vaultOf(work);
  const key = randomBytes(32);
  const hashOf = (bytes: Buffer | undefined) =>
    bytes && createHmac('sha256', key).update(bytes).digest('hex');
  return survey.secrets.flatMap(({ item, value }) => {
    const at = places.get(item);
    if (at === undefined) return [];
    const now = vault?.get(at.slice(STORE.length))?.reveal();
    return [{ item, at, isSame: hashOf(now) === hashOf(value.reveal()) }];
  });
}

/** Undefined where the store cannot be opened; another check says why. */
function vaultOf({ system, locate }: CheckWork) {
  try {
    return readVault(system.readFile(locate('credentials.key')), system.readFile(locate('credentials.enc')));
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function isSame(old: YamlNode | undefined, now: YamlNode | undefined): boolean {
  return old !== undefined && now !== undefined && sameValue(old, now);
}

function rootOf({ system, locate }: CheckWork, rel: string): YamlNode | undefined {
  return readYaml(system.readFile(locate(rel))).root;
}
