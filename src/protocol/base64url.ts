/** RFC 4648 §5 without padding, one spelling only: unused trailing bits are zero. */
export function isBase64url(text: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(text) && Buffer.from(text, 'base64url').toString('base64url') === text;
}

export function toBase64url(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
