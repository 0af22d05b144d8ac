/**
 * The inline part of Discord's markdown: text in, a tree out. What is no markup stays text.
 * @typedef {{ kind: string, text?: string, children?: Inline[], href?: string, id?: string, seconds?: number, style?: string }} Inline
 */

/** Marks with something between them, the longer first. */
const PAIRS = /** @type {const} */ ([
  ['***', 'both'],
  ['**', 'strong'],
  ['__', 'underline'],
  ['~~', 'strike'],
  ['||', 'spoiler'],
  ['*', 'emphasis'],
  ['_', 'emphasis'],
]);

/** What stands for itself, from the start of the rest; each gives its node. */
const TOKENS = /** @type {const} */ ([
  [/^\\([\\`*_~|#>\-[\]()<:@])/, ([, text]) => ({ kind: 'text', text })],
  [/^(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/, ([, , text]) => ({ kind: 'code', text: text?.trim() || text })],
  [
    /^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/,
    ([, seconds, style]) => ({ kind: 'time', seconds: Number(seconds), style: style ?? 'f' }),
  ],
  [/^<#(\d{17,20})>/, ([, id]) => ({ kind: 'channel', id })],
  [/^<@!?(\d{17,20})>/, ([, id]) => ({ kind: 'user', id })],
  [/^<@&(\d{17,20})>/, ([, id]) => ({ kind: 'role', id })],
  [/^<\/([-\w ]{1,100}):\d{17,20}>/, ([, text]) => ({ kind: 'command', text: `/${text}` })],
  [
    /^\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/,
    ([, text, href]) => ({ kind: 'link', href, children: parseInline(text) }),
  ],
  [
    /^<(https?:\/\/[^\s>]+)>/,
    ([, href]) => ({ kind: 'link', href, children: [{ kind: 'text', text: href }] }),
  ],
  [
    /^https?:\/\/[^\s<>"]*[^\s<>".,:;!?')\]]/,
    ([href]) => ({ kind: 'link', href, children: [{ kind: 'text', text: href }] }),
  ],
]);

/**
 * @param {string} source
 * @returns {Inline[]}
 */
export function parseInline(source) {
  /** @type {Inline[]} */
  const nodes = [];
  let plain = '';
  let at = 0;
  const flush = () => {
    if (plain !== '') nodes.push({ kind: 'text', text: plain });
    plain = '';
  };
  while (at < source.length) {
    const rest = source.slice(at);
    const [node, length] = token(rest) ?? pair(rest, source[at - 1]) ?? [undefined, 1];
    if (node === undefined) plain += rest.slice(0, 1);
    else if (node.kind === 'text') plain += node.text;
    else {
      flush();
      nodes.push(node);
    }
    at += length;
  }
  flush();
  return nodes;
}

/**
 * @param {string} rest
 * @returns {[Inline, number] | undefined}
 */
function token(rest) {
  for (const [pattern, make] of TOKENS) {
    const found = pattern.exec(rest);
    if (found !== null) return [make(/** @type {any} */ (found)), found[0].length];
  }
  return undefined;
}

/**
 * @param {string} rest
 * @param {string | undefined} before
 * @returns {[Inline, number] | undefined}
 */
function pair(rest, before) {
  for (const [mark, kind] of PAIRS) {
    if (!rest.startsWith(mark)) continue;
    // An underscore inside a word is no markup.
    if (mark === '_' && before !== undefined && /\w/.test(before)) continue;
    const end = closing(rest, mark);
    if (end === undefined) continue;
    const children = parseInline(rest.slice(mark.length, end));
    const node =
      kind === 'both' ? { kind: 'strong', children: [{ kind: 'emphasis', children }] } : { kind, children };
    return [node, end + mark.length];
  }
  return undefined;
}

/**
 * Where the closing mark begins. Code and escaped characters are passed over.
 * @param {string} rest
 * @param {string} mark
 * @returns {number | undefined}
 */
function closing(rest, mark) {
  const isSpace = (/** @type {string | undefined} */ character) =>
    character === undefined || /\s/.test(character);
  if (isSpace(rest[mark.length])) return undefined;
  let at = mark.length;
  while (at < rest.length) {
    const code = /^(`+)[^`][\s\S]*?\1(?!`)/.exec(rest.slice(at));
    if (rest[at] === '\\') at += 2;
    else if (code !== null) at += code[0].length;
    else if (
      at > mark.length &&
      rest.startsWith(mark, at) &&
      !isSpace(rest[at - 1]) &&
      isWhole(rest, at, mark)
    )
      return at;
    else at += 1;
  }
  return undefined;
}

/** A single mark is not taken out of a double one, and of three the last two are the double one; an underscore closes only at the end of a word.
 * @param {string} rest
 * @param {number} at
 * @param {string} mark
 */
function isWhole(rest, at, mark) {
  const next = rest[at + mark.length];
  if (mark.length === 1 && (next === mark || rest[at - 1] === mark)) return false;
  if (mark.length === 2 && next === mark[0]) return false;
  return mark !== '_' || next === undefined || !/\w/.test(next);
}
