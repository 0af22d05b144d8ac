import { Locale } from 'discord-api-types/v10';
import type { Translations } from './command-length.ts';
import { type Path, problem, type RuleProblem } from './problem.ts';

const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const LOCALES: readonly string[] = Object.values(Locale);

interface Named {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly name_localizations?: Translations;
  readonly description_localizations?: Translations;
}

/** Problems of the names, translated ones too, of a slash command or an option. */
export function nameProblems({ name, name_localizations }: Named, at: Path): RuleProblem[] {
  const names: [Path, string | null | undefined][] = [
    [[...at, 'name'], name],
    ...Object.entries(name_localizations ?? {}).map(([locale, text]): [Path, string | null | undefined] => [
      [...at, 'name_localizations', locale],
      text,
    ]),
  ];
  return names.flatMap(([path, text]) => {
    if (text === null || text === undefined || (NAME.test(text) && text === text.toLowerCase())) return [];
    return [
      problem(path, 'command-name', `${text} is not 1 to 32 lower-case letters, digits, - _ and apostrophes`),
    ];
  });
}

/** Problems of the description of a slash command or an option. Its length beyond 100 is the schema's matter too. */
export function descriptionProblems({ description }: Named, at: Path): RuleProblem[] {
  const length = description?.length ?? 0;
  if (length >= 1 && length <= 100) return [];
  return [
    problem([...at, 'description'], 'command-description', `${length} characters, possible are 1 to 100`),
  ];
}

/** Translations for locales that Discord does not know. */
export function localeProblems(named: Named, at: Path): RuleProblem[] {
  return (['name_localizations', 'description_localizations'] as const).flatMap((key) =>
    Object.keys(named[key] ?? {})
      .filter((locale) => !LOCALES.includes(locale))
      .map((locale) => problem([...at, key, locale], 'locale', `${locale} is not a locale of Discord`)),
  );
}
