import { isUtf8 } from 'node:buffer';
import type { YamlProblem } from './yaml-problem.ts';

/** The text of a YAML file, or why there is none. */
export type DecodedYaml =
  | { readonly text: string; readonly problems: YamlProblem[]; readonly crlf: boolean; readonly bom: boolean }
  | {
      readonly text: undefined;
      readonly problems: YamlProblem[];
      readonly crlf: false;
      readonly bom: boolean;
    };

/**
 * Decodes bytes as PyYAML's reader does: UTF-8, or UTF-16 where its byte order mark says so. The mark is removed, and
 * every line break that PyYAML knows and the parser does not (a lone CR, NEL) becomes a line feed of the same length,
 * so that offsets stay true.
 */
export function decodeYaml(bytes: Buffer): DecodedYaml {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : utf16BigEndian(bytes);
  const raw = utf16 === undefined ? decodeUtf8(bytes) : decodeUtf16(bytes, utf16);
  if (raw === undefined) {
    return {
      text: undefined,
      problems: [wrongEncoding(bytes, utf16)],
      crlf: false,
      bom: utf16 !== undefined,
    };
  }
  const bom = raw.startsWith('\u{feff}');
  const text = normalizeBreaks(bom ? raw.slice(1) : raw);
  const crlf = text.includes('\r\n');
  const problems: YamlProblem[] = [];
  if (utf16 !== undefined) problems.push(note('utf-16', 'The file is UTF-16.', 'Save it as UTF-8.'));
  if (bom) {
    problems.push(
      note(
        'byte-order-mark',
        'The file begins with a byte order mark.',
        'None needed: it is read without the mark.',
      ),
    );
  }
  if (crlf) {
    problems.push(
      note(
        'windows-line-ends',
        'The lines end as on Windows (CR LF).',
        'None needed: they are read as line ends.',
      ),
    );
  }
  return { text, problems, crlf, bom };
}

/** A lone CR or a NEL, also one after a CR, is a line break of one character. */
export function normalizeBreaks(text: string): string {
  return /[\r\u0085]/.test(text) ? text.replace(/\r(?!\n)|\u0085/g, '\n') : text;
}

function utf16BigEndian(bytes: Buffer): 'utf-16be' | undefined {
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

function decodeUtf8(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

function decodeUtf16(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function note(
  code: 'utf-16' | 'byte-order-mark' | 'windows-line-ends',
  message: string,
  fix: string,
): YamlProblem {
  return { level: code === 'utf-16' ? 'warning' : 'info', code, message, line: 1, column: 1, fix };
}

function wrongEncoding(bytes: Buffer, utf16: string | undefined): YamlProblem {
  const place = utf16 === undefined ? firstBadUtf8(bytes) : { line: 1, column: 1 };
  return {
    level: 'error',
    code: 'not-utf-8',
    message:
      utf16 === undefined ? 'The file is not UTF-8 here (perhaps Latin-1).' : 'The file is not valid UTF-16.',
    ...place,
    fix: 'Save the file as UTF-8.',
  };
}

/** A UTF-8 sequence never holds the byte of a line feed, so each line can be judged alone. */
function firstBadUtf8(bytes: Buffer): { line: number; column: number } {
  let start = 0;
  for (let line = 1; ; line++) {
    const found = bytes.indexOf(0x0a, start);
    const part = bytes.subarray(start, found === -1 ? bytes.length : found);
    if (!isUtf8(part) || found === -1) {
      return { line, column: part.toString('utf8').indexOf('\u{fffd}') + 1 || 1 };
    }
    start = found + 1;
  }
}
