import type { Path } from './problem.ts';

/** Any component of a message or modal as JSON, with the members that the rules look at. */
export interface ComponentNode {
  readonly type: number;
  readonly id?: number | null | undefined;
  readonly custom_id?: string | null | undefined;
  readonly components?: readonly ComponentNode[] | null | undefined;
  readonly accessory?: ComponentNode | null | undefined;
  readonly component?: ComponentNode | null | undefined;
  readonly content?: string | null | undefined;
  readonly style?: number | null | undefined;
  readonly label?: string | null | undefined;
  readonly emoji?: object | null | undefined;
  readonly url?: string | null | undefined;
  readonly sku_id?: string | null | undefined;
  readonly disabled?: boolean | null | undefined;
  readonly required?: boolean | null | undefined;
  readonly min_values?: number | null | undefined;
  readonly max_values?: number | null | undefined;
  readonly min_length?: number | null | undefined;
  readonly max_length?: number | null | undefined;
  readonly value?: string | null | undefined;
  readonly options?: readonly OptionNode[] | null | undefined;
  readonly default_values?: readonly { readonly type: string }[] | null | undefined;
  readonly file_types?: readonly string[] | null | undefined;
  readonly file?: MediaNode | null | undefined;
  readonly media?: MediaNode | null | undefined;
  readonly items?: readonly { readonly media: MediaNode }[] | null | undefined;
}

export interface OptionNode {
  readonly value: string;
  readonly default?: boolean | null | undefined;
}

export interface MediaNode {
  readonly url: string;
}

/** A component, where it is, and what holds it (undefined at the top level). */
export interface PlacedComponent {
  readonly node: ComponentNode;
  readonly path: Path;
  readonly parent: ComponentNode | undefined;
}

/** Every component of the list and inside it, in the order of the page. `path` is where the list itself is. */
export function walkComponents(
  components: readonly ComponentNode[],
  path: Path,
  parent?: ComponentNode,
): PlacedComponent[] {
  return components.flatMap((node, index) => placed(node, [...path, index], parent));
}

function placed(node: ComponentNode, path: Path, parent: ComponentNode | undefined): PlacedComponent[] {
  return [
    { node, path, parent },
    ...walkComponents(node.components ?? [], [...path, 'components'], node),
    ...(node.accessory ? placed(node.accessory, [...path, 'accessory'], node) : []),
    ...(node.component ? placed(node.component, [...path, 'component'], node) : []),
  ];
}
