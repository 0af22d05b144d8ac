import { afterAll } from 'vitest';
import { readYaml } from '../../../src/agent/yaml/read-yaml.ts';
import { PyYaml, type Typed, typed } from './pyyaml.ts';

/** PyYAML for one test file; ended after its tests. */
export function startPyYaml(): PyYaml {
  const python = new PyYaml();
  afterAll(() => python.close());
  return python;
}

/** Our reading in the oracle's form: an empty file is null as in Python, a refusal is `['error']`. */
export function ours(file: string | Buffer): Typed {
  const { root, problems } = readYaml(Buffer.from(file as string));
  if (root !== undefined) return typed(root);
  return problems.some(({ level }) => level === 'error') ? ['error'] : ['null'];
}

/** PyYAML's reading without the words of its error. */
export async function theirs(python: PyYaml, file: string | Buffer): Promise<Typed> {
  const answer = await python.load(file);
  return answer[0] === 'error' ? ['error'] : answer;
}
