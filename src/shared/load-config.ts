import { parse } from 'yaml';
import { AppError } from './errors.ts';

/** One setting: its environment variable goes before the file. */
export interface SettingRow {
  readonly env: string;
  readonly about: string;
}

/** Values that were given, and what is wrong with the file, each in words. */
export interface ReadConfig<Key extends string> {
  readonly values: Partial<Record<Key, string>>;
  readonly problems: readonly string[];
}

/**
 * Values of a flat YAML file and the environment. An empty text counts as not given.
 * @throws CONFIG_INVALID naming every unknown key and every value that is not text, all at once
 */
export function loadConfig<Key extends string>(
  rows: Readonly<Record<Key, SettingRow>>,
  text: string | undefined,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Partial<Record<Key, string>> {
  const { values, problems } = readConfig(rows, text, file, env);
  if (problems.length > 0) throw new AppError('CONFIG_INVALID', { problems: problems.join('; ') }, { file });
  return values;
}

/**
 * The same for a caller who has more to check and tells all problems together.
 * @throws CONFIG_INVALID when the file is not a list of keys and values at all
 */
export function readConfig<Key extends string>(
  rows: Readonly<Record<Key, SettingRow>>,
  text: string | undefined,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): ReadConfig<Key> {
  const content = text === undefined ? {} : readFlat(text, file);
  const known = Object.keys(rows) as Key[];
  const problems = Object.entries(content).flatMap(([key, value]) => {
    if (!known.includes(key as Key)) return [`${key} is not a setting (known are ${known.join(', ')})`];
    return typeof value === 'string' || value === null ? [] : [`${key} must be text`];
  });
  const values = Object.fromEntries(
    known.flatMap((key) => {
      const value = env[rows[key].env] || content[key];
      return typeof value === 'string' && value !== '' ? [[key, value]] : [];
    }),
  ) as Partial<Record<Key, string>>;
  return { values, problems };
}

function readFlat(text: string, file: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    const line = (error as { linePos?: [{ line: number }] }).linePos?.[0].line;
    throw new AppError('CONFIG_INVALID', { problems: 'it is not valid YAML' }, { file, line });
  }
  if (content === null || content === undefined) return {};
  if (typeof content === 'object' && !Array.isArray(content)) return content as Record<string, unknown>;
  throw new AppError('CONFIG_INVALID', { problems: 'it must be a list of "key: value" lines' }, { file });
}
