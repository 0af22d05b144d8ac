import { displayPath, joinPath } from '../paths.ts';
import type { LedgerRow } from '../plan/ledger.ts';
import { keyOf } from '../survey/inventory.ts';
import { isSettingsName, type OwnFile } from '../survey/own-file.ts';
import type { PathLike } from '../system.ts';
import type { Conversion, Work } from './conversion.ts';

type Verdict = Pick<LedgerRow, 'fate' | 'to' | 'note'>;

const STAYS = 'stays where it is, and is in the backup';

/** Every file of the person's own gets its fate, and those that travel are placed. */
export const placeFiles: Conversion = {
  id: 'place-files',
  version: 1,
  about:
    'Custom agents, own files, edits of upstream files (as patches) and .orch-global go to the new home.',
  convert(work) {
    for (const file of work.survey.inventory.files) {
      work.ledger.add({ kind: 'file', item: file.display, ...verdict(work, file) });
    }
    for (const item of deletedFiles(work)) {
      work.ledger.add({
        kind: 'file',
        item,
        fate: 'left',
        note: 'you deleted this file of upstream; nothing to carry',
      });
    }
  },
};

/** Items of files that are only known by their absence. */
export function deletedFiles({ survey }: Pick<Work, 'survey'>): string[] {
  if (survey.git.state !== 'read') return [];
  const there = new Set(survey.inventory.files.map((file) => file.display));
  const deleted = survey.git.facts.changed.filter(({ change }) => change === 'deleted');
  return [...new Set(deleted.map(({ rel }) => displayPath(rel)))].filter((rel) => !there.has(rel));
}

function verdict(work: Work, file: OwnFile): Verdict {
  if (isUnreadable(work, file))
    return { fate: 'needs-you', note: 'it cannot be read: neither moved nor in the backup' };
  switch (file.kind) {
    case 'settings':
      return settingsVerdict(work, file);
    case 'env':
      return envVerdict(work, file);
    case 'store':
      return storeVerdict(work);
    case 'log':
    case 'state':
      return { fate: 'left', note: STAYS };
    case 'special':
      return { fate: 'left', note: `a ${file.fileKind}: it has no content to carry` };
    case 'regenerable':
      return { fate: 'left', note: 'made again by the tools that need it; not in the backup' };
    case 'edited':
      return patchVerdict(work, file);
    case 'agent':
      return copy(
        work,
        file,
        joinPath('agents', file.rel),
        work.probe.installed && work.probe.readsAgents === 'yes',
      );
    case 'global':
      return copy(work, file, joinPath('global', withoutFirst(file.rel)), false);
    case 'custom':
      return copy(work, file, joinPath('custom', file.rel), false);
  }
}

function isUnreadable({ survey }: Work, file: OwnFile): boolean {
  const key = keyOf(file.rel);
  return survey.inventory.unreadable.some(({ rel }) => keyOf(rel) === key);
}

function envVerdict(work: Work, file: OwnFile): Verdict {
  if (!work.survey.envFiles.some(({ rel }) => rel === file.rel)) return withOddName();
  return {
    fate: 'mapped',
    to: 'config.yaml and credentials.enc',
    note: 'the file itself stays in the clone',
  };
}

/** The files of a person are read by their names as text. */
function withOddName(): Verdict {
  return { fate: 'needs-you', note: 'its name is not UTF-8, so its settings were not read; rename it' };
}

function settingsVerdict(work: Work, file: OwnFile): Verdict {
  const settings = work.survey.settings.find(({ rel }) => rel === file.rel);
  if (file.shipped) return { fate: 'default', note: 'as upstream ships it' };
  if (settings === undefined) return withOddName();
  if (settings.state !== 'broken')
    return { fate: 'mapped', to: 'config.yaml', note: 'each key has a row of its own' };
  const finding = work.survey.findings.find((one) => one.file === file.display && one.level === 'decision');
  const answer = work.decisions.ask({
    id: `file:${file.display}`,
    question: `${file.display} cannot be read as the old loader reads it (${finding?.message ?? 'broken'}). What should happen with it?`,
    options: [
      { id: 'leave', outcome: 'Leave it in the clone and in the backup; none of its settings are moved.' },
    ],
    file: file.display,
    line: finding?.line,
  });
  return answer === undefined
    ? { fate: 'needs-you' }
    : { fate: 'left', note: 'cannot be read; you chose to leave it' };
}

function storeVerdict(work: Work): Verdict {
  return work.survey.storeLocked
    ? { fate: 'left', note: STAYS }
    : { fate: 'mapped', to: 'credentials.enc', note: 'its secrets have rows of their own' };
}

function patchVerdict(work: Work, file: OwnFile): Verdict {
  const { git } = work.survey;
  if (git.state !== 'read')
    return { fate: 'left', note: `without git nobody can tell whether you changed it; ${STAYS}` };
  if (file.fileKind !== 'file')
    return { fate: 'left', note: `a link in place of a file of upstream; ${STAYS}` };
  const data = git.patchOf(file.rel);
  if (work.holdsSecret(data) || work.survey.filesWithSecrets.has(file.display)) return withSecret();
  const to = freePlace(work, joinPath('custom', joinSuffix(file.rel, '.patch')));
  work.draft.files.push({ kind: 'patch', item: file.display, to, data });
  return { fate: 'patch', to: displayPath(to), note: 'your edit of a file of upstream' };
}

function copy(work: Work, file: OwnFile, wanted: PathLike, inEffect: boolean): Verdict {
  if (file.fileKind !== 'file') return linkVerdict(file);
  const to = freePlace(work, wanted);
  if (work.survey.filesWithSecrets.has(file.display)) return withSecret();
  work.draft.files.push({
    kind: 'copy',
    item: file.display,
    rel: file.rel,
    to,
    mode: file.stat.mode & 0o777,
  });
  return { fate: inEffect ? 'kept-in-effect' : 'kept-unused', to: displayPath(to) };
}

function linkVerdict(file: OwnFile): Verdict {
  return isSettingsName(file.display)
    ? { fate: 'needs-you', note: 'a link: its settings were not read; put the file itself in its place' }
    : { fate: 'left', note: `a link; ${STAYS}` };
}

/** An own file can have the very name that the patch of another one gets. */
function freePlace(work: Work, wanted: PathLike): PathLike {
  const taken = new Set(work.draft.files.map(({ to }) => keyOf(to)));
  let place = wanted;
  for (let n = 2; taken.has(keyOf(place)); n++) place = joinSuffix(wanted, `-${n}`);
  return place;
}

function withSecret(): Verdict {
  return {
    fate: 'needs-you',
    note: 'a secret was found in it: left in the clone, and encrypted in the backup',
  };
}

function withoutFirst(rel: PathLike): PathLike {
  const bytes = Buffer.from(rel);
  const rest = bytes.subarray(bytes.indexOf('/') + 1);
  return typeof rel === 'string' ? rest.toString('utf8') : rest;
}

function joinSuffix(rel: PathLike, suffix: string): PathLike {
  return typeof rel === 'string' ? rel + suffix : Buffer.concat([rel, Buffer.from(suffix)]);
}
