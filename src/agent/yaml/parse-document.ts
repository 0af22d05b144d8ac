import { Composer, type CST, type Document, Parser } from 'yaml';
import { refuseStructure } from './refuse-structure.ts';
import { syntaxRefusal } from './syntax-words.ts';
import { YamlRefusal } from './yaml-problem.ts';

/** Scalars stay text: the types come from our own table (`resolve-scalar.ts`). */
const OPTIONS = {
  schema: 'failsafe',
  resolveKnownTags: false,
  uniqueKeys: false,
  keepSourceTokens: true,
} as const;

/**
 * The only document of the text as the parser sees it, or undefined when there is none. Throws `YamlRefusal` for errors
 * of syntax, for a second document and for deep nesting.
 */
export function parseDocument(text: string): Document.Parsed | undefined {
  const tokens = [...new Parser().parse(text)];
  refuseStructure(tokens, text);
  const first = tokens.findIndex(isDocument);
  const stray = tokens.find(
    ({ type }, at) => STRAY.has(type) && (first === -1 || (at > first && type === 'directive')),
  );
  if (stray !== undefined) throw syntaxRefusal('BAD_DIRECTIVE', stray.offset);
  const repeated = tokens.filter(({ type }) => type === 'directive')[1];
  if (repeated !== undefined) throw syntaxRefusal('BAD_DIRECTIVE', repeated.offset);
  const second = first === -1 ? -1 : tokens.findIndex((token, at) => at > first && isDocument(token));
  const own = second === -1 ? tokens : tokens.slice(0, second);
  const [document] = [...new Composer(OPTIONS).compose(own)];
  refuseErrors(document, text);
  if (second !== -1) {
    throw new YamlRefusal(
      'several-documents',
      tokens[second]?.offset ?? 0,
      'A second YAML document begins here; the legacy programs read files of one document only.',
      'Split the file, or remove the line ---.',
    );
  }
  return document === undefined || isEmpty(document, tokens[first]) ? undefined : document;
}

/** What has no place without a document to belong to. */
const STRAY: ReadonlySet<string> = new Set(['directive', 'doc-end', 'error']);

function isDocument({ type }: CST.Token): boolean {
  return type === 'document';
}

function refuseErrors(document: Document.Parsed | undefined, text: string): void {
  const [error] = (document?.errors ?? [])
    .filter(({ code, pos: [at] }) => !(code === 'MISSING_CHAR' && isCommentForPython(text, at)))
    // Counted in other units than Python's characters; `refuseStructure` has counted those.
    .filter(({ code }) => code !== 'KEY_OVER_1024_CHARS')
    .toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (error !== undefined) throw syntaxRefusal(error.code, error.pos[0]);
}

/** After a closing quote, a bracket or a comma, PyYAML needs no space before `#`. */
function isCommentForPython(text: string, at: number): boolean {
  return text[at] === '#' && /["'\]}[{,]/.test(text[at - 1] ?? '');
}

/** `---` with nothing after it. */
function isEmpty(document: Document.Parsed, token: CST.Token | undefined): boolean {
  const { anchor, tag } = document.contents as { anchor?: string; tag?: string };
  return token?.type === 'document' && token.value === undefined && anchor === undefined && tag === undefined;
}
