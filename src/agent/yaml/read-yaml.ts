import { constructTree } from './construct-tree.ts';
import { decodeYaml } from './decode-yaml.ts';
import { padContinuations } from './pad-continuations.ts';
import { parseDocument } from './parse-document.ts';
import { refuseTokens } from './refuse-tokens.ts';
import { SourceLines } from './source-lines.ts';
import { syntaxRefusal } from './syntax-words.ts';
import { graphOf } from './yaml-graph.ts';
import type { YamlNode } from './yaml-node.ts';
import { problemOf, type YamlProblem, YamlRefusal } from './yaml-problem.ts';

export interface YamlFile {
  /** Undefined when PyYAML's `safe_load` would raise, when the file is empty, and where we are not sure. */
  readonly root: YamlNode | undefined;
  readonly problems: readonly YamlProblem[];
  /** True when a line ends with CR LF. */
  readonly crlf: boolean;
  /** True when the file begins with a byte order mark. */
  readonly bom: boolean;
}

/**
 * Reads a YAML file as PyYAML 6.0 `safe_load` does. Never throws: `root` is undefined and a problem of level error says
 * where and why whenever PyYAML would raise. With `expectMap`, another root is given with the problem `not-a-map`.
 */
export function readYaml(bytes: Buffer, options: { expectMap?: boolean } = {}): YamlFile {
  const { text, problems, crlf, bom } = decodeYaml(bytes);
  if (text === undefined) return { root: undefined, problems, crlf, bom };
  const root = readText(text, problems);
  if (root !== undefined && root.kind !== 'map' && options.expectMap === true) problems.push(notAMap(root));
  return { root, problems, crlf, bom };
}

function readText(source: string, problems: YamlProblem[]): YamlNode | undefined {
  const { text, padding } = padContinuations(source);
  const lines = new SourceLines(text, padding);
  try {
    refuseTokens(text);
    const document = parseDocument(text);
    if (document !== undefined) return constructTree(graphOf(document, text), lines, problems);
    problems.push(EMPTY);
  } catch (error) {
    problems.push(problemOf(asRefusal(error), lines));
  }
  return undefined;
}

const EMPTY: YamlProblem = {
  level: 'info',
  code: 'empty',
  message: 'The file has no content.',
  line: 1,
  column: 1,
  fix: 'None needed.',
};

/** The parser is bounded before it runs, but a fault of it must not stop the reading of other files. */
function asRefusal(error: unknown): YamlRefusal {
  return error instanceof YamlRefusal ? error : syntaxRefusal('IMPOSSIBLE', 0);
}

function notAMap(root: YamlNode): YamlProblem {
  const found = root.kind === 'list' ? 'a list' : 'a single value';
  return {
    level: 'error',
    code: 'not-a-map',
    message: `The file holds ${found} where "key: value" lines are expected.`,
    line: Math.max(root.line, 1),
    column: Math.max(root.column, 1),
    fix: 'Check that this is the right file, and that each line has a key.',
  };
}
