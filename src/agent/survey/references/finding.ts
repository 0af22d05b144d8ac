import type { Finding } from '../finding.ts';
import type { References } from './find-references.ts';
import type { Reference, ReferenceKind } from './reference.ts';

/** What each kind is called in a sentence. */
export const KIND_WORDS: Readonly<Record<ReferenceKind, string>> = {
  cron: 'a cron job',
  systemd: 'a systemd unit',
  shell: 'a start file of a shell',
  script: 'a script',
  docker: 'a container file',
  ci: 'a CI file',
  editor: "an editor's file",
  'git-hook': 'a git hook',
  link: 'a link',
  note: 'a note',
};

/** These run by themselves: what they name must be there. */
const RUNS_BY_ITSELF: ReadonlySet<ReferenceKind> = new Set(['cron', 'systemd', 'git-hook']);

export function referenceFindings({ references, blindSpots }: References): Finding[] {
  return [
    ...references.map(referenceFinding),
    ...blindSpots.map(
      ({ what, why, run }): Finding => ({
        code: 'not-looked-at',
        level: 'info',
        message: `Could not look at ${what}: ${why}.`,
        fix: `Run this to check: ${run}`,
      }),
    ),
  ];
}

function referenceFinding({ id, kind, file, line, state, suggestion }: Reference): Finding {
  const isActive = RUNS_BY_ITSELF.has(kind) && state !== 'listed';
  const fix = state === 'patch' ? `Once migrated: migration-agent references apply ${id}` : suggestion;
  return {
    code: `reference-${kind}`,
    level: isActive ? 'warning' : 'info',
    message: `The clone is named by ${KIND_WORDS[kind]}.`,
    file,
    line,
    ...(fix === undefined ? {} : { fix }),
  };
}
