import { ComponentType } from 'discord-api-types/v10';
import type { PlacedComponent } from './component-tree.ts';
import { LIMITS } from './limits.ts';
import { type Path, problem, type RuleProblem } from './problem.ts';

/** The text of all Text Displays together, in characters and in the bytes that Discord counts. */
export function textSize(components: readonly PlacedComponent[]): { characters: number; bytes: number } {
  const texts = components.map(({ node }) =>
    node.type === ComponentType.TextDisplay ? (node.content ?? '') : undefined,
  );
  const shown = texts.filter((text) => text !== undefined);
  return {
    characters: shown.reduce((sum, text) => sum + text.length, 0),
    bytes: shown.reduce((sum, text) => sum + Buffer.byteLength(text) + LIMITS.bytesPerText, 0),
  };
}

/** Problems of a message whose Text Displays are too much together. Each alone is the schema's matter. */
export function textProblems(components: readonly PlacedComponent[], path: Path): RuleProblem[] {
  const { characters, bytes } = textSize(components);
  if (characters > LIMITS.messageText) {
    const text = `the texts have ${characters} characters together, at most ${LIMITS.messageText} are possible`;
    return [problem(path, 'text-length', text)];
  }
  if (bytes <= LIMITS.messageBytes) return [];
  const text = `the texts count ${bytes} bytes together, at most ${LIMITS.messageBytes} are possible`;
  return [problem(path, 'text-bytes', text)];
}

interface EmbedText {
  readonly title?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly footer?: { readonly text?: string | null | undefined } | null | undefined;
  readonly author?: { readonly name?: string | null | undefined } | null | undefined;
  readonly fields?: readonly { readonly name: string; readonly value: string }[] | null | undefined;
}

/** Problems of embeds that are too much together (page "Message", embed limits). */
export function embedProblems(embeds: readonly EmbedText[], path: Path): RuleProblem[] {
  const total = embeds
    .flatMap(({ title, description, footer, author, fields }) => [
      title,
      description,
      footer?.text,
      author?.name,
      ...(fields ?? []).flatMap(({ name, value }) => [name, value]),
    ])
    .reduce((sum, text) => sum + (text?.length ?? 0), 0);
  if (total <= LIMITS.embedText) return [];
  return [
    problem(
      path,
      'embed-length',
      `the embeds have ${total} characters, at most ${LIMITS.embedText} are possible`,
    ),
  ];
}
