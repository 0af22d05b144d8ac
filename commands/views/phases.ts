import type { JobProgress } from '../../services/services.ts';
import { countOf } from './plain.ts';

/** Phases of a run in their order, in words (mission §4.1). */
export const PHASES = {
  analyze: 'Analysis',
  backup: 'Backup',
  convert: 'Conversion of settings',
  credentials: 'Credentials',
  register: 'Projects',
  validate: 'Validation',
  finalize: 'Final setup',
} as const;

/** One line for each phase: done, now with how far it is, or not yet. */
export function phaseLines(progress: JobProgress | undefined): string[] {
  const current = Object.keys(PHASES).indexOf(progress?.phase ?? '');
  return Object.values(PHASES).map((words, index) => {
    if (index < current) return `Done: ${words}`;
    if (index > current || progress === undefined) return `Not yet: ${words}`;
    const far = progress.of > 0 ? `, ${countOf(progress.n, progress.of)}` : '';
    return `**Now: ${words}${far}**`;
  });
}

/** How many phases are behind, `2 of 7 phases done`. */
export function phasesDone(progress: JobProgress | undefined): string {
  const names = Object.keys(PHASES);
  return `${countOf(Math.max(0, names.indexOf(progress?.phase ?? '')), names.length)} phases done`;
}
