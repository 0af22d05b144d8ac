/**
 * Text that came from a file name, a file, git or the network, made safe to print on a terminal: control characters,
 * escape sequences, bidirectional overrides and zero-width characters become visible `\u{…}` marks, everything stays on
 * one line, and what is longer than `max` characters is cut.
 */
export function safeText(text: string, max = 300): string {
  let out = '';
  let cut = '';
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    out += isUnsafe(code) ? `\\u{${code.toString(16)}}` : char;
    if (out.length > max) return `${cut}…`;
    if (out.length < max) cut = out;
  }
  return out;
}

function isUnsafe(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    code === 0xad ||
    code === 0x61c ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0xfeff ||
    (code >= 0xd800 && code <= 0xdfff) ||
    (code >= 0xe0000 && code <= 0xe007f)
  );
}
