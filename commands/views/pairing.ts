import type { PairingRequest } from '../../services/services.ts';
import type { Card } from '../../src/shared/card.ts';
import { button, card, row, text } from './parts.ts';
import { plain, relativeTime } from './plain.ts';

/** A computer asks to be linked: refusing comes first. Everything but the words was chosen by that computer. */
export function linkRequestCard(request: PairingRequest, refuse: string, accept: string): Card {
  return card(
    text(
      '## A computer asks to be linked to your account',
      `It calls itself: ${plain(request.label, 60)}`,
      `Host: ${plain(request.host, 60)}`,
      `Its user: ${plain(request.osUser, 40)}`,
      `The request ends ${relativeTime(request.expires)}.`,
    ),
    text(
      `Words: **${request.words.map((word) => plain(word, 20)).join(' ')}**`,
      'Accept only if you typed `pair` on that computer just now, and it shows these very words.',
    ),
    row(button('Refuse', refuse, 'danger'), button('The words are the same: link it', accept)),
  );
}

export function noRequestCard(lookAgain: string): Card {
  return card(
    text(
      '## No computer is asking',
      'Type `npm run -s agent -- pair` on the computer, and look again when it shows three words. `/machine setup` explains the steps.',
    ),
    row(button('Look again', lookAgain, 'main')),
  );
}

export function pairingAnswerCard(answer: 'paired' | 'refused' | 'gone', assess: string | undefined): Card {
  switch (answer) {
    case 'paired':
      return card(
        text('## Linked', 'The agent on that computer now takes requests from you, and from nobody else.'),
        row(button('Assess it', assess, 'main')),
      );
    case 'refused':
      return card(text('## Refused', 'That computer was not linked.'));
    case 'gone':
      return card(
        text(
          '## Too late',
          'That request has ended. Nothing was linked. Begin again with `pair` at the computer.',
        ),
      );
  }
}
