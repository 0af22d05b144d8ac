import type { PairingRequest } from '../../services/services.ts';
import type { Card } from '../../src/shared/card.ts';
import { button, card, row, text } from './parts.ts';
import { plain, relativeTime } from './plain.ts';

/** A computer asks to be linked: refusing comes first. Everything but the words was chosen by that computer. */
export function linkRequestCard(request: PairingRequest, refuse: string, accept: string): Card {
  const isHere = request.from === 'here';
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
    isHere
      ? undefined
      : text(
          'It is somewhere else than the bot. If you go on, six digits are shown here, which you type at that computer: then it is linked.',
          'Somebody gave you the code? Refuse: that computer is theirs, and what you do with it they would see.',
        ),
    row(
      button('Refuse', refuse, 'danger'),
      button(isHere ? 'The words are the same: link it' : 'This is my computer: show the number', accept),
    ),
  );
}

/** For the person alone who claimed the computer. */
export function digitsCard(digits: string, list: string): Card {
  return card(
    text(
      '## Type this number at the computer',
      `# ${digits.slice(0, 3)} ${digits.slice(3)}`,
      'Its terminal asks for it, and shows your account. Type it there only if it does; tell it to nobody.',
    ),
    row(button('It is typed: show my computers', list, 'main')),
  );
}

export function noRequestCard(lookAgain: string): Card {
  return card(
    text(
      '## No computer is asking',
      'Type `migration-agent pair` on the computer. If it shows a code, type `/machine pair` with it; else look again when it shows three words. `/machine setup` explains the steps.',
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
