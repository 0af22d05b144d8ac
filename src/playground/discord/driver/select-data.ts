import { ComponentType } from 'discord-api-types/v10';
import type { ComponentNode } from '../../../shared/discord-rules.ts';
import type { Resolved } from './resolved.ts';

const KINDS = {
  [ComponentType.UserSelect]: 'user',
  [ComponentType.RoleSelect]: 'role',
  [ComponentType.ChannelSelect]: 'channel',
  [ComponentType.MentionableSelect]: 'mentionable',
} as const;

/** The data of choosing these values in a select of a message. @throws for what a client would not let anyone choose */
export function selectData(node: ComponentNode, values: readonly string[], resolved: Resolved): object {
  const least = node.min_values ?? 1;
  const most = node.max_values ?? 1;
  if (values.length < least || values.length > most)
    throw new Error(`The select takes ${least} to ${most} values.`);
  resolveValues(node, values, resolved);
  return { component_type: node.type, custom_id: node.custom_id, id: node.id, values, ...resolved.toJSON() };
}

/** Looks every value up where it must come from. @throws naming what is offered, or that there is no such thing */
export function resolveValues(node: ComponentNode, values: readonly string[], resolved: Resolved): void {
  const kind = KINDS[node.type as keyof typeof KINDS];
  if (kind !== undefined) for (const id of values) resolved.add(kind, id);
  const offered = (node.options ?? []).map(({ value }) => value);
  const strange = kind === undefined ? values.find((value) => !offered.includes(value)) : undefined;
  if (strange !== undefined)
    throw new Error(`There is no option ${strange}. There are: ${offered.join(', ')}.`);
}
