import { spellScalar } from './spell-scalar.ts';
import type { YamlEntry, YamlMap, YamlNode, YamlScalar } from './yaml-node.ts';

/** PyYAML takes a key for one only when its colon comes within 1024 characters. */
const MAX_KEY_LENGTH = 1000;

/**
 * A map as a YAML file: block style, two spaces, no folding, the keys in their order. PyYAML's `safe_load` reads back
 * the same values of the same types. `comment` becomes `#` lines at the top.
 */
export function writeYaml(root: YamlMap, options: { comment?: string } = {}): string {
  const lines = options.comment === undefined ? [] : options.comment.split(/\r\n|[\n\r\u0085\u2028\u2029]/);
  const comment = lines.map((line) =>
    `# ${line.replace(/[\p{Cc}\p{Cf}\p{Cs}\ufffe\uffff]/gu, ' ')}`.trimEnd(),
  );
  const body = root.entries.length === 0 ? ['{}'] : blockLines(root, '');
  return `${[...comment, ...body].join('\n')}\n`;
}

/** The lines of a map or list that is not empty, each beginning with `indent`. */
export function blockLines(node: YamlNode, indent: string): string[] {
  if (node.kind === 'map') return node.entries.flatMap((entry) => entryLines(entry, indent));
  if (node.kind === 'list') return node.items.flatMap((item) => itemLines(item, indent));
  return [`${indent}${spellScalar(node)}`];
}

/** The lines of one `key: value`. */
export function entryLines({ key, value }: YamlEntry, indent: string): string[] {
  const spelled = spellScalar(key);
  const long = [...spelled].length > MAX_KEY_LENGTH;
  const head = long ? [`${indent}? ${spelled}`] : [];
  const start = long ? `${indent}:` : `${indent}${spelled}:`;
  return [...head, ...valueLines(start, value, indent)];
}

/** `start` ends with the colon; a value that fits on its line follows it there. */
export function valueLines(start: string, value: YamlNode, indent: string): string[] {
  const inline = inlineValue(value);
  if (inline !== undefined) return [`${start} ${inline}`];
  if (value.kind === 'scalar') return literalLines(start, value, indent);
  return [start, ...blockLines(value, `${indent}  `)];
}

/** A scalar of one line, `{}` or `[]`; undefined for what needs lines of its own. */
export function inlineValue(node: YamlNode): string | undefined {
  if (node.kind === 'scalar') return isLiteral(node) ? undefined : spellScalar(node);
  if (node.kind === 'map') return node.entries.length === 0 ? '{}' : undefined;
  return node.items.length === 0 ? '[]' : undefined;
}

/** The lines of one `- item`. */
export function itemLines(item: YamlNode, indent: string): string[] {
  const inline = inlineValue(item);
  if (inline !== undefined) return [`${indent}- ${inline}`];
  if (item.kind === 'scalar') return literalLines(`${indent}-`, item, indent);
  const [first = '', ...rest] = blockLines(item, `${indent}  `);
  return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
}

/** Text of several printable lines is written as a literal block, as people do; anything unusual is quoted. */
function isLiteral({ type, value }: YamlScalar): boolean {
  if (type !== 'text' || typeof value !== 'string' || !/.\n./s.test(value)) return false;
  return (
    /^[^ \n]/.test(value) && !/\n\n$|[^\n\P{C}]|[\p{Zl}\p{Zp}]|[ ]$/u.test(value) && !/^.*[ ]$/m.test(value)
  );
}

function literalLines(start: string, { value }: YamlScalar, indent: string): string[] {
  const text = String(value);
  const lines = text.replace(/\n$/, '').split('\n');
  const header = text.endsWith('\n') ? '|' : '|-';
  return [`${start} ${header}`, ...lines.map((line) => (line === '' ? '' : `${indent}  ${line}`))];
}
