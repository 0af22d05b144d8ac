import { readYaml } from '../yaml/read-yaml.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';
import type { Assignment } from './assignment.ts';

/** What a compose file (compose-spec, "environment" and "env_file") gives to one of its services. */
export interface ServiceEnvironment {
  readonly service: string;
  readonly assignments: readonly Assignment[];
  /** As they are written: relative to the compose file's folder. */
  readonly envFiles: readonly { readonly path: string; readonly line: number }[];
}

/** A name, optionally with a value; `NAME` alone takes its value from where compose is started. */
const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

/**
 * The services of a compose file, none where it cannot be read as one. A value with `$` in it names another variable and
 * is left out: it is a reference, not a value. `$$` is a dollar sign.
 */
export function readCompose(bytes: Buffer): ServiceEnvironment[] {
  const { root } = readYaml(bytes);
  const services = root === undefined ? undefined : member(root, 'services');
  if (services?.kind !== 'map') return [];
  return services.entries.flatMap(({ key, value }) =>
    value.kind === 'map'
      ? [{ service: key.source, assignments: environmentOf(value), envFiles: envFilesOf(value) }]
      : [],
  );
}

function environmentOf(service: YamlMap): Assignment[] {
  const node = member(service, 'environment');
  if (node?.kind === 'map') {
    return node.entries.flatMap(({ key, value }) => assignment(key.source, textOf(value), value.line));
  }
  const items = node?.kind === 'list' ? node.items : [];
  return items.flatMap((item) => {
    const [, name, value] = ASSIGNMENT.exec(textOf(item) ?? '') ?? [];
    return name === undefined ? [] : assignment(name, value, item.line);
  });
}

function assignment(name: string, text: string | undefined, line: number): Assignment[] {
  if (text?.replaceAll('$$', '').includes('$') !== false) return [];
  return [{ name, value: text.replaceAll('$$', '$'), line }];
}

function envFilesOf(service: YamlMap): { path: string; line: number }[] {
  const node = member(service, 'env_file');
  const items = node === undefined ? [] : node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    const path = textOf(item.kind === 'map' ? member(item, 'path') : item);
    return path === undefined || path === '' || path.includes('$') ? [] : [{ path, line: item.line }];
  });
}

function member(node: YamlNode, name: string): YamlNode | undefined {
  return node.kind === 'map' ? node.entries.findLast(({ key }) => key.source === name)?.value : undefined;
}

/** A scalar as it is written; undefined for nothing and for sections. */
function textOf(node: YamlNode | undefined): string | undefined {
  if (node?.kind !== 'scalar' || node.type === 'null') return undefined;
  return node.type === 'text' ? String(node.value) : node.source;
}
