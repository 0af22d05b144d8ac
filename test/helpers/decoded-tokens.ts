/** The same text with every part of a JWS, or other base64url, spelled out behind it. */
export function decodedTokens(text: string): string {
  return text.replace(
    /[A-Za-z0-9_-]{40,}/g,
    (part) => `${part} ${Buffer.from(part, 'base64url').toString('latin1')}`,
  );
}
