import { hash } from 'node:crypto';
import { shortPath } from '../../paths.ts';
import type { ReadSystem } from '../../system.ts';
import { findCommand } from '../package-probe.ts';
import type { Survey } from '../survey.ts';
import type { Target } from '../target.ts';
import { CloneNames, latin1, utf8 } from './clone-names.ts';
import { type FoundLine, findInPlace, previewOf } from './find-in-place.ts';
import type { Launch } from './launch.ts';
import { Look, quote } from './look.ts';
import { crontabs } from './places/crontabs.ts';
import { type CloneLink, linksIntoClone } from './places/links.ts';
import { notes } from './places/notes.ts';
import { projectFiles } from './places/project-files.ts';
import { shellFiles } from './places/shell-files.ts';
import { units } from './places/units.ts';
import type { BlindSpot, FoundReference, Place, Reference, ReferenceKind } from './reference.ts';
import { LineGuard } from './show-line.ts';

export interface References {
  readonly references: readonly FoundReference[];
  readonly blindSpots: readonly BlindSpot[];
}

export interface ReferenceSearch {
  readonly launch: Launch;
  /** Folders that hold copies of the clone's texts: backups, the agent's home. */
  readonly ignored: readonly string[];
}

/** What a person does with a line that nobody here can replace. */
const SUGGESTIONS: Readonly<Record<ReferenceKind, string>> = {
  cron: 'Change or remove the line with `crontab -e` before the clone goes.',
  systemd: 'Edit the unit, then `systemctl --user daemon-reload`.',
  shell: 'Edit the file, then open a new terminal.',
  script: 'Edit the file, or remove it where it is not used any more.',
  docker:
    'In an image, install the package in place of the clone; mount the new home in place of its folder.',
  ci: 'Where it runs on this computer, install the package there and name it in place of the clone.',
  editor: 'Point the editor to the installed package, or remove the entry.',
  'git-hook': 'Edit the hook: where the clone is gone, it would stop commits.',
  link: 'Remove the link, or let it lead to the installed package.',
  note: 'Your own note: change it as you like.',
};

/** Places where a line only says something, and what a person's own commands may do. */
const AT_A_TERMINAL: ReadonlySet<ReferenceKind> = new Set(['shell', 'script', 'editor', 'git-hook']);

/** Everything outside of the clone that names it. Reads only; nothing is executed but `crontab -l`. */
export function findReferences(
  system: ReadSystem,
  survey: Pick<Survey, 'source' | 'projects' | 'knownValues'> & { readonly target: Pick<Target, 'path'> },
  { launch, ignored }: ReferenceSearch,
): References {
  const { source, target, projects, knownValues } = survey;
  const look = new Look(system, source, [target.path, ...ignored]);
  const names = new CloneNames(system, source);
  const guard = new LineGuard(knownValues);
  const folders = projects.flatMap(({ exists, path }) => (exists && path !== undefined ? [path] : []));
  if (system.platform === 'win32')
    look.blind({
      what: 'this computer',
      why: 'references are looked for on Linux and macOS only',
      run: `findstr /s /m /c:"${source}" "%USERPROFILE%\\*.ps1" "%USERPROFILE%\\*.bat"`,
    });
  const ids = new Ids();
  const references: FoundReference[] = [];
  for (const place of system.platform === 'win32' ? [] : allPlaces(look, folders)) {
    const launchPlace = AT_A_TERMINAL.has(place.kind) ? 'terminal' : 'anywhere';
    for (const found of findInPlace(place, names, { system, launch, launchPlace }))
      references.push(describe(place, found, guard, ids));
  }
  const links = linksIntoClone(look, names).map((link) => describeLink(system, link, guard, ids));
  containers(look);
  return { references: [...references, ...links], blindSpots: look.blindSpots };
}

function* allPlaces(look: Look, projects: readonly string[]): Generator<Place> {
  yield* crontabs(look);
  yield* units(look);
  yield* shellFiles(look);
  yield* projectFiles(look, projects);
  yield* notes(look);
}

/** What runs in a container is not looked into; what mounts the clone can be asked. */
function containers(look: Look): void {
  for (const program of ['docker', 'podman']) {
    if (findCommand(look.system, [program]) === undefined) continue;
    look.blind({
      what: `containers of ${program}`,
      why: 'they are not asked',
      run: `${program} ps --all --filter volume=${quote(look.clone)}`,
    });
  }
}

function describe(place: Place, found: FoundLine, guard: LineGuard, ids: Ids): FoundReference {
  const { kind } = place;
  const file = shownFile(place.file, guard);
  const text = shownText(place, found, guard);
  const base = { id: ids.give(kind, file, text), kind, file, line: found.line, text };
  const { rewrite } = found;
  if (rewrite === 'note') return { ...base, state: 'listed', suggestion: SUGGESTIONS.note, edits: [] };
  if (rewrite === 'comment')
    return { ...base, state: 'listed', reason: 'a comment: nothing runs it', edits: [] };
  if ('why' in rewrite) {
    const suggestion = rewrite.suggestion ?? SUGGESTIONS[kind];
    return { ...base, state: 'needs-you', reason: rewrite.why, suggestion, edits: [] };
  }
  const preview = previewOf(place.bytes, rewrite.edits);
  if (preview.some(({ before, after }) => guard.holdsSecret(before) || guard.holdsSecret(after)))
    return {
      ...base,
      state: 'needs-you',
      reason: 'a secret is in the line, so that no preview of it can be shown',
      suggestion: SUGGESTIONS[kind],
      edits: [],
    };
  const shown = preview.map(({ line, before, after }) => ({
    line,
    before: utf8(before),
    after: utf8(after),
  }));
  return { ...base, state: 'patch', preview: shown, place, edits: rewrite.edits };
}

function describeLink(system: ReadSystem, link: CloneLink, guard: LineGuard, ids: Ids): FoundReference {
  const file = shownFile(link.file, guard);
  const target = shortPath(link.target, system.home);
  const text = guard.holdsSecret(latin1(target)) ? 'a link into the clone' : `a link to ${target}`;
  return {
    id: ids.give('link', file, text),
    kind: 'link',
    file,
    line: undefined,
    text,
    state: 'needs-you',
    reason: 'it leads to a file of the clone',
    suggestion: SUGGESTIONS.link,
    edits: [],
  };
}

function shownText({ bytes }: Place, { line, mentions }: FoundLine, guard: LineGuard): string {
  const text = bytes.toString('latin1');
  let start = 0;
  for (let number = 1; number < line; number++) start = text.indexOf('\n', start) + 1;
  const newline = text.indexOf('\n', start);
  const whole = text.slice(start, newline < 0 ? text.length : newline);
  // The command of a unit may belong to the clone by another line's folder.
  const named = mentions.find((one) => one.start >= start && one.end <= start + whole.length);
  return named === undefined
    ? guard.show(whole, 0, 0)
    : guard.show(whole, named.start - start, named.end - start);
}

function shownFile(path: string, guard: LineGuard): string {
  return guard.holdsSecret(latin1(path)) ? '(name not shown: a secret is in it)' : path;
}

/** Ids that stay the same while the line does; equal lines of a file are counted. They are made of what is shown. */
class Ids {
  readonly #taken = new Map<string, number>();

  give(kind: ReferenceKind, file: string, text: string): Reference['id'] {
    const key = `${kind}\0${file}\0${text}`;
    const n = this.#taken.get(key) ?? 0;
    this.#taken.set(key, n + 1);
    return `ref-${hash('sha256', `${key}\0${n}`, 'hex').slice(0, 10)}`;
  }
}
