/**
 * JSON that is read, added to and written again without altering what it does not understand: members keep their order
 * (also `"10"` before `"9"`, and twice the same name), numbers and strings keep their spelling. Only the white space is
 * made anew: two spaces for each level, as Python's `json.dump(…, indent=2)` writes it.
 */
export type JsonNode = JsonObject | JsonArray | JsonScalar;

export interface JsonObject {
  readonly kind: 'object';
  readonly members: { readonly name: string; readonly source: string; value: JsonNode }[];
}

export interface JsonArray {
  readonly kind: 'array';
  readonly items: JsonNode[];
}

export interface JsonScalar {
  readonly kind: 'scalar';
  readonly source: string;
}

type Frame = JsonObject | JsonArray;

const TOKEN = /[{}[\],:]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}[\],:"]+/gs;
const DEEPEST = 100;

/** Undefined when the text is no JSON (RFC 8259) or is nested more than 100 deep. */
export function readJson(text: string): JsonNode | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const root: JsonArray = { kind: 'array', items: [] };
  const open: Frame[] = [root];
  let name: string | undefined;
  for (const [token] of text.matchAll(TOKEN)) {
    const frame = open.at(-1)!;
    if (token === ',' || token === ':') continue;
    if (token === '}' || token === ']') {
      open.pop();
    } else if (frame.kind === 'object' && name === undefined) {
      name = token;
    } else {
      const node: JsonNode =
        token === '{'
          ? { kind: 'object', members: [] }
          : token === '['
            ? { kind: 'array', items: [] }
            : { kind: 'scalar', source: token };
      if (frame.kind === 'array') frame.items.push(node);
      else frame.members.push({ name: String(JSON.parse(name!)), source: name!, value: node });
      name = undefined;
      if (node.kind !== 'scalar' && open.push(node) > DEEPEST) return undefined;
    }
  }
  return root.items[0];
}

/** The text of a tree, without a newline at its end. */
export function writeJson(node: JsonNode, indent = ''): string {
  const deeper = `${indent}  `;
  if (node.kind === 'scalar') return node.source;
  const lines =
    node.kind === 'array'
      ? node.items.map((item) => deeper + writeJson(item, deeper))
      : node.members.map(({ source, value }) => `${deeper}${source}: ${writeJson(value, deeper)}`);
  const [start, end] = node.kind === 'array' ? ['[', ']'] : ['{', '}'];
  return lines.length === 0 ? start + end : `${start}\n${lines.join(',\n')}\n${indent}${end}`;
}

/** A tree for plain data; members keep the order of the object. */
export function jsonNode(data: string | null | Readonly<Record<string, unknown>>): JsonNode {
  return readJson(JSON.stringify(data))!;
}

/** The member of that name; the last one where there are several, as Python's reader takes it. */
export function memberOf(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.kind === 'object' ? node.members.findLast((member) => member.name === name)?.value : undefined;
}

/** The text of a string member, or undefined if there is none. */
export function textOf(node: JsonNode | undefined, name: string): string | undefined {
  const value = memberOf(node, name);
  return value?.kind === 'scalar' && value.source.startsWith('"')
    ? String(JSON.parse(value.source))
    : undefined;
}

/** Sets a member in its place, or adds it at the end. */
export function setMember(object: JsonObject, name: string, value: JsonNode): void {
  const member = object.members.findLast((candidate) => candidate.name === name);
  if (member === undefined) object.members.push({ name, source: JSON.stringify(name), value });
  else member.value = value;
}
