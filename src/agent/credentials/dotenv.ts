import { Interpolation } from './dotenv-interpolation.ts';
import { readStatements, type Statement, type StatementFault } from './dotenv-statements.ts';
import { decodeEnvText, hasStrayByte, isUtf16 } from './dotenv-text.ts';

export interface DotenvEntry {
  readonly key: string;
  /** Null for a name without `=`. Escapes and `${…}` are already replaced. */
  readonly value: string | null;
  /** The line of the statement, from 1. */
  readonly line: number;
  /** The statement as it stands in the file, line ends unified to `\n`. Holds the secret: never show it. */
  readonly raw: string;
}

export interface DotenvProblem {
  readonly line: number;
  /** The name whose value could not be read, where the line is an assignment to a well-formed name. */
  readonly key?: string;
  /** Never holds text of the line, which may be a secret. */
  readonly message: string;
}

export interface DotenvFile {
  readonly entries: readonly DotenvEntry[];
  readonly problems: readonly DotenvProblem[];
  /** False when python-dotenv itself would refuse the whole file: then `entries` is what the readable lines say. */
  readonly utf8: boolean;
}

const FAULTS: Readonly<Record<StatementFault, string>> = {
  'no-name': 'there is no name before the "="',
  'open-quote': 'a quote is opened and never closed',
  'text-after-value': 'there is more text after the name or the closing quote',
};

const WELL_FORMED_NAME = /^[A-Za-z_]\w{0,127}$/;

/**
 * Reads an env file as python-dotenv's `dotenv_values(path)` does with an environment of just `env`. All definitions are
 * kept, in order, also those that a later one replaces (see `lastDefinitions`). Never throws: a line that cannot be read
 * becomes a problem, and the lines after it are read.
 */
export function readDotenv(bytes: Buffer, env: Readonly<Record<string, string>> = {}): DotenvFile {
  if (isUtf16(bytes)) return { entries: [], problems: [UTF16], utf8: false };
  const text = decodeEnvText(bytes);
  const entries: DotenvEntry[] = [];
  const problems: DotenvProblem[] = text.startsWith('\ufeff') ? [BYTE_ORDER_MARK] : [];
  const interpolation = new Interpolation(env);
  for (const statement of readStatements(text)) {
    const { key, value, line, raw, fault } = statement;
    if (fault !== undefined) {
      problems.push({ line, message: `python-dotenv cannot read this line: ${FAULTS[fault]}.` });
    }
    problems.push(...strayBytes(statement));
    if (key === undefined || hasStrayByte(key)) continue;
    const resolved = value === null ? { value } : resolve(interpolation, value);
    if ('unknown' in resolved) {
      interpolation.defineUnread(key);
      if (resolved.unknown !== 'stray-bytes') {
        problems.push({ line, ...named(key), message: UNRESOLVED[resolved.unknown] });
      }
      continue;
    }
    interpolation.define(key, resolved.value);
    entries.push({ key, value: resolved.value, line, raw });
  }
  return { entries, problems, utf8: !hasStrayByte(text) };
}

/**
 * One entry per name, as `dotenv_values` returns them: the last definition, at the place of the first. A later
 * definition that could not be read is among the file's problems, not here.
 */
export function lastDefinitions(entries: readonly DotenvEntry[]): DotenvEntry[] {
  const last = new Map<string, DotenvEntry>();
  for (const entry of entries) last.set(entry.key, entry);
  return [...last.values()];
}

const UTF16: DotenvProblem = {
  line: 1,
  message:
    'The file is saved as UTF-16, which python-dotenv cannot read. Save it as UTF-8 without byte order mark.',
};

const BYTE_ORDER_MARK: DotenvProblem = {
  line: 1,
  message:
    'The file begins with a byte order mark, which python-dotenv takes as part of the first name. Save it as UTF-8 without byte order mark.',
};

const UNRESOLVED = {
  'too-long': 'The value refers to others and becomes too long to be real. Write it out.',
  'refers-to-unread': 'The value refers to another one that could not be read. Mend that line first.',
} as const;

function resolve(interpolation: Interpolation, value: string) {
  return hasStrayByte(value) ? { unknown: 'stray-bytes' as const } : interpolation.resolve(value);
}

/** One problem for each line of the statement that has bytes which are not UTF-8. */
function* strayBytes({ key, value, line, raw }: Statement): Generator<DotenvProblem> {
  if (!hasStrayByte(raw)) return;
  const lost = key !== undefined && hasStrayByte(key + (value ?? ''));
  const fate = lost ? 'its value is not taken over' : 'the rest of the file is read';
  for (const [offset, text] of raw.split('\n').entries()) {
    if (!hasStrayByte(text)) continue;
    const message = `This line has bytes that are not UTF-8, so python-dotenv refuses the whole file; here ${fate}. Save the file as UTF-8.`;
    yield { line: line + offset, ...(lost ? named(key) : {}), message };
  }
}

/** A line without `=` can be a bare token: only what looks like a name is one. */
function named(key: string): { key?: string } {
  return WELL_FORMED_NAME.test(key) ? { key } : {};
}
