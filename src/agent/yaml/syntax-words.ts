import type { ErrorCode } from 'yaml';
import { YamlRefusal } from './yaml-problem.ts';

const CHECK_INDENT = 'Check the indentation of this line and of the one above it.';

/** The parser's own messages quote the file, which may hold secrets; these say the same without it. */
const WORDS: Partial<Record<ErrorCode, readonly [message: string, fix: string]>> = {
  ALIAS_PROPS: ['An alias cannot have a tag or an anchor of its own.', 'Remove the tag or the anchor.'],
  BAD_ALIAS: [
    'The name of an anchor or alias is missing or ambiguous.',
    'Name it, or quote a text that begins with * or &.',
  ],
  BAD_DIRECTIVE: ['This % line is not a directive that YAML knows.', 'Remove the line.'],
  BAD_DQ_ESCAPE: [
    'A backslash in double quotes is followed by something that is no escape.',
    'Write \\\\ for a backslash, or use single quotes.',
  ],
  BAD_INDENT: [
    'The indentation does not fit the lines around it, or a bracket or quote above is not closed.',
    CHECK_INDENT,
  ],
  BAD_PROP_ORDER: ['A tag or an anchor stands where none can.', 'Remove it, or quote the value.'],
  BAD_SCALAR_START: ['A value begins with a character that is reserved in YAML.', 'Put the value in quotes.'],
  BLOCK_AS_IMPLICIT_KEY: ['A key and its value are nested on one line.', 'Put the value in quotes.'],
  BLOCK_IN_FLOW: ['An indented block stands inside { } or [ ].', 'Close the bracket first.'],
  KEY_OVER_1024_CHARS: ['A key is longer than 1024 characters.', 'Check for a missing quote or colon.'],
  MISSING_CHAR: [
    'A quote, bracket, colon, comma or space is missing.',
    'Close the quote or bracket, or put the missing character.',
  ],
  MULTILINE_IMPLICIT_KEY: ['A key reaches over several lines.', 'Check for a missing colon or quote.'],
  MULTIPLE_ANCHORS: ['A value has two anchors.', 'Remove one of them.'],
  MULTIPLE_TAGS: ['A value has two tags.', 'Remove one of them.'],
  TAB_AS_INDENT: ['A tab is used as indentation.', 'Use spaces.'],
  TAG_RESOLVE_FAILED: ['A tag uses a handle that is not declared.', 'Remove the tag, or quote the value.'],
  RESOURCE_EXHAUSTION: ['The file is nested too deeply.', 'Make it flatter.'],
};

const OTHERWISE = ['This is not YAML as Python reads it.', CHECK_INDENT] as const;

/** The refusal for an error of the parser. */
export function syntaxRefusal(code: ErrorCode, offset: number): YamlRefusal {
  const [message, fix] = WORDS[code] ?? OTHERWISE;
  const ours = code === 'TAB_AS_INDENT' ? 'tab' : code === 'RESOURCE_EXHAUSTION' ? 'too-deep' : 'syntax';
  return new YamlRefusal(ours, offset, message, fix);
}
