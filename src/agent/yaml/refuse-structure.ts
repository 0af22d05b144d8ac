import { CST } from 'yaml';
import { MAX_DEPTH } from './limits.ts';
import { blockColumn } from './source-span.ts';
import { syntaxRefusal } from './syntax-words.ts';
import { YamlRefusal } from './yaml-problem.ts';

const MAX_KEY_LENGTH = 1024;

/**
 * Where PyYAML is stricter than the parser, seen in the syntax tree:
 * - a colon needs a key before it, on one line and at most 1024 characters away, or `? key` above it;
 * - no tag, anchor or key stands before `?` on its line;
 * - the further lines of an unquoted text are indented more than its key (a comment above makes the parser forget it);
 * - block text that is the whole document is indented;
 * - `...` ends a document, so there must be one.
 * Documents deeper than `MAX_DEPTH` are refused before anything recurses over them; this walk itself does not.
 */
export function refuseStructure(tokens: readonly CST.Token[], text: string): void {
  const open: { token: CST.Token | null | undefined; depth: number }[] = tokens.map((token) => ({
    token,
    depth: 0,
  }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (!token) continue;
    if (depth > MAX_DEPTH) {
      throw new YamlRefusal(
        'too-deep',
        token.offset,
        `Nested more than ${MAX_DEPTH} levels deep.`,
        'Make it flatter.',
      );
    }
    if (token.type === 'document') {
      refuseDocument(token);
      open.push({ token: token.value, depth });
    }
    if (!CST.isCollection(token)) continue;
    if (token.type !== 'flow-collection') refuseLooseText(token, text);
    for (const item of token.items) {
      refuseItem(item, text, token.type === 'flow-collection');
      open.push({ token: item.key, depth: depth + 1 }, { token: item.value, depth: depth + 1 });
    }
  }
}

function refuseDocument({ value, start, offset }: CST.Document): void {
  if (value?.type === 'block-scalar' && /^[^ \r\n]/m.test(value.source))
    throw syntaxRefusal('BAD_INDENT', value.offset);
  if (value === undefined && start.length === 0) throw syntaxRefusal('UNEXPECTED_TOKEN', offset);
}

function refuseLooseText(block: CST.BlockMap | CST.BlockSequence, text: string): void {
  for (const { key, value } of block.items as CST.CollectionItem[]) {
    for (const token of [key, value]) {
      if (token?.type !== 'scalar' || !token.source.includes('\n')) continue;
      const least = blockColumn(text, block) + 1;
      const lines = token.source.split('\n').slice(1);
      if (lines.some((line) => line.trim() !== '' && line.search(/[^ ]/) < least)) {
        throw syntaxRefusal('BAD_INDENT', token.offset);
      }
    }
  }
}

function refuseItem(item: CST.CollectionItem, text: string, inFlow: boolean): void {
  const question = item.start.findIndex(({ type }) => type === 'explicit-key-ind');
  const mark = item.start[question];
  const property = item.start.findIndex(({ type }) => type === 'anchor' || type === 'tag');
  const first = item.start[property];
  if (mark !== undefined && !inFlow && !/^[-?: ]*$/.test(lineBefore(text, mark))) {
    throw syntaxRefusal('BAD_PROP_ORDER', mark.offset);
  }
  const colon = item.sep?.find(({ type }) => type === 'map-value-ind');
  if (colon === undefined) {
    const stray = item.value ?? item.sep?.find(({ type }) => type === 'anchor' || type === 'tag');
    if (item.sep !== undefined && stray) throw syntaxRefusal('MISSING_CHAR', stray.offset);
    return;
  }
  if (mark !== undefined) {
    if (!inFlow && lineBefore(text, mark).length !== lineBefore(text, colon).length)
      throw syntaxRefusal('BAD_INDENT', colon.offset);
    return;
  }
  if (!item.key) {
    throw new YamlRefusal(
      'syntax',
      colon.offset,
      'A colon stands here without a key before it.',
      'Put the key before it.',
    );
  }
  const key = first ?? item.key;
  const spelling = text.slice(key.offset, colon.offset);
  if (spelling.includes('\n')) throw syntaxRefusal('MULTILINE_IMPLICIT_KEY', key.offset);
  if (spelling.length > MAX_KEY_LENGTH && [...spelling].length > MAX_KEY_LENGTH) {
    throw syntaxRefusal('KEY_OVER_1024_CHARS', key.offset);
  }
}

function lineBefore(text: string, { offset }: CST.SourceToken): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
}
