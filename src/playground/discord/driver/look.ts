import type { APIMessage, APIModalInteractionResponseCallbackData } from 'discord-api-types/v10';
import { type ComponentNode, walkComponents } from '../../../shared/discord-rules.ts';

/** All words of a message that a person reads, one part a line: content, texts, labels, embeds, file names. */
export function messageText(message: APIMessage): string {
  const parts = componentsOf(message).flatMap((node) => [
    node.content,
    node.label,
    (node as { placeholder?: string }).placeholder,
    ...(node.options ?? []).flatMap((option) =>
      Object.values(option).filter((part) => typeof part === 'string'),
    ),
  ]);
  const embeds = message.embeds.flatMap(({ title, description, fields }) => [
    title,
    description,
    ...(fields ?? []).flatMap(({ name, value }) => [name, value]),
  ]);
  const files = message.attachments.map(({ filename }) => filename);
  return [message.content, ...parts, ...embeds, ...files].filter(Boolean).join('\n');
}

/** Every component of a message, nested ones too, in the order of the page. */
export function componentsOf({ components }: Pick<APIMessage, 'components'>): ComponentNode[] {
  return walkComponents((components ?? []) as unknown as ComponentNode[], []).map(({ node }) => node);
}

/** The components of a modal that take input, with the label that people see. */
export function modalFields(
  modal: APIModalInteractionResponseCallbackData,
): { label: string; node: ComponentNode }[] {
  return walkComponents(modal.components as unknown as ComponentNode[], [])
    .filter(({ node }) => typeof node.custom_id === 'string')
    .map(({ node, parent }) => ({ node, label: node.label ?? parent?.label ?? '' }));
}

/**
 * The button or select with this custom_id or, if there is none, this label or placeholder.
 * @throws naming those that are there, when there is none or more than one
 */
export function findComponent(message: APIMessage, name: string): ComponentNode {
  const usable = componentsOf(message).filter(({ custom_id, url }) => custom_id || url);
  const byId = usable.filter(({ custom_id }) => custom_id === name);
  const found = byId.length > 0 ? byId : usable.filter((node) => shownName(node) === name);
  if (found.length === 1 && found[0] !== undefined) return found[0];
  const there =
    usable.map((node) => `${shownName(node)} (${node.custom_id ?? node.url})`).join(', ') || 'none';
  throw new Error(`The message has ${found.length} components "${name}". There are: ${there}.`);
}

function shownName(node: ComponentNode): string {
  return node.label ?? (node as { placeholder?: string }).placeholder ?? '';
}
