import { ComponentType } from 'discord-api-types/v10';
import { type ComponentNode, type PlacedComponent, walkComponents } from './component-tree.ts';
import { choiceProblems, duplicateProblems } from './components.ts';
import { fileTypeProblems } from './file-types.ts';
import { unknownComponentProperties, unknownProperties } from './known-properties.ts';
import { LIMITS } from './limits.ts';
import { type Path, problem, type RuleProblem } from './problem.ts';
import { textProblems } from './text.ts';

/** A modal as the JSON in the `data` of an interaction's answer. */
export interface ModalPayload {
  readonly custom_id: string;
  readonly title: string;
  readonly components: readonly ComponentNode[];
}

/** What Discord would refuse, drop or misread in this modal beyond its schemas. Empty when nothing. */
export function lintModal(payload: ModalPayload, at: Path = []): RuleProblem[] {
  const path = [...at, 'components'];
  const components = walkComponents(payload.components, path);
  const top = payload.components.length;
  const isTooLong = top > LIMITS.modalComponents;
  return [
    ...unknownProperties(payload, ['custom_id', 'title', 'components'], at),
    ...(isTooLong
      ? [problem(path, 'modal-size', `${top} components, at most ${LIMITS.modalComponents}`)]
      : []),
    ...textProblems(components, path),
    ...duplicateProblems(components),
    ...components.flatMap(componentProblems),
  ];
}

function componentProblems({ node, path, parent }: PlacedComponent): RuleProblem[] {
  const found = [...unknownComponentProperties(node, path), ...choiceProblems(node, path)];
  if (node.disabled === true) {
    found.push(problem([...path, 'disabled'], 'modal-disabled', 'nothing in a modal can be disabled'));
  }
  if (node.min_values === 0 && node.required !== false) {
    const text = 'min_values is 0, so required must be false';
    found.push(problem([...path, 'min_values'], 'required-values', text));
  }
  if (node.type === ComponentType.TextInput) found.push(...textInputProblems(node, path, parent));
  return [...found, ...fileTypeProblems(node.file_types ?? [], [...path, 'file_types'])];
}

function textInputProblems(
  node: ComponentNode,
  path: Path,
  parent: ComponentNode | undefined,
): RuleProblem[] {
  const found: RuleProblem[] = [];
  const isInLabel = parent?.type === ComponentType.Label;
  const hasLabel = node.label !== undefined && node.label !== null;
  if (isInLabel === hasLabel) {
    const text = isInLabel ? 'the Label around it has the label' : 'a text input in a row needs a label';
    found.push(problem([...path, 'label'], 'modal-label', text));
  }
  const least = node.min_length ?? 0;
  const most = node.max_length ?? 4000;
  if (least > most) {
    const text = `min_length ${least} is more than max_length ${most}`;
    found.push(problem([...path, 'min_length'], 'text-range', text));
  }
  const length = node.value?.length ?? 0;
  if (length > most || (length > 0 && length < least)) {
    const text = `the value has ${length} characters, possible are ${least} to ${most}`;
    found.push(problem([...path, 'value'], 'text-range', text));
  }
  return found;
}
