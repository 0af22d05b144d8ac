import type { OrchestratorReport } from '../../orchestrator/stopped.ts';
import { facts } from './table.ts';

/** What was stopped for a while; nothing where nothing ran. */
export function orchestratorLines({ stopped, started, left }: OrchestratorReport): string[] {
  if (stopped.length === 0) return [];
  return [
    ...facts([
      ['Orchestrator', started.length === 0 ? 'stopped' : `stopped, runs again: ${started.join(', ')}`],
    ]),
    ...left.flatMap(({ program, reason }) => ['', 'Not started again', `  - ${program}: ${reason}`]),
  ];
}
