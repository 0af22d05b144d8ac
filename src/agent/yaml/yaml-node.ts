/**
 * A YAML file as PyYAML's `safe_load` sees it, with what Python would throw away kept beside each value: its spelling
 * and its place. Aliases and merge keys are already resolved, so that the tree is a tree.
 */
export type YamlNode = YamlMap | YamlList | YamlScalar;

/** `timestamp` is a date or datetime for PyYAML; here its value is its text, so that nothing is shifted or rounded. */
export type ScalarType = 'text' | 'integer' | 'float' | 'boolean' | 'null' | 'timestamp';

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly type: ScalarType;
  /** text and timestamp: string; integer: bigint; float: number; boolean: boolean; null: null. */
  readonly value: string | bigint | number | boolean | null;
  /** The scalar's text in the file after unquoting and unfolding: `0x1F` where `value` is 31n. */
  readonly source: string;
  /** True when it had no quotes, no block style and no tag. Text that is not plain is written quoted. */
  readonly plain: boolean;
  /** From 1; 0 for a node that was built, not read. */
  readonly line: number;
  readonly column: number;
}

export interface YamlEntry {
  readonly key: YamlScalar;
  readonly value: YamlNode;
}

export interface YamlMap {
  readonly kind: 'map';
  /** In the order of the dict that PyYAML makes: merged keys first, a repeated key at its first place. */
  readonly entries: readonly YamlEntry[];
  readonly line: number;
  readonly column: number;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly line: number;
  readonly column: number;
}
