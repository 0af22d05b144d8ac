import { AppError } from '../../shared/errors.ts';
import { workingOn } from '../run/lock.ts';
import { undoMigration } from '../run/migrate.ts';
import { phaseStates, standsAt } from '../run/phase-states.ts';
import { loadRun, newestRun, type Run } from '../run/run-record.ts';
import { resume } from './migrate-resume.ts';
import { ProgressLines } from './run-answer.ts';
import type { Answer, Call, Verb } from './verb.ts';
import { keptLines } from './views/kept.ts';
import { phaseLines } from './views/run.ts';

const ISSUE = 'partial_migration';

/** Ways out of an interrupted run, by number: what each keeps is said before it runs. */
const OPTIONS: readonly {
  title: string;
  keeps: string;
  offered(run: Run): boolean;
  take(call: Call, run: Run): Promise<Answer>;
}[] = [
  {
    title: 'Resume from where it stopped',
    keeps: 'keeps every step that is done',
    offered: () => true,
    take: resume,
  },
  {
    title: 'Roll back',
    keeps: 'everything becomes as it was before the run; the backup stays',
    offered: ({ record }) => record.kind === 'migrate',
    take: rollBackRun,
  },
];

export const recover: Verb = {
  name: 'recover',
  summary: 'find out what is wrong and choose a way out',
  usage: `[--issue ${ISSUE}] [--option N]`,
  options: {
    issue: { type: 'string', value: 'NAME', about: `what to recover from; this version knows: ${ISSUE}` },
    option: { type: 'string', value: 'N', about: 'the number of the way out' },
  },
  arguments: 0,
  async run(call) {
    const { system, settings, flags } = call;
    const issue = flags['issue'] ?? ISSUE;
    if (issue !== ISSUE) throw new AppError('ISSUE_NOT_SUPPORTED', { issue: String(issue) });
    const run = newestRun(system, settings.home, 'open');
    if (run === undefined) throw new AppError('NO_ISSUE_FOUND');
    const pid = workingOn(system, run.record.target);
    if (pid !== undefined) throw new AppError('LOCKED', { pid, path: run.record.target });
    const options = OPTIONS.filter((option) => option.offered(run));
    if (flags['option'] === undefined) return listing(run, options);
    const chosen = options[Number(flags['option']) - 1];
    if (chosen === undefined)
      throw new AppError('UNKNOWN_OPTION', { option: String(flags['option']), issue: ISSUE });
    call.say(`${chosen.title}: ${chosen.keeps}.`);
    call.say('');
    return chosen.take(call, run);
  },
};

function listing(run: Run, options: typeof OPTIONS): Answer {
  const { record, state } = run;
  const phases = record.kind === 'migrate' ? phaseStates(state) : [];
  const result = {
    issue: ISSUE,
    run: record.id,
    kind: record.kind,
    phases,
    options: options.map(({ title, keeps }, index) => ({ number: index + 1, title, keeps })),
  };
  const text = [
    record.kind === 'migrate' ? 'Partial Migration Recovery' : 'Partial Rollback Recovery',
    '',
    `Run ${record.id} ${standsAt(run)}.`,
    ...phaseLines(phases),
    '',
    'Ways out',
    ...options.map(({ title, keeps }, index) => `  ${index + 1}  ${title} (${keeps})`),
    '',
    `Choose with: migration-agent recover --issue ${ISSUE} --option 1`,
  ];
  return { exit: 3, result, text };
}

async function rollBackRun(call: Call, run: Run): Promise<Answer> {
  const { system, settings } = call;
  const kept = undoMigration(system, settings.home, run, new ProgressLines(call).hooks);
  const { state } = loadRun(system, settings.home, run.record.id);
  const text = [
    '',
    'Rolled back: everything is as it was before the run.',
    'Start again with: migration-agent migrate-from-git --automated',
    ...keptLines(kept, system.home),
  ];
  return { exit: 0, result: { run: run.record.id, outcome: state.outcome ?? null, kept }, text };
}
