/**
 * What stands in an exported text in the place of a secret: `<secret DISCORD_BOT_TOKEN.3>`, the name and its number in
 * credentials/names.json. Such a text is a placeholder to everything that reads settings, so that it can never become a
 * value, whatever goes wrong.
 */
const MARK = /^<secret ([A-Za-z0-9_-]{1,60})\.([1-9][0-9]{0,6})>$/;
const ANY_MARK = /<\s*secret\b[^>\n]{0,80}>?/i;

export interface SecretMark {
  readonly name: string;
  /** From 1. */
  readonly number: number;
}

export function markOf(name: string, number: number): string {
  return `<secret ${markName(name)}.${number}>`;
}

/** The name as it stands in a mark. */
export function markName(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 60) || 'SECRET';
}

/** Undefined for a text that is no mark. */
export function readMark(text: string): SecretMark | undefined {
  const [, name, number] = MARK.exec(text.trim()) ?? [];
  return name === undefined ? undefined : { name, number: Number(number) };
}

/** True for a text that is a mark, was one, or holds one beside other text. */
export function resemblesMark(text: string): boolean {
  return ANY_MARK.test(text);
}
