import { safeText } from '../../shared/safe-text.ts';
import { isSecretSetting } from '../credentials/secret-kinds.ts';
import { displayPath } from '../paths.ts';
import { BASE_FILE } from '../survey/base.ts';
import { searchFor } from '../survey/known-secrets.ts';
import type { Survey } from '../survey/survey.ts';
import { type Leaf, leavesOf, nodeAt, sameValue } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import { keyPath } from './ledger.ts';
import type { Plan } from './plan.ts';

/** How the new home will differ from what is there now, file by file. */
export interface Differences {
  readonly files: readonly FileDifference[];
  /** Files beyond those that are listed. */
  readonly more: number;
}

export interface FileDifference {
  /** Path in the new home. */
  readonly file: string;
  readonly what: 'new' | 'changed';
  /** The clone's file that it is a copy or a patch of. */
  readonly from?: string | undefined;
  /** Keys of a YAML file or names of stored secrets, in the file's order; comments and all other keys stay. */
  readonly changes: readonly Change[];
  /** Changes beyond those that are listed. */
  readonly more: number;
}

export interface Change {
  readonly kind: 'added' | 'changed' | 'removed';
  readonly key: string;
  readonly before?: string;
  readonly after?: string;
}

type Differing = Pick<Plan, 'rendered' | 'draft'> & {
  readonly survey: Pick<Survey, 'target' | 'neverShown'>;
};

const MOST_CHANGES = 200;
const MOST_FILES = 500;
const HIDDEN = '********';

/**
 * What a person sees before anything is written. Values come only from trees whose secrets were taken out before any text
 * was made of them, stored secrets are named without their values, and files of the clone without their content.
 */
export function differencesOf({ rendered, draft, survey }: Differing): Differences {
  const { target } = survey;
  const known = searchFor(survey.neverShown);
  const yaml = (file: string, before: YamlNode | undefined, text: string | undefined) =>
    text === undefined ? [] : [yamlDifference(file, before, readYaml(Buffer.from(text)).root, known)];
  const files = [
    ...yaml('config.yaml', target.config?.root, rendered.config),
    ...yaml('projects/registry.yaml', target.registry?.root, rendered.registry),
    ...credentialFiles({ draft, survey }),
    ...(rendered.base === undefined
      ? []
      : [limited(BASE_FILE, target.baseFile.state === 'absent' ? 'new' : 'changed', [])]),
    ...draft.files.map(
      ({ to, item }): FileDifference => ({
        file: displayPath(to),
        what: 'new',
        from: item,
        changes: [],
        more: 0,
      }),
    ),
  ];
  return { files: files.slice(0, MOST_FILES), more: Math.max(0, files.length - MOST_FILES) };
}

function yamlDifference(
  file: string,
  before: YamlNode | undefined,
  after: YamlNode | undefined,
  known: (text: string) => boolean,
): FileDifference {
  const old = before === undefined ? [] : leavesOf(before);
  const now = after === undefined ? [] : leavesOf(after);
  const shown = (leaf: Leaf) => valueWithout(leaf, known);
  const key = ({ path }: Leaf) => keyPath(path.map((part) => (known(part) ? HIDDEN : part)));
  const changed = now.flatMap((leaf): Change[] => {
    const was = before && nodeAt(before, leaf.path);
    if (was === undefined) return [{ kind: 'added', key: key(leaf), after: shown(leaf) }];
    if (sameValue(was, leaf.node)) return [];
    const earlier = shown({ path: leaf.path, node: was });
    return [{ kind: 'changed', key: key(leaf), before: earlier, after: shown(leaf) }];
  });
  const removed = old
    .filter(({ path }) => after === undefined || nodeAt(after, path) === undefined)
    .map((leaf): Change => ({ kind: 'removed', key: key(leaf), before: shown(leaf) }));
  return limited(file, before === undefined ? 'new' : 'changed', [...changed, ...removed]);
}

/** A leaf's value as text; a secret's, or what repeats one, never becomes text. */
function valueWithout({ path, node }: Leaf, known: (text: string) => boolean): string {
  if (node.kind !== 'scalar') return node.kind === 'list' ? '[]' : '{}';
  const text = node.type === 'text' ? String(node.value) : node.source;
  if (known(text) || isSecretSetting(path, text, node.type === 'text')) return HIDDEN;
  return node.type === 'text' ? JSON.stringify(safeText(text, 200)) : safeText(text, 200);
}

function credentialFiles({ draft, survey }: Pick<Differing, 'draft' | 'survey'>): FileDifference[] {
  const { vault, credentialsKey } = survey.target;
  const key = credentialsKey === undefined ? [limited('credentials.key', 'new', [])] : [];
  if (draft.secrets.length === 0 && key.length === 0) return [];
  const changes = draft.secrets.map(
    ({ credentialKey, type, provider }): Change => ({
      kind: vault?.has(credentialKey) === true ? 'changed' : 'added',
      key: `credentials.${keyPath([credentialKey])}`,
      after: `${HIDDEN} (${provider} ${type}, encrypted)`,
    }),
  );
  const isThere = vault?.bytes !== undefined;
  return [...key, limited('credentials.enc', isThere ? 'changed' : 'new', changes)];
}

function limited(file: string, what: FileDifference['what'], changes: readonly Change[]): FileDifference {
  const shown = changes.slice(0, MOST_CHANGES);
  return { file, what, changes: shown, more: changes.length - shown.length };
}
