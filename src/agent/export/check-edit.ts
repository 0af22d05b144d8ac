import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { safeText } from '../../shared/safe-text.ts';
import { readDotenv } from '../credentials/dotenv.ts';
import { leavesOf } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { NamedSecret } from './names.ts';
import type { ReturnedFile } from './read-export.ts';
import { readMark, resemblesMark } from './secret-mark.ts';

/** A text at its place in an edited file. */
interface Place {
  readonly text: string;
  readonly line: number;
}

/**
 * What a person edited is read as strictly as it will be, so that a slip is told before anything begins.
 * @throws EXPORT_EDIT_BROKEN, EXPORT_MARK_UNKNOWN
 */
export function checkEdit(
  folder: string,
  file: Pick<ReturnedFile, 'place' | 'kind' | 'bytes'>,
  named: readonly NamedSecret[],
): void {
  const path = join(folder, file.place);
  const places = file.kind === 'env' ? variables(path, file.bytes) : settings(path, file.bytes);
  for (const { text, line } of places) {
    if (!resemblesMark(text)) continue;
    const mark = readMark(text);
    const isKnown = named.some(({ number, name }) => number === mark?.number && name === mark.name);
    if (!isKnown)
      throw new AppError('EXPORT_MARK_UNKNOWN', { reason: safeText(text, 80) }, { file: path, line });
  }
}

function settings(path: string, bytes: Buffer): Place[] {
  const { root, problems } = readYaml(bytes, { expectMap: true });
  const error = problems.find(({ level }) => level === 'error');
  if (error !== undefined) throw broken(path, error.line, error.message);
  if (root === undefined) return [];
  return leavesOf(root).flatMap(({ path: keys, node }) => [
    ...keys.map((text) => ({ text, line: node.line })),
    ...(node.kind === 'scalar' ? [{ text: node.source, line: node.line }] : []),
  ]);
}

function variables(path: string, bytes: Buffer): Place[] {
  const { entries, problems } = readDotenv(bytes);
  const [problem] = problems;
  if (problem !== undefined) throw broken(path, problem.line, problem.message);
  return entries.map(({ value, line }) => ({ text: value ?? '', line }));
}

function broken(file: string, line: number, message: string): AppError {
  const reason = message.replace(/\.$/, '');
  return new AppError('EXPORT_EDIT_BROKEN', { reason: `line ${line}: ${reason}` }, { file, line });
}
