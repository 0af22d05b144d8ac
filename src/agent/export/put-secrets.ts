import type { Secret } from '../../shared/secret.ts';
import { quoted } from '../yaml/build.ts';
import { leavesOf } from '../yaml/leaves.ts';
import { setInYaml } from '../yaml/merge-yaml.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import { singleQuoted } from './env-copy.ts';
import type { NamedSecret } from './names.ts';
import type { ReturnedFile } from './read-export.ts';
import { readMark } from './secret-mark.ts';

/** The values of secrets by their numbers, as far as they could be had. */
export type SecretValues = ReadonlyMap<number, Secret>;

const MARK_IN_ENV = /(['"]?)(<secret [A-Za-z0-9_-]{1,60}\.[1-9][0-9]{0,6}>)\1/g;

/** Numbers of the secrets that a file names. */
export function numbersIn({ kind, bytes }: Pick<ReturnedFile, 'kind' | 'bytes'>): number[] {
  if (kind === 'env')
    return [...bytes.toString('utf8').matchAll(MARK_IN_ENV)].flatMap(
      ([, , mark]) => readMark(mark ?? '')?.number ?? [],
    );
  return marksIn(bytes).map(({ number }) => number);
}

/**
 * A file's bytes as the installation would have them: each mark with a known value is that value. They are for the memory
 * of this process alone. A mark without one stays, and counts as a placeholder.
 */
export function withSecrets(
  { kind, bytes }: Pick<ReturnedFile, 'kind' | 'bytes'>,
  values: SecretValues,
  named: readonly NamedSecret[],
): Buffer {
  if (kind === 'env') return envWithSecrets(bytes, values);
  const changes = marksIn(bytes).flatMap(({ path, number }) => {
    const value = values.get(number)?.reveal().toString('utf8');
    if (value === undefined) return [];
    const isPlain = named.some((one) => one.number === number && one.plain === true);
    return [{ path, node: isPlain ? plainNode(value) : quoted(value) }];
  });
  return changes.length === 0 ? bytes : Buffer.from(setInYaml(bytes.toString('utf8'), changes));
}

function marksIn(bytes: Buffer): { path: readonly string[]; number: number }[] {
  const { root } = readYaml(bytes);
  if (root === undefined) return [];
  return leavesOf(root).flatMap(({ path, node }) => {
    const mark = node.kind === 'scalar' ? readMark(node.source) : undefined;
    return mark === undefined ? [] : [{ path, number: mark.number }];
  });
}

function envWithSecrets(bytes: Buffer, values: SecretValues): Buffer {
  const text = bytes.toString('utf8').replace(MARK_IN_ENV, (whole, _quote: string, mark: string) => {
    const value = values.get(readMark(mark)?.number ?? 0);
    return value === undefined ? whole : `'${singleQuoted(value.reveal().toString('utf8'))}'`;
  });
  return Buffer.from(text);
}

/** A number, as it was before. */
function plainNode(text: string): YamlNode {
  return readYaml(Buffer.from(text)).root ?? quoted(text);
}
