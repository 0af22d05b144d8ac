export type Translations = Readonly<Record<string, string | null | undefined>> | null | undefined;

interface Counted {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly name_localizations?: Translations;
  readonly description_localizations?: Translations;
  readonly options?: readonly Counted[] | null | undefined;
  readonly choices?: readonly CountedChoice[] | null | undefined;
}

interface CountedChoice {
  readonly name: string;
  readonly name_localizations?: Translations;
  readonly value: string | number;
}

/**
 * Characters of the names, descriptions and values of a command, its options and choices, as Discord counts them against
 * its limit: of each translated text the longest counts (page "Application commands").
 */
export function commandLength(command: Counted): number {
  const { name, description, name_localizations, description_localizations, options, choices } = command;
  return (
    longest(name, name_localizations) +
    longest(description ?? '', description_localizations) +
    sum((options ?? []).map(commandLength)) +
    sum(
      (choices ?? []).map(
        (choice) =>
          longest(choice.name, choice.name_localizations) +
          (typeof choice.value === 'string' ? choice.value.length : 0),
      ),
    )
  );
}

function longest(text: string, translations: Translations): number {
  return Math.max(text.length, ...Object.values(translations ?? {}).map((other) => other?.length ?? 0));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
