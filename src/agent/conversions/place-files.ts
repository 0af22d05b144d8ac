import { findSecretPatterns } from '../credentials/secret-kinds.ts';
import { displayPath, joinPath } from '../paths.ts';
import { brokenFileId } from '../plan/decision.ts';
import type { LedgerRow } from '../plan/ledger.ts';
import { haveSameBytes } from '../same-bytes.ts';
import { keyOf } from '../survey/inventory.ts';
import { searchFor } from '../survey/known-secrets.ts';
import { isSettingsName, type OwnFile } from '../survey/own-file.ts';
import { patchTexts } from '../survey/patch-texts.ts';
import { isWithheld } from '../survey/withheld.ts';
import type { PathLike } from '../system.ts';
import type { Conversion, Work } from './conversion.ts';
import { type HomePlace, HomePlaces } from './home-places.ts';

type Verdict = Pick<LedgerRow, 'fate' | 'to' | 'note'>;

const STAYS = 'stays where it is, and is in the backup';
const SEALED = 'is left in the clone and encrypted in the backup';

/** Every file of the person's own gets its fate, and those that travel are placed. */
export const placeFiles: Conversion = {
  id: 'place-files',
  version: 2,
  about:
    'Custom agents, own files, edits of upstream files (as patches) and .orch-global go to the new home.',
  inverse: { none: 'files are copied: the clone has them still' },
  convert(work) {
    const { files } = work.survey.inventory;
    const places = new HomePlaces(work.survey.target);
    // Own files keep their names before patches get theirs.
    const edited = files.filter(({ kind }) => kind === 'edited');
    const others = files.filter(({ kind }) => kind !== 'edited');
    const verdicts = new Map([...others, ...edited].map((file) => [file, verdict(work, file, places)]));
    for (const [file, found] of verdicts) work.ledger.add({ kind: 'file', item: file.display, ...found });
    for (const item of mountItems(work)) {
      work.ledger.add({
        kind: 'file',
        item,
        fate: 'left',
        note: 'another file system: not looked into, not in the backup',
      });
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

/** Items of mount points, whose content nobody has looked at. */
export function mountItems({ survey }: Pick<Work, 'survey'>): string[] {
  return withoutSecrets(survey, [
    ...new Set(survey.inventory.notCrossed.map((rel) => `${displayPath(rel)}/`)),
  ]);
}

/** Items of files that are only known by their absence. */
export function deletedFiles({ survey }: Pick<Work, 'survey'>): string[] {
  if (survey.git.state !== 'read') return [];
  const there = new Set(survey.inventory.files.flatMap((file) => [file.display, displayPath(file.rel)]));
  const deleted = survey.git.facts.changed.filter(({ change }) => change === 'deleted');
  const gone = [...new Set(deleted.map(({ rel }) => displayPath(rel)))].filter((rel) => !there.has(rel));
  return withoutSecrets(survey, gone);
}

/** Names as they can be shown: one that holds a secret is numbered instead. */
function withoutSecrets({ neverShown }: Work['survey'], names: readonly string[]): string[] {
  const holds = searchFor(neverShown);
  return names.map((name, index) =>
    holds(name) || findSecretPatterns(name) ? `withheld name ${index + 1}` : name,
  );
}

function verdict(work: Work, file: OwnFile, places: HomePlaces): Verdict {
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
      return patchVerdict(work, file, places);
    case 'agent':
      return copy(
        work,
        file,
        places,
        joinPath('agents', file.rel),
        work.probe.installed && work.probe.readsAgents === 'yes',
      );
    case 'global':
      return copy(work, file, places, joinPath('global', withoutFirst(file.rel)), false);
    case 'custom':
      return copy(work, file, places, joinPath('custom', file.rel), false);
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
    id: brokenFileId(file.display),
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

function patchVerdict(work: Work, file: OwnFile, places: HomePlaces): Verdict {
  const { git } = work.survey;
  if (git.state !== 'read')
    return { fate: 'left', note: `without git nobody can tell whether you changed it; ${STAYS}` };
  if (file.fileKind !== 'file')
    return { fate: 'left', note: `a link in place of a file of upstream; ${STAYS}` };
  if (work.survey.filesWithSecrets.has(file.display)) return withSecret();
  const data = git.patchOf(file.rel);
  const texts = patchTexts(data);
  if (texts === undefined) return binaryVerdict(work, file, places);
  if (work.holdsSecret(data) || texts.some((text) => work.holdsSecret(text, file.display)))
    return withSecret();
  const wanted = joinPath('custom', joinSuffix(file.rel, '.patch'));
  const place = places.give(wanted, (there) => {
    const isAsLong = work.system.lstat(there)?.size === data.length;
    return isAsLong && work.system.readFile(there, data.length).equals(data);
  });
  if (!place.isThere) work.draft.files.push({ kind: 'patch', item: file.display, to: place.to, data });
  const notes = ['your edit of a file of upstream', ...placeNotes(place)];
  return { fate: 'patch', to: displayPath(place.to), note: notes.join('; ') };
}

/** What a patch of such a file takes away cannot be searched for secrets: the file itself travels. */
function binaryVerdict(work: Work, file: OwnFile, places: HomePlaces): Verdict {
  const copied = copy(work, file, places, joinPath('custom', file.rel), false);
  const notes = ['your version of a binary file of upstream', copied.note];
  return { ...copied, note: notes.filter((note) => note !== undefined).join('; ') };
}

function copy(work: Work, file: OwnFile, places: HomePlaces, wanted: PathLike, inEffect: boolean): Verdict {
  if (file.fileKind !== 'file') return linkVerdict(file);
  if (file.kind === 'custom' && file.secret) return forCredentials(file);
  if (work.survey.filesWithSecrets.has(file.display)) return withSecret();
  const from = joinPath(work.survey.source, file.rel);
  const place = places.give(wanted, (there) => haveSameBytes(work.system, from, there));
  const { to, isThere, isMoved } = place;
  if (!isThere) {
    const mode = file.stat.mode & 0o777;
    work.draft.files.push({ kind: 'copy', item: file.display, rel: file.rel, to, mode });
  }
  const [note] = placeNotes(place);
  return {
    fate: inEffect && !isMoved ? 'kept-in-effect' : 'kept-unused',
    to: displayPath(to),
    ...(note === undefined ? {} : { note }),
  };
}

function placeNotes({ isThere, isMoved }: HomePlace): string[] {
  const notes = [
    ...(isMoved ? ['the new home has another file of that name, which stays as it is'] : []),
    ...(isThere ? ['there already'] : []),
  ];
  return notes.length === 0 ? [] : [notes.join('; ')];
}

function linkVerdict(file: OwnFile): Verdict {
  return isSettingsName(file.display)
    ? { fate: 'needs-you', note: 'a link: its settings were not read; put the file itself in its place' }
    : { fate: 'left', note: `a link; ${STAYS}` };
}

function withSecret(): Verdict {
  return {
    fate: 'needs-you',
    note: `a secret was found in it, so it ${SEALED}: take the secret out, then copy the file yourself`,
  };
}

/** What is made for credentials, by its name, is never copied: the store is the place for them. */
function forCredentials(file: OwnFile): Verdict {
  return {
    fate: 'needs-you',
    note: isWithheld(file)
      ? `its name holds a secret, so it ${SEALED}: rename it, then copy it yourself`
      : `by its name it holds credentials, so it ${SEALED}: copy it yourself where it is needed`,
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
