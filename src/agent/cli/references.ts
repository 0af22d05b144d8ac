import { AppError } from '../../shared/errors.ts';
import { shortPath } from '../paths.ts';
import { readOnly } from '../read-only-system.ts';
import {
  type AppliedReferences,
  applyReferences,
  openReferenceRun,
  resumeReferences,
  undoReferences,
} from '../references/apply.ts';
import { plannedChanges } from '../references/change.ts';
import { searchReferences } from '../references/search.ts';
import { locateSource } from '../survey/locate.ts';
import { probePackage } from '../survey/package-probe.ts';
import type { References } from '../survey/references/find-references.ts';
import type { FoundReference, Reference } from '../survey/references/reference.ts';
import { closeSurvey, takeSurvey } from '../survey/survey.ts';
import { targetPath } from '../survey/target.ts';
import { ask } from './ask.ts';
import { TARGET } from './shared-options.ts';
import type { Answer, Call, Verb } from './verb.ts';
import { placeOfReference, previewLines, referenceLines, takenBackLines } from './views/references.ts';

export const references: Verb = {
  name: 'references',
  summary: 'what outside of the clone names it, and what it could say instead',
  usage: '[SOURCE] | apply ID… [--source SOURCE] | apply --all | resume | undo [RUN]',
  options: {
    all: { type: 'boolean', about: 'apply: every reference that has a preview; asks at the terminal' },
    source: { type: 'string', value: 'DIR', about: 'apply: the clone (default: the only one found)' },
    target: TARGET,
  },
  arguments: undefined,
  async run(call) {
    const [action, ...rest] = call.args;
    switch (action) {
      case 'apply':
        return apply(call, rest);
      case 'resume':
        return resume(call, rest);
      case 'undo':
        return undo(call, rest);
      default:
        if (rest.length > 0)
          throw new AppError('USAGE', { problem: 'references takes one SOURCE', verb: 'references' });
        return list(call, action);
    }
  },
};

interface Look {
  readonly source: string;
  readonly target: string;
  readonly found: References;
}

function look({ system, settings, flags }: Call, given: string | undefined): Look {
  const named = given ?? (typeof flags['source'] === 'string' ? flags['source'] : undefined);
  const source = locateSource(system, named, 'references');
  const reader = readOnly(system);
  const survey = takeSurvey(reader, source, targetPath(system, settings.target));
  try {
    const found = searchReferences(system, settings, survey, probePackage(reader));
    return { source, target: survey.target.path, found };
  } finally {
    closeSurvey(survey);
  }
}

function list(call: Call, given: string | undefined): Answer {
  const { system, settings } = call;
  const { source, found } = look(call, given);
  const open = openReferenceRun(system, settings.home);
  const count = found.references.filter(({ state }) => state === 'patch').length;
  const next =
    open !== undefined
      ? new AppError('REFERENCES_UNFINISHED', { run: open.record.id, reason: '' }).hint
      : 'Once migrated: migration-agent references apply ID… (or --all); references undo takes it back.';
  return {
    exit: 0,
    result: {
      source,
      references: found.references.map(shown),
      not_looked_at: found.blindSpots,
      unfinished: open?.record.id ?? null,
    },
    text: [
      `What names ${shortPath(source, system.home)}`,
      '',
      ...referenceLines(found, system.home),
      ...(count === 0 && open === undefined ? [] : [next]),
    ],
  };
}

async function apply(call: Call, ids: readonly string[]): Promise<Answer> {
  const { system, settings, flags } = call;
  const all = flags['all'] === true;
  if (all === ids.length > 0)
    throw new AppError('USAGE', {
      problem: 'apply takes the ids of references, or --all',
      verb: 'references',
    });
  if (all && call.yes && (!call.terminal || call.json)) throw new AppError('REFERENCES_UNNAMED');
  const { source, target, found } = look(call, undefined);
  const patches = found.references.filter(({ state }) => state === 'patch');
  const chosen = all ? patches : ids.map((id) => chosenOf(patches, id));
  if (chosen.length === 0)
    return {
      exit: 0,
      result: { outcome: 'nothing-to-do' },
      text: ['There is nothing that can be replaced.'],
    };
  if (system.stat(`${target}/config.yaml`) === undefined)
    throw new AppError('REFERENCES_TOO_EARLY', { target: shortPath(target, system.home) });
  const changes = plannedChanges(system, chosen);
  for (const one of chosen) {
    call.say(`${placeOfReference(one, system.home)}`);
    for (const line of previewLines(one)) call.say(line);
  }
  call.say('');
  if (!(await agreed(call, all, chosen.length)))
    return { exit: 0, result: { outcome: 'declined' }, text: ['Nothing was changed.'] };
  const done = applyReferences(system, settings.home, { source, target }, changes);
  return doneAnswer(
    call,
    done,
    chosen.some(({ kind }) => kind === 'systemd'),
  );
}

/** `--yes` speaks for what was named, and for nothing else. */
async function agreed(call: Call, all: boolean, count: number): Promise<boolean> {
  const question = `Replace ${count === 1 ? 'this line' : `these ${count} places`}?`;
  if (all && call.yes) return /^y(es)?$/i.test(await ask(`${question} [y/N]`));
  return call.confirm(question);
}

function chosenOf(patches: readonly FoundReference[], id: string): FoundReference {
  const found = patches.find((one) => one.id === id);
  if (found === undefined) throw new AppError('REFERENCE_UNKNOWN', { id });
  return found;
}

function resume(call: Call, rest: readonly string[]): Answer {
  if (rest.length > 0)
    throw new AppError('USAGE', { problem: 'references resume takes no arguments', verb: 'references' });
  return doneAnswer(call, resumeReferences(call.system, call.settings.home), false);
}

function doneAnswer({ system }: Call, { run, files, ids }: AppliedReferences, hasUnits: boolean): Answer {
  return {
    exit: 0,
    result: { outcome: 'complete', run, files, ids },
    text: [
      `Replaced in ${files.map((file) => shortPath(file, system.home)).join(', ')}.`,
      '',
      ...(hasUnits ? ['Let systemd read its units again: systemctl --user daemon-reload'] : []),
      'To take it back: migration-agent references undo',
    ],
  };
}

async function undo(call: Call, [id, ...rest]: readonly string[]): Promise<Answer> {
  const { system, settings } = call;
  if (rest.length > 0)
    throw new AppError('USAGE', { problem: 'references undo takes one RUN', verb: 'references' });
  if (!(await call.confirm('Give the replaced lines back what they said before?')))
    return { exit: 0, result: { outcome: 'declined' }, text: ['Nothing was changed.'] };
  const { run, takenBack, left } = undoReferences(system, settings.home, id);
  const [first] = left;
  const error =
    first && new AppError('REFERENCES_LEFT', { count: left.length, ...first, folder: run.folder });
  return {
    exit: error === undefined ? 0 : 1,
    result: { outcome: error === undefined ? 'undone' : 'left', run: run.record.id, takenBack, left },
    text: takenBackLines({ takenBack, left }, system.home),
    error,
  };
}

/** Without what only this machine needs. */
function shown({ place: _, edits: __, ...reference }: FoundReference): Reference {
  return reference;
}
