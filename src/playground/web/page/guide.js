/** What to try first, ticked off by what is seen to have happened. */
import { proposeCommand } from './composer.js';
import { byId, el } from './dom.js';
import { showPane } from './panes.js';
import { terminalShowed, typeLine } from './terminal.js';

/**
 * What has happened so far.
 * @typedef {{ hasMoved: boolean, isBack: boolean, cards: string }} Story
 */

/** @type {readonly { words: (string | { code: string })[], type?: string, command?: string, isDone: (story: Story) => boolean }[]} */
const STEPS = [
  {
    words: [
      'Link the computer: type ',
      { code: 'migration-agent pair' },
      ' there. Your account is ',
      { code: 'baker' },
      '.',
    ],
    type: 'migration-agent pair --account baker',
    isDone: () => terminalShowed('The words:'),
  },
  {
    words: [
      'Here, type ',
      { code: '/machine pair' },
      ' and compare the three words. Then, at the computer, choose folder ',
      { code: '1' },
      '.',
    ],
    command: '/machine pair',
    isDone: () => terminalShowed('This computer is linked'),
  },
  {
    words: ['Let it listen: ', { code: 'migration-agent connect' }, '.'],
    type: 'migration-agent connect',
    isDone: () => terminalShowed('Everything that is asked for appears here'),
  },
  {
    words: ['Type ', { code: '/assess' }, ' and read what it found.'],
    command: '/assess',
    isDone: ({ cards }) => cards.includes('Assessment of'),
  },
  {
    words: ['Press “Automated migration”, then “Approve and migrate”. Watch the card, and the new folder.'],
    isDone: ({ hasMoved }) => hasMoved,
  },
  {
    words: ['Take it all back: ', { code: '/rollback' }, '.'],
    command: '/rollback',
    isDone: ({ isBack }) => isBack,
  },
];

/** @type {Set<number>} */
const done = new Set();

/** @param {Story} story */
export function showGuide(story) {
  const list = byId('guide-steps');
  STEPS.forEach(({ isDone }, index) => {
    if (isDone(story)) done.add(index);
  });
  const at = STEPS.findIndex((_, index) => !done.has(index));
  const key = `${[...done].join()} ${at}`;
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...STEPS.map((step, index) => stepView(step, done.has(index), index === at)));
  const next = STEPS[at];
  byId('guide-count').textContent = next === undefined ? '' : `${at + 1} of ${STEPS.length}`;
  byId('guide-next').replaceChildren(...(next === undefined ? END : nextView(next)));
  // Whoever has done the first step has read the list.
  if (done.size === 1) byId('guide-all').open = false;
}

/** Makes the guide go away when it is asked to. Called once. */
export function setUpGuide() {
  byId('guide-all').open = matchMedia('(min-width: 50rem)').matches;
  byId('guide-hide').addEventListener('click', () => {
    byId('guide').hidden = true;
  });
}

const END = ['That is the whole story. Try it again with some trouble, or as somebody else.'];

/** @param {typeof STEPS[number]} step */
function nextView(step) {
  return [el('span', {}, wordsOf(step)), helperOf(step)].filter((part) => part !== undefined);
}

/** @param {typeof STEPS[number]} step */
function wordsOf({ words }) {
  return words.map((part) => (typeof part === 'string' ? part : el('code', {}, part.code)));
}

/** @param {typeof STEPS[number]} step */
function helperOf({ type, command }) {
  if (type === undefined && command === undefined) return undefined;
  const help = () => {
    showPane(type === undefined ? 'chat' : 'computer');
    if (type !== undefined) typeLine(type);
    else if (command !== undefined) proposeCommand(command);
  };
  const label = type === undefined ? 'Put it into the box' : 'Type it for me';
  return el('button', { type: 'button', class: 'button secondary small', onclick: help }, label);
}

/**
 * @param {typeof STEPS[number]} step
 * @param {boolean} isDone
 * @param {boolean} isNext
 */
function stepView(step, isDone, isNext) {
  const look = isDone ? 'done' : isNext ? 'next' : '';
  return el(
    'li',
    { class: look, 'aria-current': isNext ? 'step' : undefined },
    wordsOf(step),
    isDone && el('span', { class: 'spoken' }, ' Done.'),
  );
}
