import type { Method } from '../../services/story-wizard.ts';
import type { Card } from '../../src/shared/card.ts';
import { bytesInWords, counted } from '../../src/shared/words.ts';
import type { Assessment, MigrationState } from '../wizards/migration-state.ts';
import { beside, button, card, row, separator, text } from './parts.ts';

/** What was found on the computer, and what to do with it. */
export function assessmentCard(state: MigrationState, found: Assessment): Card {
  const open = found.risk.open_decisions;
  return card(
    text(`## Assessment of ${state.machineName}`, 'Nothing was changed.'),
    text(...factLines(found)),
    text(...findingLines(found)),
    separator(),
    text(
      otherAdvice(found.recommended),
      open === 0
        ? undefined
        : `Neither is possible yet: ${counted(open, 'decision')} without a safe answer. See them with \`migration-agent migrate-from-git --automated --dry-run\` on the computer.`,
    ),
    ...methodParts(state, found),
    row(
      button('What it would do', state.buttons['outline']),
      button('Assess again', state.buttons['again']),
      button('Not now', state.buttons['cancel']),
    ),
    state.isPlaced ? text(PRIVACY) : undefined,
  );
}

/** What is recommended where it is no button of this card. */
function otherAdvice(recommended: Assessment['recommended']): string | undefined {
  switch (recommended) {
    case 'decide first':
      return '**Recommended: answer the open decisions first**';
    case 'manual':
      return '**Recommended: by hand, at the computer.** Guided is the closest to it here.';
    default:
      return undefined;
  }
}

const METHODS = {
  guided: {
    label: 'Guided migration',
    about: 'It pauses after each phase, shows what it did, and goes on when you press Continue.',
  },
  automated: { label: 'Automated migration', about: 'One approval, then all phases in one go.' },
} as const satisfies Record<Method, { readonly label: string; readonly about: string }>;

/** The ways to migrate, each with its button beside it: what is recommended first, and marked. */
function methodParts({ buttons }: MigrationState, { recommended, risk }: Assessment) {
  const order: readonly Method[] =
    recommended === 'automated' ? ['automated', 'guided'] : ['guided', 'automated'];
  return order.map((method) => {
    const { label, about } = METHODS[method];
    const isRecommended = method === recommended;
    return beside(
      button(label, buttons[method], isRecommended ? 'main' : 'other', risk.open_decisions > 0),
      `${isRecommended ? '**Recommended.** ' : ''}${about}`,
    );
  });
}

const PRIVACY =
  '-# Moderators of this server can read this thread. It holds counts, versions and codes, no names of projects or folders.';

function factLines(found: Assessment): string[] {
  const { projects, own, volume, risk } = found;
  const compatible = {
    yes: 'compatible',
    probably: 'probably compatible',
    unknown: 'compatibility unknown',
  } as const;
  return [
    `Installation: ${found.method}, ${found.layouts.length === 0 ? 'unknown layout' : `layout ${found.layouts.join(', ')}`}`,
    `Version: ${found.version ?? 'unknown'} (${compatible[found.compatible]})`,
    `Complexity: ${found.complexity.level}, score ${found.complexity.score}`,
    `Projects: ${projects.existing} of ${projects.total} are there`,
    `Integrations: ${found.integrations.join(', ') || 'none'}`,
    `Your own: ${counted(own.files, 'file')}, ${counted(own.changed_files, 'changed file')}, ${counted(own.agents, 'agent')}, ${counted(own.commits, 'commit')}`,
    `State data: ${counted(volume.state_files, 'file')}, ${bytesInWords(volume.state_bytes)}`,
    `Risk: ${risk.level}, ${counted(risk.warnings, 'warning')}, ${counted(open(risk), 'open decision')}${risk.target_exists ? ', a configuration home is there already' : ''}`,
  ];
}

function open(risk: Assessment['risk']): number {
  return risk.open_decisions;
}

function findingLines({ findings }: Assessment): string[] {
  if (findings.length === 0) return ['Findings: none'];
  const words = { error: 'Error', decision: 'Decision', warning: 'Warning', info: 'Note' } as const;
  return [
    '**Findings** (each with file and line at the computer: `migration-agent migrate-assess`)',
    ...findings.map(({ level, code, times }) =>
      `- ${words[level]}: \`${code}\`, ${times} times`.replace(', 1 times', ''),
    ),
  ];
}
