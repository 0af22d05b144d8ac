import { safeText } from '../../../shared/safe-text.ts';
import { counted } from '../../../shared/words.ts';
import { findSecretPatterns } from '../../credentials/secret-kinds.ts';
import { hasSecretLine } from '../../credentials/secret-lines.ts';
import type { Damage } from '../../recovery/damage.ts';
import type { LineEdit } from '../../recovery/repair-yaml.ts';
import type { Rewrite } from '../../recovery/rewrite.ts';

const HIDDEN = '(not shown: a secret is in it)';
/** Characters of a line. */
const WIDTH = 160;

export function damageLines(damage: readonly Damage[], target: string): string[] {
  return [
    `${counted(damage.length, 'file')} of ${target} cannot be used as ${damage.length === 1 ? 'it is' : 'they are'}:`,
    ...damage.map(
      ({ file, reason, line }) =>
        `  - ${file}${line === undefined ? '' : `:${line}`}: ${safeText(reason, 200)}`,
    ),
  ];
}

/** Every line that changes, as a difference. */
export function rewriteLines(rewrites: readonly Rewrite[]): string[] {
  return rewrites.flatMap(({ file, edits, added, from }) => [
    from === undefined ? file : `${file}: written anew from ${from}`,
    ...edits.flatMap(editLines),
    ...added.map((section) => `  + ${section}: as the package does by itself`),
    ...(from === undefined && edits.length === 0 && added.length === 0
      ? ['  zero bytes are taken away']
      : []),
    '',
  ]);
}

function editLines({ line, was, now }: LineEdit): string[] {
  const shown = (text: string) => (isSecret(text) ? HIDDEN : safeText(text.replaceAll('\t', '\\t'), WIDTH));
  return [`  ${line} - ${shown(was)}`, `  ${line} + ${shown(now)}`];
}

function isSecret(text: string): boolean {
  return findSecretPatterns(text) || hasSecretLine(text, 'settings');
}
