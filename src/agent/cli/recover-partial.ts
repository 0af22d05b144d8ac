import { AppError } from '../../shared/errors.ts';
import { parentOf, shellPath } from '../paths.ts';
import { evidenceOf } from '../run/journal.ts';
import { workingOn } from '../run/lock.ts';
import { undoMigration } from '../run/migrate.ts';
import { phaseStates, standsAt } from '../run/phase-states.ts';
import { leftToPlace, placementFolders, planFromJson } from '../run/placement.ts';
import { loadRun, newestRun, type Run } from '../run/run-record.ts';
import type { PathLike } from '../system.ts';
import { resume } from './migrate-resume.ts';
import type { Issue, WayOut } from './recover.ts';
import { ProgressLines } from './run-answer.ts';
import type { Answer, Call } from './verb.ts';
import { keptLines } from './views/kept.ts';
import { phaseLines } from './views/run.ts';

/** A run that did not come to its end (mission §5.2). */
export const partialMigration: Issue = {
  name: 'partial_migration',
  otherwise: 'no run is unfinished',
  async find({ system, settings }) {
    const run = newestRun(system, settings.home, 'open');
    if (run === undefined) return undefined;
    const pid = workingOn(system, run.record.target);
    if (pid !== undefined) throw new AppError('LOCKED', { pid, path: run.record.target });
    const { record, state } = run;
    const phases = record.kind === 'migrate' ? phaseStates(state) : [];
    return {
      title: record.kind === 'migrate' ? 'Partial Migration Recovery' : 'Partial Rollback Recovery',
      lines: [`Run ${record.id} ${standsAt(run)}.`, ...phaseLines(phases)],
      facts: { run: record.id, kind: record.kind, phases },
      ways: waysOut(run),
    };
  },
};

function waysOut(run: Run): WayOut[] {
  const goOn: WayOut = {
    title: 'Resume from where it stopped',
    keeps: 'Every step that is done stays done.',
    take: (call) => resume(call, run),
  };
  const back: WayOut = {
    title: 'Roll back',
    keeps: 'Everything becomes as it was before the run. Its backup stays.',
    take: (call) => rollBackRun(call, run),
  };
  const byHand: WayOut = {
    title: 'Finish the step it stopped at by hand',
    keeps:
      'Shows the commands to type and changes nothing. Resuming then looks at what you did, and goes on where it is right.',
    take: async (call) => handWork(call, run),
  };
  return run.record.kind === 'migrate' ? [goOn, back, byHand] : [goOn];
}

async function rollBackRun(call: Call, run: Run): Promise<Answer> {
  const { system, settings } = call;
  const kept = undoMigration(system, settings.home, run, new ProgressLines(call).hooks);
  const { state } = loadRun(system, settings.home, run.record.id);
  const text = [
    '',
    'Rolled back: everything is as it was before the run.',
    `Start again with: migration-agent ${againWith(run, system.home)}`,
    ...keptLines(kept, system.home),
  ];
  return { exit: 0, result: { run: run.record.id, outcome: state.outcome ?? null, kept }, text };
}

/** The command that begins a run like this one. */
function againWith({ record: { migrate } }: Run, home: string): string {
  if (migrate?.imported !== undefined) return `import-config ${shellPath(migrate.imported.folder, home)}`;
  const mode = migrate?.method === 'guided' ? '--guided' : '--automated';
  return `migrate-from-git ${shellPath(migrate?.source ?? '', home)} ${mode}`;
}

/** What is left of the step that a person can do: putting what was prepared into its place. */
function handWork({ system }: Call, run: Run): Answer {
  const { record, entries, state } = run;
  const { home, records } = placementFolders(record.target, record.id);
  const [step, folders] = state.done.has('place') ? ['place-records', records] : ['place', home];
  const plan = evidenceOf(entries, `${step}:plan`);
  const left = plan === undefined || state.undoing ? [] : leftToPlace(system, folders, planFromJson(plan));
  const quoted = (path: PathLike) => shellPath(path, system.home);
  const commands = left.flatMap(({ from, to, aside }) => [
    ...(aside === undefined
      ? []
      : [`mkdir -p -m 700 ${quoted(parentOf(aside))}`, `mv ${quoted(to)} ${quoted(aside)}`]),
    `mv ${quoted(from)} ${quoted(to)}`,
  ]);
  const text =
    commands.length === 0
      ? [
          'Nothing of the step it stopped at can be done by hand: it only writes beside the new home, and is done again.',
          'Go on with: migration-agent migrate-resume',
        ]
      : [
          'Type these, in this order; a copy (cp -a) in place of the last mv of each is as good:',
          ...commands.map((command) => `  ${command}`),
          '',
          'Then go on with: migration-agent migrate-resume',
        ];
  return { exit: 0, result: { run: record.id, outcome: 'by-hand', commands }, text };
}
