import { safeText } from '../../../shared/safe-text.ts';

/** Rows of `name  value`, aligned and indented by two. */
export function facts(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${safeText(value, 400)}`);
}

/** A list that says how many more there are than it shows. */
export function shortList(items: readonly string[], most = 8): string[] {
  const shown = items.slice(0, most).map((item) => `  - ${safeText(item)}`);
  return items.length > most ? [...shown, `  - and ${items.length - most} more`] : shown;
}
