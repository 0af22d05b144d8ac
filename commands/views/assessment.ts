import type { Method } from '../../services/story-wizard.ts';
import type { Card } from '../../src/shared/card.ts';
import { REASONS, STOPS } from '../../src/shared/recommendation.ts';
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
    text(...recommendationLines(found)),
    text(
      open === 0
        ? undefined
        : `Neither is possible yet: ${counted(open, 'decision')} without a safe answer. See them with \`migration-agent migrate-from-git --automated --dry-run\` on the computer.`,
    ),
    ...methodParts(state, found),
    text(manualLine(found)),
    row(
      button('What it would do', state.buttons['outline']),
      button('Assess again', state.buttons['again']),
      button('Not now', state.buttons['cancel']),
    ),
    state.isPlaced ? text(PRIVACY) : undefined,
  );
}

/** The way that fits, why, and what it takes; also where it is no button of this card. */
function recommendationLines(found: Assessment): string[] {
  const { recommended, reasons, stops, estimate } = found;
  const { seconds, disk_bytes: disk } = estimate;
  return [
    `**Recommended: ${WAYS[recommended]}**, since ${reasons.map((reason) => REASONS[reason]).join('; ')}.`,
    ...(stops.length === 0
      ? []
      : [
          `**Or stay for now:** with the installed package, ${stops.map((stop) => STOPS[stop]).join(' and ')} would stop working.`,
        ]),
    `It takes ${seconds.from} to ${seconds.to} s of the computer, beside your reading, and ${bytesInWords(disk.from)} to ${bytesInWords(disk.to)} of disk. It can be rolled back.`,
  ];
}

const WAYS: Readonly<Record<Assessment['recommended'], string>> = {
  guided: 'guided',
  automated: 'automated',
  manual: 'by hand, at the computer, with help where you want it',
  'decide first': 'answer the open decisions first',
};

const METHODS = {
  guided: {
    label: 'Guided migration',
    about: 'It pauses after each phase, shows what it did, and goes on when you press Continue.',
  },
  automated: { label: 'Automated migration', about: 'One approval, then all phases in one go.' },
} as const satisfies Record<Method, { readonly label: string; readonly about: string }>;

/** The ways to migrate, each with its button beside it: what is recommended first, and marked. */
function methodParts({ buttons }: MigrationState, { recommended, risk }: Assessment) {
  // By hand is at the computer; guided is the closest to it here.
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

/** What only the terminal has, as the command to type there. */
function manualLine({ recommended }: Assessment): string {
  const mark = recommended === 'manual' ? '**Recommended.** ' : '';
  return `${mark}Manual: an export to look at and edit, with a checklist: \`migration-agent migrate-from-git --manual --export DIR\` on the computer.`;
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
    `You: ${found.segment} user${found.age_months === undefined ? '' : `, installed ${ageInWords(found.age_months)}`}, ${USAGES[found.usage]}`,
    `Projects: ${projects.existing} of ${projects.total} are there`,
    `Integrations: ${found.integrations.join(', ') || 'none'}`,
    `Your own: ${counted(own.files, 'file')}, ${counted(own.changed_files, 'changed file')}, ${counted(own.agents, 'agent')}, ${counted(own.commits, 'commit')}`,
    `State data: ${counted(volume.state_files, 'file')}, ${bytesInWords(volume.state_bytes)}`,
    `Risk: ${risk.level}, ${counted(risk.warnings, 'warning')}, ${counted(open(risk), 'open decision')}${risk.target_exists ? ', a configuration home is there already' : ''}${risk.ready ? '' : ', **the computer is not ready**'}`,
  ];
}

const USAGES: Readonly<Record<Assessment['usage'], string>> = {
  none: 'no project has state yet',
  idle: 'not used for months',
  light: 'used now and then',
  regular: 'used regularly',
};

function ageInWords(months: number): string {
  return months === 0 ? 'less than a month ago' : `${counted(months, 'month')} ago`;
}

function open(risk: Assessment['risk']): number {
  return risk.open_decisions;
}

/** The gravest come first; a message has room for so many. */
const MOST_FINDINGS = 12;

function findingLines({ findings }: Assessment): string[] {
  if (findings.length === 0) return ['Findings: none'];
  const words = { error: 'Error', decision: 'Decision', warning: 'Warning', info: 'Note' } as const;
  return [
    '**Findings** (each with file and line at the computer: `migration-agent migrate-assess`)',
    ...findings.slice(0, MOST_FINDINGS).map(({ level, code, times, places }) => {
      const where = places.length === 0 ? '' : `, in \`${places.join('` `')}\``;
      return `- ${words[level]}: \`${code}\`${times === 1 ? '' : `, ${times} times`}${where}`;
    }),
    ...(findings.length > MOST_FINDINGS ? [`- and ${findings.length - MOST_FINDINGS} kinds more`] : []),
  ];
}
