import type { Card } from '../../src/shared/card.ts';
import { ERRORS, type ErrorName, type ErrorRow, errorLabel } from '../../src/shared/errors.ts';
import { card, text } from './parts.ts';
import { plain } from './plain.ts';

export interface ShownError {
  /** `AWM-1234` */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** A failure told to the person who caused it. */
export function errorCard({ code, message, hint }: ShownError): Card {
  return card(
    text('## That did not work', plain(message, 600), '', `What to do: ${plainWithCode(hint)}`, `-# ${code}`),
  );
}

/** The row of the registry for a code such as `AWM-1102`; undefined for a code that this version does not know. */
export function rowOf(code: string): { readonly name: ErrorName; readonly row: ErrorRow } | undefined {
  const name = (Object.keys(ERRORS) as ErrorName[]).find((candidate) => errorLabel(candidate) === code);
  return name && { name, row: ERRORS[name] };
}

/**
 * Message and hint of a code, for an error whose details stayed on the computer: `…` stands for each of them. Texts of the
 * registry are ours; nothing in them is escaped.
 */
export function withoutDetails(code: string): ShownError {
  const known = rowOf(code);
  if (known === undefined)
    return { code, message: 'The computer reported a failure.', hint: 'Type `/help`.' };
  const cut = (template: string) => template.replace(/\{\w+\}/g, '…');
  return { code, message: cut(known.row.message), hint: cut(known.row.hint) };
}

/** Our hints name commands in back-ticks; what was filled into them is escaped like everything else. */
function plainWithCode(hint: string): string {
  return hint
    .split('`')
    .map((part, index, parts) =>
      index % 2 === 1 && index < parts.length - 1 ? `\`${part}\`` : plain(part, 600),
    )
    .join('');
}
