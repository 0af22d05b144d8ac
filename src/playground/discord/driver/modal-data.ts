import { type APIModalInteractionResponseCallbackData, ComponentType } from 'discord-api-types/v10';
import type { ComponentNode } from '../../../shared/discord-rules.ts';
import { modalFields } from './look.ts';
import { type ChosenFile, isChosenFile, type Resolved } from './resolved.ts';
import { resolveValues } from './select-data.ts';

/** What was filled in: text, one choice, several, a tick, files. Null leaves a field empty. */
export type FieldValue = string | boolean | null | readonly string[] | readonly ChosenFile[];

/**
 * The data of a modal's submission. Fields are named by custom_id or label; those left out keep their defaults.
 * @throws for what a client would not let anyone send
 */
export function modalData(
  modal: APIModalInteractionResponseCallbackData,
  values: Readonly<Record<string, FieldValue>>,
  resolved: Resolved,
): object {
  const fields = modalFields(modal);
  const strange = Object.keys(values).find(
    (name) => !fields.some(({ label, node }) => label === name || node.custom_id === name),
  );
  const there = fields.map(({ label, node }) => `${label} (${node.custom_id})`).join(', ');
  if (strange !== undefined) throw new Error(`The modal has no field ${strange}. There are: ${there}.`);
  const filled = new Map(
    fields.map(({ label, node }) => {
      const value = values[String(node.custom_id)] ?? values[label];
      return [
        node.custom_id,
        { id: node.id, type: node.type, custom_id: node.custom_id, ...fill(node, label, value, resolved) },
      ];
    }),
  );
  const submit = ({ type, id, components, component }: ComponentNode): object => ({
    type,
    id,
    ...(components ? { components: components.map((inner) => filled.get(inner.custom_id)) } : {}),
    ...(component ? { component: filled.get(component.custom_id) } : {}),
  });
  const components = modal.components.map((component) => submit(component as unknown as ComponentNode));
  return { custom_id: modal.custom_id, components, ...resolved.toJSON() };
}

function fill(node: ComponentNode, label: string, value: FieldValue | undefined, resolved: Resolved): object {
  const wrong = (wanted: string) => new Error(`The field ${label || node.custom_id} takes ${wanted}.`);
  if (node.type === ComponentType.TextInput) return { value: text(node, value, wrong) };
  if (node.type === ComponentType.Checkbox) {
    const ticked = value ?? (node as { default?: boolean }).default ?? false;
    if (typeof ticked !== 'boolean') throw wrong('true or false');
    return { value: ticked };
  }
  const chosen = choices(node, value, resolved, wrong);
  const isRequired = node.required !== false;
  const isGroup = node.type === ComponentType.CheckboxGroup;
  const least = isRequired ? (node.min_values ?? 1) : chosen.length === 0 ? 0 : (node.min_values ?? 1);
  const most = node.max_values ?? (isGroup ? (node.options?.length ?? 1) : 1);
  if (chosen.length < least || chosen.length > most) throw wrong(`${least} to ${most} choices`);
  if (node.type === ComponentType.RadioGroup) return { value: chosen[0] ?? null };
  return { values: chosen };
}

function text(node: ComponentNode, value: FieldValue | undefined, wrong: (wanted: string) => Error): string {
  const typed = value ?? node.value ?? '';
  if (typeof typed !== 'string') throw wrong('text');
  const isLeftEmpty = typed === '' && node.required === false;
  const least = Math.max(node.min_length ?? 0, node.required === false ? 0 : 1);
  const most = node.max_length ?? 4000;
  if (!isLeftEmpty && (typed.length < least || typed.length > most))
    throw wrong(`${least} to ${most} characters`);
  return typed;
}

function choices(
  node: ComponentNode,
  value: FieldValue | undefined,
  resolved: Resolved,
  wrong: (wanted: string) => Error,
): string[] {
  if (value === undefined) return defaults(node);
  if (value === null) return [];
  if (typeof value === 'boolean') throw wrong('choices');
  const list = typeof value === 'string' ? [value] : [...value];
  if (node.type === ComponentType.FileUpload) {
    if (!list.every(isChosenFile)) throw wrong('files');
    return list.map((file) => resolved.addFile(file).id);
  }
  if (!list.every((entry) => typeof entry === 'string')) throw wrong('values');
  resolveValues(node, list, resolved);
  return list;
}

function defaults({ options }: ComponentNode): string[] {
  return (options ?? []).filter((option) => option.default === true).map(({ value }) => value);
}
