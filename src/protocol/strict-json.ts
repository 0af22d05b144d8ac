/** Deeper nesting than any message of ours has; what is deeper is refused before it can cost anything. */
const MAX_DEPTH = 16;

/**
 * The value of a JSON text in which no object names a member twice (JSON.parse would silently take the last one, another
 * reader the first). Bytes must be UTF-8 without a byte order mark.
 * Returns undefined for anything else. `null` is a value like any other.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isUnambiguous(text) ? value : undefined;
}

/** Walks over the tokens of a text that is known to be JSON. */
function isUnambiguous(json: string): boolean {
  const open: (Set<string> | 'array')[] = [];
  let nameIsNext = false;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],]/g)) {
    const inside = open.at(-1);
    if (token === '{' || token === '[') {
      if (open.length === MAX_DEPTH) return false;
      open.push(token === '{' ? new Set() : 'array');
      nameIsNext = token === '{';
    } else if (token === '}' || token === ']') {
      open.pop();
      nameIsNext = false;
    } else if (token === ',') {
      nameIsNext = inside !== 'array';
    } else if (nameIsNext && inside instanceof Set) {
      const name = String(JSON.parse(token));
      if (inside.has(name)) return false;
      inside.add(name);
      nameIsNext = false;
    }
  }
  return true;
}
