import { type Assignment, lastAssignments, utf8Of } from './assignment.ts';

/**
 * What a systemd service unit, and the drop-ins beside it, set for its program (systemd.exec(5), systemd.syntax(7)):
 * `Environment=` with its quotes, escapes and specifiers, and the files that `EnvironmentFile=` names. An empty assignment
 * begins the list anew. Of specifiers only the home folder, the user's name and `%%` are known here.
 */
export interface UnitEnvironment {
  readonly assignments: readonly Assignment[];
  /** Absolute paths; those with `-` before them may be missing. Their variables go before the assignments. */
  readonly files: readonly { readonly path: string; readonly line: number }[];
  /** A file that is named with a specifier, a pattern or no absolute path: nobody can tell here which it is. */
  readonly unknownFiles: readonly number[];
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
  s: ' ',
};

export function readUnit(bytes: Buffer, home: string): UnitEnvironment {
  let assignments: Assignment[] = [];
  let files: { path: string; line: number }[] = [];
  const unknownFiles: number[] = [];
  for (const { key, value, line } of serviceLines(bytes.toString('latin1'))) {
    if (key === 'Environment') {
      if (value === '') assignments = [];
      for (const word of wordsOf(value) ?? []) {
        const [, name, text] = ASSIGNMENT.exec(word) ?? [];
        if (name === undefined || text === undefined) continue;
        const known = withSpecifiers(text, home);
        assignments.push({ name, value: known === undefined ? undefined : utf8Of(known), line });
      }
    } else if (value === '') {
      files = [];
    } else {
      const path = withSpecifiers(value.replace(/^-/, ''), home);
      if (path?.startsWith('/') === true && !/[*?[]/.test(path))
        files.push({ path: utf8Of(path) ?? '', line });
      else unknownFiles.push(line);
    }
  }
  return {
    assignments: lastAssignments(assignments),
    files: files.filter(({ path }) => path !== ''),
    unknownFiles,
  };
}

/** The two settings of `[Service]`, with continued lines joined by a space. */
function serviceLines(
  text: string,
): { key: 'Environment' | 'EnvironmentFile'; value: string; line: number }[] {
  const found: { key: 'Environment' | 'EnvironmentFile'; value: string; line: number }[] = [];
  let section = '';
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const start = at;
    let whole = lines[at] as string;
    if (/^\s*(?:[#;]|$)/.test(whole)) continue;
    for (const parts = [whole]; whole.endsWith('\\') && at + 1 < lines.length; ) {
      at += 1;
      const next = lines[at] as string;
      if (/^\s*[#;]/.test(next)) continue; // A comment between continued lines is passed over.
      parts[parts.length - 1] = `${parts.at(-1)?.slice(0, -1)} `;
      parts.push(next);
      if (next.endsWith('\\')) continue;
      whole = parts.join('');
    }
    section = /^\s*\[(.*)\]\s*$/.exec(whole)?.[1] ?? section;
    const [, key, value] = /^\s*(Environment|EnvironmentFile)\s*=(.*)$/s.exec(whole) ?? [];
    if (section !== 'Service' || value === undefined) continue;
    found.push({ key: key as 'Environment' | 'EnvironmentFile', value: value.trim(), line: start + 1 });
  }
  return found;
}

/** Words with quotes and C escapes taken away; undefined where systemd would refuse the line. */
function wordsOf(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (char === '\\') {
      const [whole, code] =
        /^\\(x[0-9a-fA-F]{2}|[0-7]{3}|u[0-9a-fA-F]{4}|.)/.exec(text.slice(at, at + 6)) ?? [];
      const plain = code === undefined ? undefined : unescaped(code);
      if (whole === undefined || plain === undefined) return undefined;
      word = (word ?? '') + plain;
      at += whole.length - 1;
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== '') return undefined;
  return word === undefined ? words : [...words, word];
}

function unescaped(code: string): string | undefined {
  if (/^x/.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  if (/^[0-7]{3}$/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
  if (/^u.{4}$/.test(code))
    return Buffer.from(String.fromCharCode(Number.parseInt(code.slice(1), 16)), 'utf8').toString('latin1');
  return ESCAPES[code];
}

/** Undefined where a specifier stands for something that only systemd knows. */
function withSpecifiers(text: string, home: string): string | undefined {
  let known = true;
  const plain = text.replace(/%(.?)/gs, (_, letter: string) => {
    if (letter === '%') return '%';
    if (letter === 'h') return Buffer.from(home, 'utf8').toString('latin1');
    known = false;
    return '';
  });
  return known ? plain : undefined;
}
