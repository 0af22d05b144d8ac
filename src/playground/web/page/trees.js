/** The two folders that a migration is about, as they change. What is new or changed stays marked for a while. */
import { byId, el } from './dom.js';

const MARKED_MS = 20_000;

/**
 * @typedef {{ path: string, kind: 'file' | 'folder' | 'other', size: number, mode: string, changedAt: number }} Entry
 * @typedef {{ isThere: boolean, isAsAtStart: boolean, entries: Entry[] }} Tree
 */

/** @type {Record<string, { label: string, openAll: boolean, absent: string, same: string, other: string }>} */
const FOLDERS = {
  clone: {
    label: '~/agent-workflow',
    openAll: false,
    absent: 'It is not there any more.',
    same: 'the old home, untouched since the start',
    other: 'the old home, changed since the start',
  },
  target: {
    label: '~/.agent-workflow',
    openAll: true,
    absent: 'The new home is not there yet.',
    same: 'the new home',
    other: 'the new home',
  },
};

/** @type {Record<string, Map<string, Entry>>} */
const before = {};
/** @type {Record<string, Map<string, { mark: string, until: number }>>} */
const marks = { clone: new Map(), target: new Map() };

/**
 * @param {string} name clone or target
 * @param {Tree} tree
 */
export function showTree(name, tree) {
  const known = before[name];
  const now = new Map(tree.entries.map((entry) => [entry.path, entry]));
  if (known !== undefined) noteChanges(name, known, now);
  before[name] = now;
  draw(name, tree);
  setTimeout(() => {
    if (before[name] === now) draw(name, tree);
  }, MARKED_MS + 50);
}

/**
 * @param {string} name
 * @param {Map<string, Entry>} known
 * @param {Map<string, Entry>} now
 */
function noteChanges(name, known, now) {
  const until = Date.now() + MARKED_MS;
  for (const [path, entry] of now) {
    const old = known.get(path);
    const isOther = old?.size !== entry.size || old.changedAt !== entry.changedAt || old.mode !== entry.mode;
    // A folder changes whenever something in it does, and that is marked itself.
    if (old === undefined) marks[name]?.set(path, { mark: 'new', until });
    else if (isOther && entry.kind !== 'folder') marks[name]?.set(path, { mark: 'changed', until });
  }
}

/**
 * @param {string} name
 * @param {Tree} tree
 */
function draw(name, tree) {
  const folder = FOLDERS[name];
  const root = byId(`tree-${name}`);
  if (folder === undefined) return;
  const state = tree.isThere ? (tree.isAsAtStart ? folder.same : folder.other) : undefined;
  const closed = new Set([...root.querySelectorAll('details:not([open])')].map((view) => view.dataset.path));
  const opened = new Set([...root.querySelectorAll('details[open]')].map((view) => view.dataset.path));
  const isOpen = (/** @type {string} */ path) => opened.has(path) || (folder.openAll && !closed.has(path));
  root.replaceChildren(
    el('h3', {}, el('code', {}, folder.label), el('span', { class: 'tree-state' }, state)),
    tree.isThere
      ? el('ul', {}, branch(name, tree.entries, '', isOpen))
      : el('p', { class: 'absent' }, folder.absent),
  );
}

/**
 * The entries right below a folder.
 * @param {string} name
 * @param {Entry[]} entries
 * @param {string} below
 * @param {(path: string) => boolean} isOpen
 * @returns {HTMLElement[]}
 */
function branch(name, entries, below, isOpen) {
  const here = entries.filter(
    ({ path }) => path.startsWith(below) && !path.slice(below.length).includes('/'),
  );
  return here
    .toSorted((one, other) => Number(other.kind === 'folder') - Number(one.kind === 'folder'))
    .map((entry) => {
      const label = entry.path.slice(below.length);
      const mark = markOf(name, entry.path);
      const words = [
        el('span', { class: 'entry-name' }, label),
        mark && el('span', { class: `mark ${mark}` }, mark),
      ];
      if (entry.kind !== 'folder')
        return el('li', { class: 'entry', title: `${entry.size} bytes, mode ${entry.mode}` }, words);
      const inside = entries.filter(({ path }) => path.startsWith(`${entry.path}/`));
      const hidden = inside.filter(({ path }) => markOf(name, path) !== undefined).length;
      const count = hidden > 0 ? el('span', { class: 'mark inside' }, `${hidden} new inside`) : undefined;
      return el(
        'li',
        {},
        el(
          'details',
          { open: isOpen(entry.path), 'data-path': entry.path },
          el('summary', { class: 'entry' }, words, count),
          el('ul', {}, branch(name, inside, `${entry.path}/`, isOpen)),
        ),
      );
    });
}

/**
 * @param {string} name
 * @param {string} path
 */
function markOf(name, path) {
  const found = marks[name]?.get(path);
  return found !== undefined && found.until > Date.now() ? found.mark : undefined;
}
