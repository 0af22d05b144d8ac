import type { Machine } from '../../services/services.ts';
import type { Card } from '../../src/shared/card.ts';
import { isCheckout } from '../../src/shared/own-command.ts';
import { counted } from '../../src/shared/words.ts';
import { button, card, menu, row, separator, text } from './parts.ts';
import { plain, relativeTime } from './plain.ts';

/** The computers of one person, shown to that person alone. */
export function machineListCard(machines: readonly Machine[], assess: string | undefined): Card {
  if (machines.length === 0) return noMachineCard();
  return card(
    text(`## ${counted(machines.length, 'linked computer')}`),
    ...machines.slice(0, 12).map((machine, index) => text(...machineLines(machine, index))),
    machines.length > 12 ? text(`and ${machines.length - 12} more`) : undefined,
    separator(),
    text('To unlink one: `/machine revoke`.'),
    row(button('Assess', assess, 'main')),
  );
}

/** How a computer is called where moderators can read: by its place in the owner's list. */
export function machineName(machines: readonly Machine[], id: string): string {
  return `Computer ${machines.findIndex((machine) => machine.id === id) + 1}`;
}

export function noMachineCard(): Card {
  return card(
    text(
      '## No computer is linked',
      'Type `/machine setup` to see how to link the computer that agent-workflow runs on.',
    ),
  );
}

function machineLines(machine: Machine, index: number): string[] {
  const { label, os, agentVersion, lastRoundTrip } = machine;
  return [
    `**Computer ${index + 1}: ${plain(label, 60)}**`,
    `${plain(os, 40)}, agent ${agentVersion === '' ? 'of unknown version' : plain(agentVersion, 24)}`,
    lastRoundTrip === undefined
      ? 'It has not been heard of yet. Start the agent there: `migration-agent connect`'
      : `Last proven round trip: ${relativeTime(lastRoundTrip)}${machine.connected ? '' : '. It is away; start the agent there: `migration-agent connect`'}`,
  ];
}

/** Which of several computers. */
export function chooseMachineCard(machines: readonly Machine[], customId: string): Card {
  const options = machines.map(({ id, label, os }, index) => ({
    label: `Computer ${index + 1}`,
    // Options show no markdown, so that nothing has to be escaped but what cannot be seen.
    description: `${label}, ${os}`.replace(/[\p{C}]/gu, '').slice(0, 100),
    value: id,
  }));
  return card(text('## Which computer?'), menu(customId, 'Choose a computer', options));
}

/** What unlinking takes away and what it leaves; the second press does it. */
export function revokeCard(machine: Machine, name: string, revoke: string, keep: string): Card {
  return card(
    text(`## Unlink ${name}: ${plain(machine.label, 60)}?`),
    text(
      'Goes: its key. The agent there can no longer be asked for anything from Discord.',
      'Stays: everything on that computer, its backups and their key, the log of what was done.',
      'To use it again it has to be linked again, at the computer.',
    ),
    row(button('Keep it linked', keep), button('Unlink this computer', revoke, 'danger')),
  );
}

/** One sentence as an answer. */
export function noteCard(title: string, ...lines: readonly string[]): Card {
  return card(text(`## ${title}`, ...lines));
}

/** How to link a computer, what the bot can do then, and how to do without. */
export function setupCard(publicUrl: string | undefined, pair: string | undefined): Card {
  return card(
    text('## Link a computer', ...(publicUrl === undefined ? stepsHere() : stepsElsewhere(publicUrl))),
    text(
      'What the bot can do then: ask the agent to look, to migrate by a plan that you approved, to roll back. It sees counts, versions and codes.',
      'What it cannot do: run commands, read or name files of its choice, see a secret. The agent refuses everything that is not on its own list.',
      'To undo the link: `/machine revoke` here, or `migration-agent unpair` there.',
      'The same migration without Discord: `migration-agent migrate-from-git --automated`',
    ),
    row(button('The words are shown: go on', pair, 'main')),
  );
}

function stepsHere(): string[] {
  return [
    `1. On the computer that the bot runs on, as the user that runs it, ${openFolder()}type \`migration-agent pair\``,
    '2. It finds the bot by itself, asks for your Discord username and shows three words',
    '3. Press the button below: the same words are shown here, and you decide',
    'From here no other computer can connect: the operator of this bot can allow it with HUB_PUBLIC_URL.',
  ];
}

function stepsElsewhere(publicUrl: string): string[] {
  return [
    `1. On the computer that agent-workflow runs on, ${openFolder()}type \`migration-agent pair --hub ${publicUrl.replaceAll('`', '')}\``,
    '2. It asks for your Discord username and shows a code and three words',
    '3. Type `/machine pair` here with that code: the same words are shown, and you decide',
    '4. Type the six digits that you are shown then at that computer',
  ];
}

function openFolder(): string {
  return isCheckout() ? 'open this project’s folder and ' : '';
}
