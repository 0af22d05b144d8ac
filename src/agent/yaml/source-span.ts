import type { CST } from 'yaml';

/** The offset after the last character of a token that means something: trailing comments and blank lines are left out. */
export function contentEnd(token: CST.Token): number {
  switch (token.type) {
    case 'block-scalar': {
      const last = token.props.at(-1);
      const start =
        last === undefined ? token.offset : last.offset + ('source' in last ? last.source.length : 0);
      return start + token.source.length;
    }
    case 'flow-collection':
      return (token.end[0]?.offset ?? token.offset) + 1;
    case 'block-map':
    case 'block-seq': {
      const item: CST.CollectionItem | undefined = token.items.findLast(({ start, value, ...rest }) => {
        return value !== undefined || ('key' in rest && rest.key) || start.some(isMeaningful);
      });
      return item === undefined ? token.offset : itemEnd(item);
    }
    default:
      return 'source' in token ? token.offset + token.source.length : token.offset;
  }
}

/** Where an item begins: at `-`, `?`, a tag, an anchor or the key; undefined for an item of nothing. */
export function itemStart({ start, key }: CST.CollectionItem): number | undefined {
  const own = start.slice(start.findLastIndex(({ type }) => type === 'newline') + 1);
  return (own.find(({ type }) => type !== 'space') ?? key)?.offset;
}

/** The column (from 0) of a block map or list: what is in it is indented more. */
export function blockColumn(text: string, block: CST.BlockMap | CST.BlockSequence): number {
  const [item] = block.items;
  return columnOf(text, (item === undefined ? undefined : itemStart(item)) ?? block.offset);
}

/** The offset after an item of a map or list: its value, or its colon, key or dash when it has none. */
export function itemEnd({ start, key, sep, value }: CST.CollectionItem): number {
  if (value) return contentEnd(value);
  const mark = sep?.findLast(isMeaningful);
  if (mark !== undefined) return contentEnd(mark);
  if (key) return contentEnd(key);
  const first = start.findLast(isMeaningful);
  return first === undefined ? 0 : contentEnd(first);
}

/** The offset of the line feed (or CR LF) that ends the line of `at`, or the text's length. */
export function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  if (found === -1) return text.length;
  return found > at && text[found - 1] === '\r' ? found - 1 : found;
}

/** The column of an offset, from 0. */
export function columnOf(text: string, at: number): number {
  return at - text.lastIndexOf('\n', at - 1) - 1;
}

function isMeaningful({ type }: CST.SourceToken): boolean {
  return type !== 'space' && type !== 'newline' && type !== 'comment';
}
