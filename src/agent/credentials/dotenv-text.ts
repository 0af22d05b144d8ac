/** Any byte that is not UTF-8, kept as one lone surrogate (U+DC80 to U+DCFF), as Python's `surrogateescape` does. */
const STRAY_BYTE = /[\udc80-\udcff]/u;

/** The second byte after these first ones has a narrower range: no overlong forms, no surrogates, no more than U+10FFFF. */
const SECOND_BYTE: Readonly<Record<number, readonly [number, number]>> = {
  224: [0xa0, 0xbf],
  237: [0x80, 0x9f],
  240: [0x90, 0xbf],
  244: [0x80, 0x8f],
};

/**
 * The text of an env file as Python's `open(path, encoding='utf-8')` gives it: `\r\n` and a lone `\r` become `\n`, and a
 * byte order mark stays in the text. Python refuses a file that is not UTF-8; here each stray byte becomes a lone
 * surrogate, so that the rest of the file can still be read (see `hasStrayByte`).
 */
export function decodeEnvText(bytes: Buffer): string {
  return unifyLineEnds(decodeStrict(bytes) ?? decodeBytewise(bytes));
}

/** True when the text holds a byte that was not UTF-8. */
export function hasStrayByte(text: string): boolean {
  return STRAY_BYTE.test(text);
}

/** True for a file that an editor saved as UTF-16, told by its byte order mark. */
export function isUtf16(bytes: Buffer): boolean {
  return bytes.length >= 2 && (bytes.readUInt16BE(0) === 0xfeff || bytes.readUInt16BE(0) === 0xfffe);
}

function decodeStrict(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function decodeBytewise(bytes: Buffer): string {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    if (start < at) parts.push(bytes.toString('utf8', start, at));
    parts.push(String.fromCharCode(0xdc00 + bytes.readUInt8(at)));
    at += 1;
    start = at;
  }
  return parts.join('') + bytes.toString('utf8', start);
}

/** Length of the well-formed character (RFC 3629 section 4) that starts at `at`, or 0. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0xff;
  if (first < 0x80) return 1;
  const length = first > 0xf4 ? 0 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  for (let n = 1; n < length; n += 1) {
    const [least, most] = (n === 1 ? SECOND_BYTE[first] : undefined) ?? [0x80, 0xbf];
    const byte = bytes[at + n] ?? 0;
    if (byte < least || byte > most) return 0;
  }
  return length;
}

function unifyLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
