import type { Card } from '../../src/shared/card.ts';
import { withoutDetails } from './error.ts';
import { card, text } from './parts.ts';

/** A command or subcommand as it is typed, and what it does. */
export interface HelpLine {
  readonly usage: string;
  readonly about: string;
}

/** The commands that this person may use. */
export function helpCard(lines: readonly HelpLine[]): Card {
  return card(
    text('## Commands', ...lines.map(({ usage, about }) => `- \`${usage}\`: ${about}`)),
    text(
      'The shortest way with a linked computer: `/assess`, Automated migration, Approve. Guided migration pauses after each phase.',
      'Everything works at the computer too: `migration-agent --help`.',
      'A message shows a code such as AWM-1101? `/help code:` explains it.',
    ),
  );
}

/** What one error code means and what to do. `…` stands for details that stay on the computer. */
export function errorHelpCard(code: string, isRetryable: boolean): Card {
  const { message, hint } = withoutDetails(code);
  return card(
    text(
      `## ${code}`,
      message,
      `What to do: ${hint}`,
      isRetryable ? 'The same may work later without changing anything.' : undefined,
    ),
  );
}
