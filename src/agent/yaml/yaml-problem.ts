import type { SourceLines } from './source-lines.ts';

/**
 * What is worth telling about a YAML file. Messages name positions and key names, never a value, a tag or an anchor:
 * `password: *hunter2` is an alias for YAML and a secret for its owner.
 * - `error`: PyYAML refuses the file, or we cannot read it with certainty (`root` is undefined, but for `not-a-map`);
 * - `warning`: read, but probably not as the person meant it;
 * - `info`: read as meant.
 */
export interface YamlProblem {
  readonly level: 'info' | 'warning' | 'error';
  readonly code: YamlProblemCode;
  readonly message: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly fix: string;
}

export type YamlProblemCode =
  | 'bad-scalar'
  | 'byte-order-mark'
  | 'control-character'
  | 'duplicate-anchor'
  | 'duplicate-key'
  | 'empty'
  | 'line-separator'
  | 'not-a-map'
  | 'not-utf-8'
  | 'recursive-alias'
  | 'several-documents'
  | 'syntax'
  | 'tab'
  | 'timestamp'
  | 'too-deep'
  | 'too-large'
  | 'too-many-aliases'
  | 'undefined-alias'
  | 'unhashable-key'
  | 'unknown-tag'
  | 'utf-16'
  | 'windows-line-ends';

/** Thrown inside this folder to leave a deep walk; `readYaml` turns it into a problem of level error. */
export class YamlRefusal extends Error {
  override readonly name = 'YamlRefusal';
  readonly code: YamlProblemCode;
  readonly offset: number;
  readonly fix: string;

  /** `offset` counts UTF-16 units from the start of the text. */
  constructor(code: YamlProblemCode, offset: number, message: string, fix: string) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.fix = fix;
  }
}

/** The problem for a refusal, with its line and column counted. */
export function problemOf(refusal: YamlRefusal, lines: SourceLines): YamlProblem {
  return {
    level: 'error',
    code: refusal.code,
    message: refusal.message,
    ...lines.place(refusal.offset),
    fix: refusal.fix,
  };
}
