import { safeText } from '../../../shared/safe-text.ts';
import { shortPath } from '../../paths.ts';
import { actionsInEffect, type SetupAction, type SetupRun } from '../../setup/setup-run.ts';
import { pathOf, type SetupTakenBack } from '../../setup/take-back.ts';
import { facts } from './table.ts';

/** What a rollback did with the final setup; empty where there was none. */
export function setupTakenBackLines({ takenBack, left }: SetupTakenBack, home: string): string[] {
  if (takenBack.length + left.length === 0) return [];
  return [
    '',
    ...facts([['Final setup', takenBack.map((path) => shortPath(path, home)).join(', ') || 'nothing']]),
    ...(left.length === 0
      ? []
      : [
          '',
          'Left as they are',
          ...left.map(({ path, reason }) => `  - ${safeText(shortPath(path, home))}: ${safeText(reason)}`),
        ]),
  ];
}

/** One line for each run of the final setup, newest first: what of it is in effect. */
export function setupRunLines(runs: readonly SetupRun[], home: string): [string, string][] {
  return runs.map((run) => {
    const now = actionsInEffect(run).map((n) => run.record.actions[n] as SetupAction);
    const what = now.map((action) => `${DONE[action.kind]} ${safeText(shortPath(pathOf(action), home))}`);
    const words =
      run.state.outcome === undefined ? 'interrupted; the next one takes it back' : what.join(', ');
    return ['Final setup', `${run.record.id}, ${words || 'taken back'}`];
  });
}

export function setupRunAsJson(run: SetupRun): object {
  const { id, started, actions } = run.record;
  const now = actionsInEffect(run).map((n) => actions[n] as SetupAction);
  return {
    run: id,
    started,
    outcome: run.state.outcome ?? 'unfinished',
    in_effect: now.map((action) => ({ kind: action.kind, path: pathOf(action) })),
  };
}

const DONE = { install: 'installed', move: 'moved aside' } as const satisfies Record<
  SetupAction['kind'],
  string
>;
